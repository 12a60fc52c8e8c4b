"""Photos, films and files in what a bot sends: by upload, by address, or by an identifier it has seen."""

from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import urlsplit

from local.simulators.telegram import files
from local.simulators.telegram.errors import bad, too_large
from local.simulators.telegram.state import Bot, File
from local.simulators.telegram.world import Call
from local.simulators.wire.request import Upload

MEGABYTE = 1024 * 1024
LARGEST_PHOTO, LARGEST_OTHER = 10 * MEGABYTE, 50 * MEGABYTE
SIZES = ((90, 67), (320, 240), (1280, 960))
PNG = b"\x89PNG\r\n\x1a\n"
SIMULATED = 1000  # bytes of what was never fetched
BY_URL = {"document": ("pdf", "zip", "gif"), "sticker": ("webp",)}
ALSO_AS = {("animation", "document"), ("document", "animation"), ("animation", "video"), ("audio", "document")}
MIMES = {"video": "video/mp4", "animation": "video/mp4", "audio": "audio/mpeg", "voice": "audio/ogg"} | {
    "photo": "image/jpeg", "video_note": "video/mp4", "document": "application/octet-stream", "sticker": "image/webp",
}  # fmt: skip


@dataclass
class Found:
    file: File
    source: dict[str, Any]  # for the journal: how it came


def of_call(call: Call, kind: str, name: str = "") -> Found:
    """The main file of a send; `name` is its parameter."""
    name = name or kind
    direct = call.params.files.get(name)
    return _uploaded(call.bot, kind, direct) if direct else of_text(call, kind, call.params.text(name))


def of_text(call: Call, kind: str, given: str) -> Found:
    given = given.strip()
    if not given:
        raise bad(f"there is no {kind.replace('_', ' ')} in the request")
    if given.startswith("attach://"):
        attached = call.params.files.get(given.removeprefix("attach://"))
        if attached is None:
            raise bad("wrong file identifier/HTTP URL specified")
        return _uploaded(call.bot, kind, attached)
    return _by_url(call.bot, kind, given) if _is_url(given) else _by_id(call.bot, kind, given)


def _uploaded(bot: Bot, kind: str, upload: Upload) -> Found:
    size = len(upload.content)
    if not size:
        raise bad("file must be non-empty")
    if size > (LARGEST_PHOTO if kind == "photo" else LARGEST_OTHER):
        raise too_large()
    if kind == "photo":
        _check_dimensions(upload.content)
    file = files.add(bot, kind, size, upload.filename, upload.content_type, upload.content)
    return Found(file, {"by": "upload", "filename": upload.filename, "mime_type": upload.content_type, "size": size})


def _check_dimensions(content: bytes) -> None:
    """Only PNG says its size at a fixed place."""
    if not content.startswith(PNG) or len(content) < 24:
        return
    width, height = int.from_bytes(content[16:20], "big"), int.from_bytes(content[20:24], "big")
    if width + height > 10_000 or max(width, height) > 20 * min(width, height):
        raise bad("PHOTO_INVALID_DIMENSIONS")


def _is_url(given: str) -> bool:
    try:
        parts = urlsplit(given)
    except ValueError:
        return False
    return parts.scheme.lower() in ("http", "https") and bool(parts.hostname)


def _by_url(bot: Bot, kind: str, url: str) -> Found:
    """Nothing is fetched: what the address looks like decides."""
    if kind == "video_note":
        raise bad("wrong file identifier/HTTP URL specified")
    if "broken" in url:
        raise bad("failed to get HTTP URL content")
    name = PurePosixPath(urlsplit(url).path).name
    ending = name.rpartition(".")[2].lower() if "." in name else ""
    if ending and kind in BY_URL and ending not in BY_URL[kind]:
        raise bad("wrong type of the web page content")
    return Found(files.add(bot, kind, SIMULATED, name, MIMES[kind]), {"by": "url", "value": url})


def _by_id(bot: Bot, kind: str, given: str) -> Found:
    file = files.known(bot, given)
    if file is None:
        raise bad("wrong file identifier/HTTP URL specified")
    if file.kind != kind and (file.kind, kind) not in ALSO_AS:
        raise bad(f"can't use file of type {_words(file.kind)} as {_words(kind)}")
    return Found(file, {"by": "file_id", "value": given})


def _words(kind: str) -> str:
    return "".join(word.title() for word in kind.split("_"))


def view(file: File, kind: str) -> dict[str, Any]:
    """The file as its message shows it; an animation stands there as a document too."""
    if kind == "photo":
        return {"photo": _sizes(file)}
    shown: dict[str, Any] = {"file_id": file.id, "file_unique_id": file.unique_id, "file_size": file.size}
    shown |= {"mime_type": file.mime or MIMES[kind]} if kind not in ("sticker", "video_note") else {}
    shown |= {"file_name": file.name} if file.name and kind in ("document", "video", "audio", "animation") else {}
    shown |= _details(kind)
    return {kind: shown} | ({"document": dict(shown)} if kind == "animation" else {})


def _sizes(file: File) -> list[dict[str, Any]]:
    """The largest stands last and is the file itself; the smaller ones are known by derived identifiers."""
    names = [(f"{file.id}{letter}", f"{file.unique_id}{letter}") for letter in "sm"] + [(file.id, file.unique_id)]
    sizes = (file.size // 9, file.size // 3, file.size)
    return [
        {"file_id": name, "file_unique_id": unique, "width": width, "height": height, "file_size": size}
        for (name, unique), (width, height), size in zip(names, SIZES, sizes, strict=True)
    ]


def _details(kind: str) -> dict[str, Any]:
    if kind in ("video", "animation"):
        return {"width": 640, "height": 480, "duration": 3}
    if kind == "video_note":
        return {"length": 240, "duration": 3}
    if kind == "sticker":
        flags = {"is_animated": False, "is_video": False, "emoji": "👍", "set_name": "shop"}
        return {"type": "regular", "width": 512, "height": 512, **flags}
    return {"duration": 3} if kind in ("audio", "voice") else {}
