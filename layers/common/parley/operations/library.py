"""The media library of a channel: nothing stands in it that was not looked at, and what is used stays."""

from io import BytesIO

from parley.cloud import files
from parley.errors import Conflict, NotFound
from parley.model import cursor
from parley.model.types import Page
from parley.model.upload import MediaKind, MediaStatus, Upload
from parley.operations import channels, looking, uploads
from parley.store import uploads as store

NAMED = 10


def get(organization: str, media: str) -> Upload:
    return _shown(organization, _found(organization, media))


def _found(organization: str, media: str) -> Upload:
    found = store.get(organization, media)
    if found is None:
        raise NotFound("media")
    return found


def _shown(organization: str, upload: Upload) -> Upload:
    """With a link to what is ready."""
    if upload.status is not MediaStatus.READY:
        return upload
    return upload.model_copy(update={"link": files.link_to_get(uploads.key(organization, upload.id))})


def list_all(
    organization: str, channel: str, kind: MediaKind | None, next_page: str | None, limit: int
) -> Page[Upload]:
    """The newest first; a page of one kind may have fewer rows than `limit`."""
    channels.get(organization, channel)
    question = {"media": channel, "kind": kind}
    found, last = store.page(organization, channel, cursor.decode(next_page, **question), limit)
    rows = [_shown(organization, each) for each in found if kind in (None, each.kind)]
    return Page(items=rows, next=cursor.encode(last, **question))


def complete(organization: str, media: str) -> Upload:
    """Looks at what was put; a repeat answers what was found. What was put is gone after it: the file that is ready
    lies where no caller can write."""
    upload = _found(organization, media)
    if upload.channel_id is None:
        raise Conflict("not_in_library", "This file is in no channel's library; messages name it as it is.")
    if upload.status is MediaStatus.WAITING:
        upload = _looked_at(organization, upload)
    files.delete(uploads.unchecked_key(organization, media))
    return _shown(organization, upload)


def _looked_at(organization: str, upload: Upload) -> Upload:
    found = files.read(uploads.unchecked_key(organization, upload.id), looking.most_bytes())
    if found is None:
        raise Conflict("nothing_uploaded", "Nothing was put to the address of this file yet.")
    size, body = found
    seen = looking.look(size, body)
    if seen.reason is None and seen.content_type:
        files.put(uploads.key(organization, upload.id), BytesIO(body), seen.content_type)
    status = MediaStatus.REFUSED if seen.reason else MediaStatus.READY
    fields = {**seen._asdict(), "status": status, "size": size}
    return store.settle(organization, upload.id, fields) or _found(organization, upload.id)


def delete(organization: str, media: str) -> None:
    """Raises Conflict that names what uses the file. Closed first, so that nothing begins to use it meanwhile; what
    breaks off here is finished by a repeat."""
    upload = _found(organization, media)
    if not store.close(organization, media):
        raise Conflict("media_in_use", f"The file is used by {_named(store.users(organization, media))}.")
    files.delete(uploads.key(organization, media))
    files.delete(uploads.unchecked_key(organization, media))
    store.delete(organization, upload)


def _named(users: list[str]) -> str:
    more = len(users) - NAMED
    return ", ".join(users[:NAMED]) + (f" and {more} more" if more > 0 else "")
