"""A broadcast as it is kept: what was asked for, what was settled from it, which rows are due when."""

from pydantic import Field

from parley.model.broadcast import BroadcastStatus, DeliveryWindow, OnBadRows, SourceKind
from parley.model.broadcast_view import CheckReport
from parley.model.lane import Category, Lane
from parley.model.message import Fallback, Fault
from parley.model.quiet import QuietHours
from parley.model.types import Id, Model


class Account(Model):
    """One sender of the run: which template it sends, and its weight in sharing out the rows."""

    channel: Id
    sender: str
    template: Id
    weight: int = 1


class Wave(Model):
    """Rows that are due together: `count` of them from row `first` on; `due` in epoch milliseconds."""

    due: int
    first: int
    count: int


class Run(Model):
    """A broadcast as it is kept: what was asked for, what was settled from it, and how far it is.

    Times are epoch milliseconds. `folder` is where its checked rows lie; `steps` are its fallbacks, or those that its
    policy had when it was made. Of a broadcast that resends, `parent` and `include` name the rows."""

    id: Id
    organization: Id
    name: str
    status: BroadcastStatus = BroadcastStatus.CHECKING
    accounts: list[Account]
    template_name: str
    language: str
    category: Category
    lane: Lane
    variables: list[str] = Field(default_factory=list)
    source: SourceKind
    upload: Id | None = None
    filename: str = ""
    group: Id | None = None
    parent: Id | None = None
    include: list[str] = Field(default_factory=list)
    default_country: str | None = None
    deduplicate: bool = True
    on_bad_rows: OnBadRows = OnBadRows.ASK
    dry_run: bool = False
    send_at: int | None = None
    wall_time: str | None = None
    time_zone: str | None = None
    local_time: bool = False
    steps: list[Fallback] = Field(default_factory=list)
    policy: Id | None = None
    speed: float | None = None
    delivery_window: DeliveryWindow | None = None
    quiet_hours: QuietHours | None = None
    ttl: int
    reference: str | None = None
    fingerprint: str
    folder: str = ""
    rows: int = 0
    waves: list[Wave] = Field(default_factory=list)
    report: CheckReport | None = None
    errors: list[Fault] = Field(default_factory=list)
    waits_for: str | None = None
    generations: int = 0
    child: Id | None = None
    version: int = 1
    created_at: int
    updated_at: int
    started_at: int | None = None
    done_at: int | None = None

    @property
    def channel(self) -> str:
        return self.accounts[0].channel

    def account_of(self, row: int) -> Account:
        """Which sender a row goes out from: shared out by weight, always the same for the same row."""
        place = row % sum(each.weight for each in self.accounts)
        for account in self.accounts:
            place -= account.weight
            if place < 0:
                return account
        return self.accounts[0]

    def wave_of(self, row: int) -> Wave:
        return next(wave for wave in reversed(self.waves) if wave.first <= row)
