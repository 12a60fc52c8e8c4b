"""What can be asked of a channel beside sending: another text in a sent message, and a sign that somebody is there."""

from typing import Annotated, Self

from pydantic import Field, model_validator

from parley.model.address import Recipient
from parley.model.content import Format, Rows
from parley.model.types import OrganizationWish, Strict


class NewEdit(Strict):
    """Replaces the text, or the caption of a file, and the buttons under it: without `buttons` there are none then."""

    organization_id: OrganizationWish = None
    text: Annotated[str | None, Field(min_length=1, max_length=4096)] = None
    caption: Annotated[str | None, Field(max_length=4096)] = None
    format: Format = Format.PLAIN
    buttons: Rows | None = None

    @model_validator(mode="after")
    def _one_of_them(self) -> Self:
        if (self.text is None) == (self.caption is None):
            raise ValueError("an edit has either a text or a caption")
        return self


class NewAction(Strict):
    """What the person sees for a few seconds, as that somebody is typing."""

    organization_id: OrganizationWish = None
    to: Recipient
    action: Annotated[str, Field(max_length=32, examples=["typing"], description="One that the capabilities list")]
