"""How a person calls themselves on a platform, beside their address."""

from pydantic import Field

from parley.model.types import JsonObject, Model

LONGEST = 256


class Profile(Model):
    """As far as the platform tells. The ids are WhatsApp's business-scoped ones, or a platform's number of the user."""

    name: str | None = Field(default=None, examples=["Ana Ruiz"])
    username: str | None = Field(default=None, examples=["@anaruiz"])
    user_id: str | None = None
    parent_user_id: str | None = Field(default=None, description="Of businesses that share their users' ids")

    @property
    def kept(self) -> JsonObject:
        return self.model_dump(exclude_none=True)


def profile(**told: object) -> Profile | None:
    """What is no short text is not told. None: nothing is."""
    known = {name: value for name, value in told.items() if isinstance(value, str) and 0 < len(value) <= LONGEST}
    return Profile.model_validate(known) if known else None
