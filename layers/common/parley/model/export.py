"""An export: a sheet of everything there is of something, made by a job and kept for a week."""

import re
from enum import StrEnum
from typing import Annotated, Literal
from urllib.parse import quote

from pydantic import ConfigDict, Field

from parley.model.organization import Scope
from parley.model.times import DAY
from parley.model.types import Id, Instant, JsonObject, Model, OrganizationWish, Strict

KEPT = 7 * DAY
"""Milliseconds after which nobody finds it any more; S3 removes its file a little later."""

Format = Literal["xlsx", "csv"]
TYPES: dict[Format, str] = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
}
UNWANTED = re.compile(r'[\x00-\x20\x7f"*/:<>?\\|]+')
"""Blanks, and what some system does not allow in a file's name."""


class ExportKind(StrEnum):
    BROADCAST_ROWS = "broadcast_rows"
    CONTACTS = "contacts"
    GROUP = "group"

    @property
    def scope(self) -> Scope:
        """Who may read this in bulk."""
        return Scope.MESSAGES if self is ExportKind.BROADCAST_ROWS else Scope.CONTACTS

    @property
    def subject(self) -> str | None:
        """The field that says of what."""
        return {ExportKind.BROADCAST_ROWS: "broadcast_id", ExportKind.GROUP: "group_id"}.get(self)


class ExportStatus(StrEnum):
    WAITING = "waiting"
    RUNNING = "running"
    READY = "ready"
    FAILED = "failed"

    @property
    def is_end(self) -> bool:
        return self in (ExportStatus.READY, ExportStatus.FAILED)


class RowStatus(StrEnum):
    """How a row of a broadcast stands: as its message does, `waiting` before there is one, `bad` if the check refused
    it."""

    WAITING = "waiting"
    QUEUED = "queued"
    SENDING = "sending"
    UNKNOWN = "unknown"
    ACCEPTED = "accepted"
    SENT = "sent"
    DELIVERED = "delivered"
    READ = "read"
    FAILED = "failed"
    EXPIRED = "expired"
    CANCELLED = "cancelled"
    SKIPPED = "skipped"
    SUPERSEDED = "superseded"
    BAD = "bad"


class NewExport(Strict):
    """`broadcast_rows` needs a `broadcast_id`, `group` a `group_id`; `contacts` are all contacts there are."""

    model_config = ConfigDict(populate_by_name=True)

    organization_id: OrganizationWish = None
    kind: ExportKind
    broadcast_id: Id | None = None
    group_id: Id | None = None
    format: Format = "xlsx"
    row_status: Annotated[
        RowStatus | None, Field(alias="status", description="Only the rows of a broadcast that stand like this")
    ] = None


class ExportFault(Model):
    """Why there is no file."""

    code: str
    reason: str


class Export(Model):
    """A broadcast's sheet has a line for every row, the bad ones too, each as it stood when the job read it. A text
    that a spreadsheet would take for a formula begins with an apostrophe in a CSV; in an XLSX it is a text as it is."""

    id: Id
    organization_id: Id
    kind: ExportKind
    broadcast_id: Id | None = None
    group_id: Id | None = None
    format: Format
    row_status: RowStatus | None = None
    status: ExportStatus = ExportStatus.WAITING
    error: ExportFault | None = None
    rows: int | None = Field(default=None, description="In the file, once it is ready; its header not counted")
    filename: str
    link: str | None = Field(default=None, description="To the file once it is ready, for 15 minutes; ask again then")
    created_at: Instant
    ready_at: Instant | None = None
    expires_at: Instant = Field(description="From then on it is gone, with its file")
    fingerprint: str = Field(default="", exclude=True)
    attempt: int = Field(default=0, exclude=True)
    leased_until: int = Field(default=0, exclude=True)

    @property
    def key(self) -> str:
        """Where its file lies."""
        return f"exports/{self.organization_id}/{self.id}.{self.format}"

    @property
    def headers(self) -> JsonObject:
        """What makes a browser save the file under its name."""
        plain = self.filename.encode("ascii", "replace").decode().replace("?", "_")
        named = f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(self.filename, safe='')}"
        return {"ResponseContentDisposition": named}


def filename(about: str, day: str, format: Format) -> str:
    """As every system takes it."""
    return f"{UNWANTED.sub(' ', about).strip()} {day}.{format}"
