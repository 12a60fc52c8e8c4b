"""A file that is given to us: just to be sent, or to stand in a channel's library."""

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from parley.model.types import Id, Instant, Model, OrganizationWish, Strict


class MediaKind(StrEnum):
    IMAGE = "image"
    VIDEO = "video"
    AUDIO = "audio"
    DOCUMENT = "document"


class MediaStatus(StrEnum):
    """Nothing stands in a library before somebody looked at its bytes."""

    WAITING = "waiting"
    READY = "ready"
    REFUSED = "refused"


class NewUpload(Strict):
    organization_id: OrganizationWish = None
    channel_id: Annotated[
        Id | None, Field(description="In whose library it will stand; without one it is just a file to send")
    ] = None
    filename: Annotated[str, Field(min_length=1, max_length=240, pattern=r"^[^/\\\x00-\x1f]+$", examples=["menu.pdf"])]
    content_type: Annotated[
        str, Field(pattern=r"^[a-z]+/[A-Za-z0-9.+-]+$", max_length=127, examples=["application/pdf"])
    ]


class Upload(Model):
    """PUT the bytes to `url` within 15 minutes, with the same Content-Type. Then messages name the file by its id; one
    that has a `channel_id` is completed first."""

    id: Id
    channel_id: Id | None = None
    kind: Annotated[MediaKind | None, Field(description="What its bytes are; null until they are looked at")] = None
    filename: str
    content_type: Annotated[str, Field(description="As declared; once it is ready, what its bytes are")]
    size: Annotated[int | None, Field(description="Bytes")] = None
    created_at: Instant
    status: Annotated[MediaStatus, Field(description="Stays `waiting` for a file that is in no library")] = (
        MediaStatus.WAITING
    )
    reason: Annotated[str | None, Field(description="Why it was refused")] = None
    link: Annotated[str | None, Field(description="To read a ready file of a library, for 15 minutes")] = None
    url: Annotated[str | None, Field(description="Only in the answer to its creation, while it waits")] = None
    known_as: str | None = Field(default=None, exclude=True)

    def provider_id(self, sender: str) -> str | None:
        """The platform's own id of the file, for the sender that handed it over last."""
        known, _, provider_id = (self.known_as or "").partition(" ")
        return provider_id if known == sender else None
