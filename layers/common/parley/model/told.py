"""Which changes of items are news to a business system: pure, before anything is looked up."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from parley.model.receipt import AuditType
from parley.model.status import Status
from parley.model.template import TemplateStatus

Item = dict[str, Any]
REPORTED = frozenset(
    {
        Status.ACCEPTED,
        Status.SENT,
        Status.DELIVERED,
        Status.READ,
        Status.FAILED,
        Status.CANCELLED,
        Status.SKIPPED,
        Status.EXPIRED,
        Status.SUPERSEDED,
    }
)
BLOCKED = "person_blocked"


class Reached(NamedTuple):
    """A status of a message and its time; `settled` as failed, because no evidence came."""

    status: Status
    at: int | None


def statuses(old: Item, new: Item) -> list[Reached]:
    """One for each status time that is new, in the order of the times."""
    before, after = old.get("times") or {}, new.get("times") or {}
    fresh = [Reached(Status(name), at) for name, at in after.items() if name not in before and name in REPORTED]
    settled = [Reached(Status.UNKNOWN, None)] if new.get("settled") and not old.get("settled") else []
    return [*sorted(fresh, key=lambda each: each.at or 0), *settled]


def came_in(old: Item | None, new: Item) -> bool:
    return old is None and new.get("direction") == "in"


def of_template(old: Item, new: Item) -> Iterator[tuple[AuditType, str]]:
    """What its platform decided about a template, with its new word. A draft that its owner works on is no news."""
    status = str(new.get("status"))
    if old.get("status") != status and status != TemplateStatus.ARCHIVED:
        yield AuditType.TEMPLATE, status
    if new.get("category") != old.get("category") and status not in (TemplateStatus.DRAFT, TemplateStatus.REJECTED):
        yield AuditType.TEMPLATE_CATEGORY, str(new.get("category"))
    if new.get("quality") and new.get("quality") != old.get("quality"):
        yield AuditType.TEMPLATE_QUALITY, str(new["quality"])


def blocked(old: Item, new: Item) -> bool | None:
    """True: the person shut the channel out; False: let it in again; None: neither."""
    before, after = old.get("suppressed_for") == BLOCKED, new.get("suppressed_for") == BLOCKED
    return after if before != after else None
