"""Files of a send: an address, an id that this bot has, or a part of the request, which is named in the body."""

from collections.abc import Mapping
from typing import Any, BinaryIO

from parley.model.content import Media


class Attached:
    """Gathers the parts of one request, and finds in its answer under which ids Telegram knows them now."""

    def __init__(self, files: Mapping[str, BinaryIO]) -> None:
        self.files = files
        self.parts: dict[str, tuple[str, BinaryIO]] = {}
        self.fields: list[tuple[str, str | None]] = []

    def value(self, media: Media, field: str) -> str:
        """What stands in the body for this file."""
        self.fields.append((field, media.upload))
        if media.upload is None:
            return media.link or media.provider_id or ""
        self.parts[media.upload] = (media.filename or "file", self.files[media.upload])
        return f"attach://{media.upload}"

    def known(self, messages: list[dict[str, Any]]) -> dict[str, str]:
        """The file ids of what was handed over, by upload; only this bot can use them."""
        pairs = zip(self.fields, messages, strict=False)
        found = {upload: _file_id(message.get(field)) for (field, upload), message in pairs if upload}
        return {upload: file_id for upload, file_id in found.items() if file_id}


def _file_id(told: Any) -> str | None:
    """A photo comes in several sizes, the largest last."""
    file = told[-1] if isinstance(told, list) and told else told
    file_id = file.get("file_id") if isinstance(file, dict) else None
    return file_id if isinstance(file_id, str) else None
