"""A broadcast and its rows as the API shows them."""

from pydantic import Field

from parley.model.address import Address
from parley.model.broadcast import BroadcastStatus, DeliveryWindow, OnBadRows, SourceKind
from parley.model.lane import Category
from parley.model.message import Fault
from parley.model.quiet import QuietHours
from parley.model.types import Id, Instant, Model


class BadRow(Model):
    """`line` as in the sheet (the header is line 1); of a list or a group, its place."""

    line: int
    column: str = ""
    code: str
    reason: str


class CheckReport(Model):
    """What the check found, before anything was sent. `suppressed` are among the good rows: they end as skipped unless
    they are taken off the list until then."""

    rows: int = 0
    good: int = 0
    bad: int = 0
    suppressed: int = 0
    reasons: dict[str, int] = Field(default_factory=dict, description="Bad rows by the code of their first problem")
    examples: list[BadRow] = Field(default_factory=list, description="The first bad rows; the sheet has them all")
    parts: int | None = Field(default=None, description="SMS parts in all, where the channel counts them")


class Progress(Model):
    """Of a run. `fed` rows were handed to the workers; the rest of the numbers count by the rows' present state."""

    rows: int
    fed: int
    waiting: int = Field(description="Not taken by a worker yet")
    settled: int = Field(description="Accepted by a platform, or ended; the run is done when that is every row")
    by_status: dict[str, int] = Field(description="Live, within seconds; proven by a recount when the run is done")
    rate: float | None = Field(default=None, description="Rows per second, over the last minute")
    eta: Instant | None = Field(default=None, description="When the last row goes out, at this rate")


class Broadcast(Model):
    id: Id
    organization_id: Id
    name: str
    status: BroadcastStatus
    channel_id: Id
    channel_ids: list[Id] = Field(description="All channels that it sends from")
    template: Id
    template_name: str
    language: str
    category: Category
    source: SourceKind
    upload: Id | None = None
    group_id: Id | None = None
    parent: Id | None = Field(default=None, description="The broadcast whose rows this one sends again")
    send_at: Instant | None = None
    time_zone: str | None = None
    local_time: bool = False
    fallback_policy_id: Id | None = None
    speed: float | None = None
    delivery_window: DeliveryWindow | None = None
    quiet_hours: QuietHours | None = None
    on_bad_rows: OnBadRows = OnBadRows.ASK
    deduplicate: bool = True
    dry_run: bool = False
    reference: str | None = None
    report: CheckReport | None = None
    bad_rows: str | None = Field(default=None, description="A sheet of the bad rows with their reasons, for 15 minutes")
    errors: list[dict[str, str]] = Field(default_factory=list, description="Why it was refused")
    waits_for: str | None = Field(default=None, description="What a run rests for: channel, template, window, time")
    progress: Progress | None = None
    created_at: Instant
    updated_at: Instant
    started_at: Instant | None = None
    done_at: Instant | None = None


class BroadcastRow(Model):
    """One row of a broadcast: who, in which state, and why. `line` is its line in the sheet."""

    row: int
    line: int
    message_id: Id
    channel_id: Id
    to: Address
    status: str = Field(description="A message's status; `waiting` before a worker took it")
    send_at: Instant | None = None
    error: Fault | None = None
    late: bool = False
    text: str | None = Field(default=None, description="As the person reads it")
    encoding: str | None = None
    parts: int | None = None
    skip_reason: str | None = Field(default=None, description="Of a row that waits: why it would not go out now")
    times: dict[str, Instant] = Field(default_factory=dict)


class HourStatistics(Model):
    """One hour, UTC: how many rows came to each status in it, by the platforms' times."""

    hour: str = Field(examples=["2026-03-01T09"])
    counts: dict[str, int]


class BroadcastStatistics(Model):
    """`now` is how the rows stand. Counts follow within seconds, and are proven by a recount when it is over."""

    broadcast_id: Id
    rows: int
    now: dict[str, int]
    hours: list[HourStatistics]
