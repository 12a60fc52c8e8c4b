"""A broadcast: one template to many people, from a list, a sheet or an audience group; what the API takes."""

from enum import StrEnum
from typing import Annotated, Any

from pydantic import Discriminator, Field, Tag

from parley.model.address import Recipient
from parley.model.message import MOST_STEPS, TTL, Fallback
from parley.model.quiet import QuietHours, WallTime, ZoneName
from parley.model.types import Id, OrganizationWish, Reference, Strict

MOST_LISTED = 10_000
MOST_SENDERS = 20
SPEED = Field(gt=0, le=10_000, description="Messages per second; the senders' own limits when left out")


class BroadcastStatus(StrEnum):
    """`checked` waits for POST …/start. `cancelled`: nothing more goes out; what was on its way goes on being counted.
    `done`: every row was accepted by a platform or has ended; receipts go on counting."""

    CHECKING = "checking"
    REFUSED = "refused"
    CHECKED = "checked"
    SCHEDULED = "scheduled"
    RUNNING = "running"
    PAUSED = "paused"
    CANCELLED = "cancelled"
    DONE = "done"


class OnBadRows(StrEnum):
    """What happens when some rows cannot be sent: wait for the owner's word, send the good ones, or send none."""

    ASK = "ask"
    SKIP = "skip"
    REFUSE = "refuse"


class SourceKind(StrEnum):
    RECIPIENTS = "recipients"
    UPLOAD = "upload"
    GROUP = "group"
    RESEND = "resend"


class Listed(Strict):
    """One person of a list, with their own values."""

    to: Recipient
    variables: dict[str, str] = Field(default_factory=dict)
    time_zone: ZoneName | None = None


def _form(given: Any) -> str:
    return "ADDRESS" if isinstance(given, str) else "PERSON"


Somebody = Annotated[Annotated[str, Tag("ADDRESS")] | Annotated[Listed, Tag("PERSON")], Discriminator(_form)]


class DeliveryWindow(Strict):
    """Rows go out from `start` to `end` by the clock of one zone; the run rests outside of it."""

    start: WallTime
    end: WallTime
    time_zone: ZoneName = "UTC"


class NewBroadcast(Strict):
    """Exactly one of `recipients`, `upload` and `group_id` says to whom."""

    organization_id: OrganizationWish = None
    name: Annotated[str, Field(min_length=1, max_length=60, examples=["Spring offers"])]
    channel_id: Id
    more_channel_ids: Annotated[list[Id], Field(max_length=MOST_SENDERS - 1)] = Field(
        default_factory=list,
        description="More channels of the type that have the template too; the rows are shared out by their rates",
    )
    sender: Annotated[
        str | None, Field(alias="from", max_length=256, description="The send account; the channel's own when left out")
    ] = None
    template: Annotated[str, Field(max_length=512, description="Name or id of an approved template")]
    language: Annotated[str | None, Field(max_length=16, examples=["en"])] = None
    recipients: Annotated[list[Somebody] | None, Field(min_length=1, max_length=MOST_LISTED)] = None
    upload: Annotated[Id | None, Field(description="A sheet that was given to POST /media")] = None
    group_id: Annotated[
        Id | None, Field(description="An audience group, as it is now; needs the scope `contacts` too")
    ] = None
    default_country: Annotated[
        str | None,
        Field(pattern=r"^[A-Z]{2}$", examples=["ES"], description="Of numbers that are written without country code"),
    ] = None
    deduplicate: bool = Field(default=True, description="The first row of a person counts, others are bad rows")
    on_bad_rows: OnBadRows = OnBadRows.ASK
    send_at: Annotated[
        str | None, Field(description="RFC 3339, or a wall-clock time with time_zone; up to 366 days ahead")
    ] = None
    time_zone: Annotated[ZoneName | None, Field(examples=["Europe/Berlin"])] = None
    local_time: bool = Field(
        default=False,
        description="send_at is a wall-clock time where each recipient is: by the row's time_zone, the number's prefix,"
        " or else the time_zone of the broadcast",
    )
    fallback: Fallback | None = None
    fallbacks: Annotated[list[Fallback], Field(max_length=MOST_STEPS)] = Field(default_factory=list)
    fallback_policy_id: Id | None = None
    speed: Annotated[float | None, SPEED] = None
    delivery_window: DeliveryWindow | None = None
    quiet_hours: Annotated[QuietHours | None, Field(description="Instead of the channel's own")] = None
    ttl: Annotated[
        int | None, Field(ge=TTL[0], le=TTL[1], description="Seconds that a row may take once it is due")
    ] = None
    reference: Reference | None = None
    dry_run: bool = Field(
        default=False, description="Stop when it is checked: look at its rows, then start it, or leave it"
    )

    @property
    def source(self) -> SourceKind:
        return SourceKind.UPLOAD if self.upload else SourceKind.GROUP if self.group_id else SourceKind.RECIPIENTS


class NewStart(Strict):
    """Starts what was checked. `send_at` makes it a timed one."""

    organization_id: OrganizationWish = None
    send_at: str | None = None
    time_zone: ZoneName | None = None


class BroadcastChanges(Strict):
    """What may change until it is done; a run keeps to it within seconds. null takes a limit away."""

    organization_id: OrganizationWish = None
    name: Annotated[str | None, Field(min_length=1, max_length=60)] = None
    speed: Annotated[float | None, SPEED] = None
    delivery_window: DeliveryWindow | None = None
    quiet_hours: QuietHours | None = None


class NewResend(Strict):
    """Rows of a finished broadcast that go out once more, as a broadcast of their own."""

    organization_id: OrganizationWish = None
    failed: bool = Field(default=True, description="Rows that failed or expired")
    unsent: bool = Field(default=True, description="Rows that were cancelled before anybody sent them")
    unknown: bool = Field(default=False, description="Rows whose outcome nobody knows; those people may get it twice")
    name: Annotated[str | None, Field(min_length=1, max_length=60)] = None
