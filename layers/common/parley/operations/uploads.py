"""Files to send: a place to put them, and what is known of one before it is sent."""

from typing import BinaryIO

from parley.cloud import clock, files
from parley.errors import Conflict, Problem
from parley.model import ids
from parley.model.capabilities import Capabilities
from parley.model.content import Content, Kind, Media, Source
from parley.model.times import rfc3339
from parley.model.upload import MediaStatus, NewUpload, Upload
from parley.operations import channels
from parley.store import uploads as store


class Gone(LookupError):
    """The file was deleted after the message that names it was accepted."""


def create(organization: str, new: NewUpload, idempotency_key: str | None) -> Upload:
    """A repeat of the key answers a fresh address for the same file, unless that was looked at already."""
    if new.channel_id:
        channels.get(organization, new.channel_id)
    name = ids.created(organization, "create_media", idempotency_key)
    fields = new.model_dump(exclude={"organization_id"})
    upload = store.insert(organization, Upload(id=name, created_at=rfc3339(clock.now()), **fields))
    if (upload.channel_id, upload.filename) != (new.channel_id, new.filename):
        raise Conflict("idempotency_key_reused", "This Idempotency-Key was used for another request.")
    if upload.status is not MediaStatus.WAITING:
        return upload
    where = unchecked_key(organization, name) if upload.channel_id else key(organization, name)
    return upload.model_copy(update={"url": files.link_to_put(where, upload.content_type)})


def key(organization: str, upload: str) -> str:
    return f"media/{organization}/{upload}"


def unchecked_key(organization: str, upload: str) -> str:
    """Where the bytes for a library lie until they are looked at: what callers can write is never what is sent."""
    return f"unchecked/{organization}/{upload}"


def check(organization: str, content: Content, abilities: Capabilities, at: str) -> list[Problem]:
    """Whether every file that is named by its upload is there, and small enough to be handed over."""
    named = [media for media in content.files if media.source is Source.UPLOAD]
    found = [_check(organization, media, content.type, abilities, f"{at}media.upload") for media in named]
    return [problem for problem in found if problem]


def _check(organization: str, media: Media, kind: Kind, abilities: Capabilities, field: str) -> Problem | None:
    upload = store.get(organization, media.upload or "")
    if upload is None:
        return Problem(field, "unknown_upload", "There is no such upload.")
    if upload.channel_id and upload.status is not MediaStatus.READY:
        return Problem(field, "media_not_ready", upload.reason or "This file of a library was not completed yet.")
    size = files.size(key(organization, media.upload or ""))
    if not size:
        return Problem(field, "nothing_uploaded", "Nothing was put to the address of this upload yet.")
    most = abilities.upload_bytes.get(Kind(getattr(media, "type", kind)))
    if most and size > most:
        return Problem(field, "file_too_large", f"A file of this kind holds at most {most // 1_000_000} MB here.")
    return None


def prepared(
    organization: str, content: Content, abilities: Capabilities, sender: str
) -> tuple[Content, dict[str, BinaryIO]]:
    """The content with each upload as what the platform takes: its own id, an open file, or a link that ends soon."""
    opened: dict[str, BinaryIO] = {}
    settled = [_settled(organization, media, abilities, sender, opened) for media in content.files]
    if content.album:
        return content.model_copy(update={"album": settled}), opened
    return content.model_copy(update={"media": settled[0]}) if settled else content, opened


def _settled(
    organization: str, media: Media, abilities: Capabilities, sender: str, opened: dict[str, BinaryIO]
) -> Media:
    if media.source is not Source.UPLOAD or not media.upload:
        return media
    upload = store.get(organization, media.upload)
    if upload is None:
        raise Gone("the upload is gone")
    known, name = upload.provider_id(sender), media.filename or upload.filename
    if known:
        return media.model_copy(update={"upload": None, "provider_id": known})
    if not abilities.upload_bytes:
        link = files.link_to_get(key(organization, media.upload), files.PLATFORM_SECONDS)
        return media.model_copy(update={"upload": None, "link": link, "filename": name})
    if media.upload not in opened:
        opened[media.upload] = files.open_copy(key(organization, media.upload))
    return media.model_copy(update={"filename": name})
