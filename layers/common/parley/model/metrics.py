"""What became of messages, by day, for their template and for the steps of their fallback policy: how one message
counts, and how the counts are shown.

Works on messages as they are stored, with their channel, since that is what a change of the table carries.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Annotated, Any, NamedTuple

from pydantic import Field

from parley.errors import Invalid, Problem
from parley.model.status import Status
from parley.model.times import day, rfc3339
from parley.model.types import Id, Model

Stored = Mapping[str, Any]
Counts = Counter[str]
PROOFS = {
    "sent": {Status.SENT, Status.DELIVERED, Status.READ},
    "delivered": {Status.DELIVERED, Status.READ},
    "read": {Status.READ},
}
"""What proves each step of the way: who has read a message got it, and it was sent."""

ENDS = {Status.EXPIRED, Status.SKIPPED}
COUNTS_NOTHING = ("scheduled", "queued", "sending", "cancelled", "superseded")
"""The stream leaves these statuses out before anybody has to look at them (template.yaml): a message that comes to one
of them has counted as nothing before, so there is nothing to take back. A message under a fallback policy that becomes
superseded comes through: its fallback has fired."""

NOW = "NOW"
LONGEST_TEXT = 64
LONGEST_SPAN = 366
USUAL_SPAN = 30


class Place(NamedTuple):
    """Where a message counts: for its template, with a `channel` for its fallback policy on that channel, or for its
    `broadcast`, whose `day` is an hour, or NOW for how its rows stand.

    The day is the UTC day for which it was sent, so that a row shows the fate of what went out on it, whenever the
    receipts came; a reply counts on the day on which it came. `timed`: it was made on an earlier day than that."""

    organization: str
    of: str
    day: str
    timed: bool = False
    channel: str = ""
    broadcast: bool = False


class Change(NamedTuple):
    """A message before and after a write; None: it was not there."""

    organization: str
    old: Stored | None
    new: Stored | None


def place(organization: str, message: Stored) -> Place:
    """Of a message with a template."""
    sent_for = day(message["send_at"])
    return Place(organization, message["template"], sent_for, timed=sent_for != day(message["listed_at"]))


def achieved(message: Stored | None) -> Counts:
    """What a message counts as by its present state alone; so it counts once, whatever came late or twice.

    A failure that turns out to be an arrival is no failure any more."""
    if not message or not message.get("template"):
        return Counter()
    return _answered(message) if message.get("direction") == "in" else _went(message)


def _went(message: Stored) -> Counts:
    status = message["status"]
    known = {status, *message.get("times", {})}
    counts = Counter(metric for metric, proofs in PROOFS.items() if proofs & known)
    if status in ENDS:
        counts[str(status)] = 1
    if status == Status.FAILED or (status == Status.UNKNOWN and message.get("settled")):
        counts[f"failed#{message.get('error', {}).get('code', 'unknown')}"] = 1
    return counts


def _answered(message: Stored) -> Counts:
    counts = Counter(["replied"])
    if message.get("pressed"):
        counts[f"pressed#{message['pressed'][:LONGEST_TEXT]}"] = 1
    if message.get("opted_out"):
        counts["opted_out"] = 1
    return counts


def counts_of(organization: str, message: Stored | None) -> dict[Place, Counts]:
    """What a message counts as by its present state, in each place where it counts."""
    found: dict[Place, Counts] = {}
    if message and message.get("template"):
        found[place(organization, message)] = achieved(message)
    for where, counts in _as_a_leg(organization, message) if message and message.get("policy") else []:
        found.setdefault(where, Counter()).update(counts)
    return found | (_as_a_row(organization, message) if message and message.get("broadcast") else {})


def _as_a_row(organization: str, message: Stored) -> dict[Place, Counts]:
    """Of a broadcast: in which hour it came to each status, and how it stands."""
    place = Place(organization, message["broadcast"], NOW, broadcast=True)
    found: dict[Place, Counts] = {}
    if message["status"] not in COUNTS_NOTHING:
        found[place] = Counter([_stands(message)])
    for status, at in message.get("times", {}).items():
        if status not in COUNTS_NOTHING:
            found.setdefault(place._replace(day=hour(at)), Counter())[status] += 1
    return found


def _stands(message: Stored) -> str:
    settled = message["status"] == Status.UNKNOWN and message.get("settled")
    return str(Status.FAILED) if settled else str(message["status"])


def hour(at: int) -> str:
    """2026-03-01T09, in UTC."""
    return rfc3339(at)[:13]


def _as_a_leg(organization: str, message: Stored) -> Iterator[tuple[Place, Counts]]:
    """Under a policy: what became of this step, 0 for the message itself, on the day for which it was sent; and that
    the next one fired, on the day on which it did. `late`: this one arrived all the same."""
    leg = message.get("copy_step") or 0
    fate = Counter({f"{leg}#{name}": value for name, value in _went(message).items()})
    yield _of_policy(organization, message, message["send_at"]), fate
    if message.get("fired_at"):
        late = [f"{leg + 1}#late"] if message.get("late") else []
        fired = Counter([f"{leg + 1}#fired#{message['fired_for']}", *late])
        yield _of_policy(organization, message, message["fired_at"]), fired


def _of_policy(organization: str, message: Stored, at: int) -> Place:
    timed = day(at) != day(message["listed_at"])
    return Place(organization, message["policy"], day(at), timed, message["channel"])


def increments(changes: Iterable[Change]) -> dict[Place, Counts]:
    """What these changes add, one entry for each place where something changes; a count may be negative."""
    found: dict[Place, Counts] = {}
    for organization, old, new in changes:
        for where, counts in counts_of(organization, new).items():
            found.setdefault(where, Counter()).update(counts)
        for where, counts in counts_of(organization, old).items() if new else []:
            found.setdefault(where, Counter()).subtract(counts)
    kept = {where: Counter({name: by for name, by in counts.items() if by}) for where, counts in found.items()}
    return {where: counts for where, counts in kept.items() if counts}


# ---- how they are shown


class Metrics(Model):
    """Messages of a template. Each counts once and for good; `delivered` are also in `sent`, `read` in both."""

    sent: int = 0
    delivered: int = 0
    read: int = 0
    failed: dict[str, int] = Field(default_factory=dict, description="By the code of the error")
    expired: int = 0
    skipped: int = Field(default=0, description="Not sent, because the person is on the suppression list")
    replied: int = Field(default=0, description="Answers of people to these messages, pressed buttons included")
    pressed: dict[str, int] = Field(default_factory=dict, description="By the text of the button")
    opted_out: int = Field(default=0, description="Answers by which somebody left the list")


class DayMetrics(Metrics):
    """One UTC day: what was sent for it, whenever the receipts came; and the answers that came on it."""

    day: Annotated[str, Field(examples=["2026-03-01"])]


class TemplateMetrics(Model):
    """Days without anything are left out. Counts follow the messages within seconds."""

    template_id: Id
    start: str
    end: str
    days: list[DayMetrics]
    total: Metrics
    quality: str | None = Field(default=None, description="The platform's present word: GREEN, YELLOW, RED, UNKNOWN")


def shown(counts: Counts) -> dict[str, Any]:
    """The fields of Metrics; a receipt that has overtaken another one's count must not show as less than none."""
    fields: dict[str, Any] = {}
    for name, value in sorted(counts.items()):
        metric, by, which = name.partition("#")
        if by and value > 0:
            fields.setdefault(metric, {})[which] = value
        elif not by:
            fields[metric] = max(value, 0)
    return fields


def span(start: str | None, end: str | None, today: str) -> tuple[str, str]:
    """The first and the last day that are asked for, the last 30 when left out. Raises Invalid for what is no span."""
    problems = [_no_day(name) for name, text in (("start", start), ("end", end)) if text and not _is_day(text)]
    if problems:
        raise Invalid(problems)
    last = date.fromisoformat(end or today)
    first = date.fromisoformat(start) if start else date.fromordinal(max(1, last.toordinal() - USUAL_SPAN + 1))
    if first > last:
        raise Invalid([Problem("start", "start_after_end", f"The span ends on {last}, before it starts.")])
    if (last - first).days >= LONGEST_SPAN:
        raise Invalid([Problem("start", "span_too_long", f"A span may have up to {LONGEST_SPAN} days.")])
    return str(first), str(last)


def _is_day(text: str) -> bool:
    try:
        return str(date.fromisoformat(text)) == text
    except ValueError:
        return False


def _no_day(field: str) -> Problem:
    return Problem(field, "invalid_day", "Write a day like 2026-03-01.")
