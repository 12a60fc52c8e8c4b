"""Small types that many models share."""

from typing import Annotated, Any, Generic, TypeVar

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

Id = Annotated[str, StringConstraints(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9_-]+$")]
Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=50)]
Description = Annotated[str, StringConstraints(max_length=150)]
Reference = Annotated[str, StringConstraints(min_length=1, max_length=256)]
Instant = Annotated[str, Field(description="RFC 3339, UTC", examples=["2026-03-01T09:30:00.000Z"])]
End = Annotated[AwareDatetime, Field(description="RFC 3339 with offset")]
OrganizationWish = Annotated[
    Id | None, Field(description="The organization to act for; checked against the key, yours when left out")
]


T = TypeVar("T")


class Model(BaseModel):
    """What all models share: their errors never repeat what was given, because errors are logged."""

    model_config = ConfigDict(hide_input_in_errors=True)


class Strict(Model):
    """A body of the API: unknown fields are refused, never ignored."""

    model_config = ConfigDict(extra="forbid")


class Page(Model, Generic[T]):
    """One page of a list; `next` is the cursor of the following one, null at the end."""

    items: list[T]
    next: str | None = None


JsonObject = dict[str, Any]
