"""What templates may be on a channel: which components and buttons exist, how long texts are, and who reviews them."""

from dataclasses import dataclass, field
from typing import NamedTuple

from parley.model.lane import Category
from parley.model.times import DAY


class EditLimit(NamedTuple):
    """How many new versions of an approved template a platform takes within so many days."""

    most: int
    days: int


ALL_BUTTONS = frozenset(
    {"QUICK_REPLY", "URL", "PHONE_NUMBER", "COPY_CODE", "ONE_TAP", "ZERO_TAP", "CATALOG", "MPM", "FLOW"}
)


@dataclass(frozen=True)
class Dialect:
    """`reviewed`: a platform reviews the wording, so its rules for variables hold (none at an edge, none touching, no
    braces). `most` are the most buttons of a kind; those that are not named have no limit of their own."""

    components: frozenset[str] = frozenset({"HEADER", "BODY", "FOOTER", "BUTTONS"})
    headers: frozenset[str] = frozenset({"TEXT"})
    buttons: frozenset[str] = frozenset({"QUICK_REPLY", "URL", "PHONE_NUMBER", "COPY_CODE"})
    categories: frozenset[Category] = frozenset(Category)
    reviewed: bool = False
    header_limit: int = 60
    body_limit: int = 1024
    footer_limit: int = 60
    button_limit: int = 25
    most: dict[str, int] = field(default_factory=dict)
    edits: tuple[EditLimit, ...] = ()

    def next_edit(self, edited_at: list[int], now: int) -> int:
        """From when on a new version may be handed in, in epoch milliseconds; not after `now`: at once."""
        enough = [limit for limit in self.edits if len(edited_at) >= limit.most]
        return max((sorted(edited_at)[-limit.most] + limit.days * DAY for limit in enough), default=now)

    def writes(self, category: Category) -> bool:
        """Whether the platform itself writes the texts of these templates; elsewhere a one-time code has our words."""
        return self.reviewed and category is Category.AUTHENTICATION
