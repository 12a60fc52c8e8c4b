"""An import of contacts from a sheet: what the API takes, how far it is, and what became of the rows."""

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from parley.model.types import Id, Instant, Model, OrganizationWish, Strict

MOST_GROUPS = 10


class OnDuplicate(StrEnum):
    """What a row does with a contact that has one of its identities already. `overwrite`: its filled cells replace what
    the contact has, and its other identities are added. `ignore`: the contact stays as it is. It joins the groups of
    the import either way."""

    OVERWRITE = "overwrite"
    IGNORE = "ignore"


class ImportStatus(StrEnum):
    """`refused`: `errors` says why. Nothing was written then, unless the fault was ours (`import_failed`)."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    REFUSED = "refused"

    @property
    def is_end(self) -> bool:
        return self in (ImportStatus.DONE, ImportStatus.REFUSED)


class NewContactImport(Strict):
    """The columns of the sheet: `to` or `phone`, `email`, `chat`, `username` and `bsuid` (`phone 2` for a second one);
    `name`, `language`, `time_zone`; every other column is an attribute of its name. `reason`, which the sheet of bad
    rows has, is passed over."""

    organization_id: OrganizationWish = None
    upload: Annotated[Id, Field(description="A sheet that was given to POST /media, without a channel")]
    group_ids: Annotated[
        list[Id], Field(max_length=MOST_GROUPS, description="Every contact of the sheet joins these groups")
    ] = Field(default_factory=list)
    on_duplicate: OnDuplicate = OnDuplicate.IGNORE
    default_country: Annotated[
        str | None,
        Field(pattern=r"^[A-Z]{2}$", examples=["ES"], description="Of numbers that are written without country code"),
    ] = None


class ImportFault(Model):
    """Why a whole sheet was refused; `field` may name a cell of its header."""

    field: str
    code: str
    reason: str


class ContactImport(Model):
    """`rows` and `bad` are known when every row was checked, which is before the first contact is written; a row may
    still turn out to be bad after that, when contacts change meanwhile. At the end `created`, `overwritten`, `ignored`
    and `bad` are `rows` in all."""

    id: Id
    organization_id: Id
    upload: Id
    filename: str
    group_ids: list[Id]
    on_duplicate: OnDuplicate
    default_country: str | None = None
    status: ImportStatus = ImportStatus.WAITING
    errors: list[ImportFault] = Field(default_factory=list)
    rows: int = 0
    bad: int = 0
    created: int = 0
    overwritten: int = 0
    ignored: int = 0
    reasons: dict[str, int] = Field(default_factory=dict, description="Bad rows by the code of their first problem")
    bad_rows: Annotated[
        str | None,
        Field(description="A sheet of the bad rows with their reasons, to mend and import: for 30 days after the end"),
    ] = None
    created_at: Instant
    updated_at: Instant
    finished_at: Instant | None = None
    fingerprint: str = Field(default="", exclude=True)
    folder: str = Field(default="", exclude=True)
    header: list[str] = Field(default_factory=list, exclude=True)
    good: int = Field(default=0, exclude=True)
    cursor: int = Field(default=0, exclude=True)

    @property
    def user(self) -> str:
        """What uses the groups meanwhile, in words for a person."""
        return f"contact import {self.id}"

    @property
    def is_checked(self) -> bool:
        return bool(self.folder)
