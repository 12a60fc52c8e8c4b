"""Words about a person come in any order and more than once: the newest one of each kind wins."""

from collections.abc import Iterator
from contextlib import suppress
from itertools import count
from typing import NamedTuple

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some
from parley.errors import NotFound
from parley.model.address import of_key
from parley.model.channel import Channel
from parley.model.events import InboundMessage, MarketingChoice, Reachability
from parley.model.lane import Category
from parley.model.suppression import NewSuppression, Suppression
from parley.model.times import rfc3339
from parley.operations import heard, inbound, suppressions
from parley.operations.answers import Answer
from parley.store import channels, people

from tests.support.world import NUMBER, World

START = 2_000_000_000_000
"""Later than everything that a world has done, a whole second."""

people_of_tests = count(600_000_000)
Row = tuple[str | None, str, str, str]


class Event(NamedTuple):
    """What happens in the second `at`, and how many seconds later we hear of it, each time. An operator acts at once,
    in the middle of the second; `until` is how long the word holds, 0: until it is taken back."""

    what: str
    at: int
    heard: tuple[int, ...] = ()
    until: int = 0


BY_PERSON = ("STOP", "START", "Hello")
BY_PLATFORM = ("no marketing", "marketing", "blocked", "let in")
BY_SMS = ("sms STOP", "sms START")
BY_OPERATOR = ("bar here", "bar everywhere", "marketing here", "marketing everywhere", "clear here", "clear everywhere")
SECONDS = some.integers(0, 8)


TOGETHER = (
    ("blocked", "let in", "Hello", "clear here"),
    ("STOP", "START", "sms STOP", "sms START", "clear everywhere"),
    ("no marketing", "marketing", "START", "marketing here", "clear here"),
    ("bar here", "blocked", "bar everywhere", "clear here", "clear everywhere"),
    ("marketing everywhere", "STOP", "START", "clear everywhere"),
    BY_PERSON + BY_PLATFORM + BY_SMS + BY_OPERATOR,
)
"""Words that may stand against each other."""


@some.composite
def stories(draw: some.DrawFn) -> list[Event]:
    """An operator does one thing in a second."""
    names = draw(some.sampled_from(TOGETHER))
    told = draw(some.lists(some.tuples(some.sampled_from(names), SECONDS), max_size=9, unique=True))
    alone = {at: what for what, at in told if what in BY_OPERATOR}
    return [_event(draw, what, at) for what, at in told if what not in BY_OPERATOR or alone[at] == what]


def _event(draw: some.DrawFn, what: str, at: int) -> Event:
    if what in BY_OPERATOR:
        return Event(what, at, (0,), draw(some.sampled_from([0, 5, 30])))
    return Event(what, at, tuple(draw(some.lists(SECONDS, min_size=1, max_size=2))))


class Teller:
    """Lets a story happen to somebody new."""

    def __init__(self, world: World) -> None:
        self.world, self.number = world, f"+34{next(people_of_tests)}"
        self.who = of_key(f"phone:{self.number}")
        found = channels.get(world.organization, world.gateway)
        assert found is not None
        self.sms: Channel = found

    def tell(self, story: list[Event]) -> None:
        arrivals = [(START + (each.at + late) * 1000, index) for index, each in enumerate(story) for late in each.heard]
        for now, index in sorted(arrivals):
            event = story[index]
            self.world.time.now = now + 500
            self.happens(event, START + event.at * 1000)

    def happens(self, event: Event, at: int) -> None:
        what = event.what
        if what in BY_OPERATOR:
            self.operator(*what.split(), event.until)
        elif what in BY_SMS:
            told = InboundMessage("ACME", "-", [self.who], "text", at, text=what.partition(" ")[2])
            wish = heard.wish(self.sms, told)
            assert wish
            heard.follow(wish, self.sms, Answer(), told, at)
        elif what in BY_PERSON:
            told = InboundMessage(NUMBER, f"wamid.{self.number}.{what}.{at}", [self.who], "text", at, text=what)
            inbound.receive(told, "whatsapp_cloud", None, at)
        elif what.endswith("marketing"):
            choice = MarketingChoice(NUMBER, [self.who], what == "marketing", at)
            inbound.marketing(choice, "whatsapp_cloud", None, at)
        else:
            report = Reachability(NUMBER, self.who, what == "let in", at)
            inbound.reachability(report, "whatsapp_cloud", None)

    def operator(self, what: str, where: str, until: int) -> None:
        """What is taken back stood before: nobody takes back what is not there."""
        channel = self.world.whatsapp if where == "here" else None
        ends = rfc3339(self.world.time() + until * 1000) if until else None
        known = {"to": self.number, "channel_id": channel, "scope": "marketing" if what == "marketing" else "all"}
        suppressions.create(self.world.organization, NewSuppression.model_validate({**known, "expires_at": ends}))
        if what == "clear":
            suppressions.delete(self.world.organization, channel, self.number)

    def listed(self) -> set[Row]:
        mine = [each for each in self.rows() if each.to.value == self.number]
        return {(each.channel_id, each.reason, str(each.scope), each.created_at) for each in mine}

    def leaves(self) -> None:
        """So that the next list is short."""
        for channel in (None, self.world.whatsapp, self.world.gateway):
            with suppress(NotFound):
                suppressions.delete(self.world.organization, channel, self.number)

    def rows(self) -> Iterator[Suppression]:
        page = suppressions.list_all(self.world.organization, None, None, 100)
        yield from page.items
        while page.next:
            page = suppressions.list_all(self.world.organization, None, page.next, 100)
            yield from page.items

    def refused(self, channel: str) -> dict[Category, str | None]:
        known = people.about(self.world.organization, channel, self.who.key, self.world.time())
        return {category: known.refuses(category) for category in Category}


# ---- what must be, by looking at the whole story at once


def newest(story: list[Event], *names: str) -> int | None:
    """The last second of one of these."""
    return max((each.at for each in story if each.what in names), default=None)


def stands(story: list[Event], stops: tuple[str, ...], lifts: tuple[str, ...], clear: str) -> int | None:
    """The second of the word that stands. Within a second what lifts counts as the newer one; an operator takes back
    what was said until the middle of it, and what is of that second."""
    said, taken = newest(story, *stops), max(newest(story, *lifts, clear) or -1, -1)
    return said if said is not None and said > taken else None


def barred(story: list[Event], what: str, where: str, now: int) -> int | None:
    told = sorted(
        (each for each in story if each.what in (f"{what} {where}", f"clear {where}")), key=lambda each: each.at
    )
    last = told[-1] if told else None
    if last is None or last.what.startswith("clear"):
        return None
    return None if last.until and START + (last.at + last.until) * 1000 + 500 <= now else last.at


def expected(world: World, story: list[Event], now: int) -> set[Row]:
    def row(channel: str | None, reason: str, scope: str, at: int | None, half: int = 0) -> Iterator[Row]:
        if at is not None:
            yield channel, reason, scope, rfc3339(START + at * 1000 + half)

    here, sms, starts = world.whatsapp, world.gateway, ("START", "sms START")
    found: set[Row] = set()
    for where, channel in (("everywhere", None), ("here", here)):
        found |= {*row(channel, "by_operator", "all", barred(story, "bar", where, now), 500)}
        found |= {*row(channel, "by_operator", "marketing", barred(story, "marketing", where, now), 500)}
    keyword = stands(story, ("STOP", "sms STOP"), starts, "clear everywhere")
    found |= {*row(None, "keyword", "marketing", keyword)}
    found |= {*row(sms, "keyword", "all", stands(story, ("sms STOP",), ("sms START",), "-"))}
    preference = stands(story, ("no marketing",), ("marketing", "START"), "clear here")
    found |= {*row(here, "opted_out", "marketing", preference)}
    blocked = stands(story, ("blocked",), ("let in", *BY_PERSON), "clear here")
    return found | {*row(here, "person_blocked", "all", blocked)}


def refusals(rows: set[Row], channel: str) -> dict[Category, str | None]:
    of = [row for row in rows if row[0] in (None, channel)]
    all_of_it = any(scope == "all" for _, _, scope, _ in of)
    marketing = "all" if all_of_it else "opted_out" if of else None
    return {each: marketing if each is Category.MARKETING else "all" if all_of_it else None for each in Category}


@settings(max_examples=70, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(story=stories(), later=some.sampled_from([0, 10, 60]))
def test_any_order_and_repetition_ends_in_the_same_state(quick: World, story: list[Event], later: int) -> None:
    teller = Teller(quick)
    teller.tell(story)
    quick.time.now = max(quick.time.now, START + 24_500) + later * 1000
    rows = expected(quick, story, quick.time())
    assert teller.listed() == rows
    for channel in (quick.whatsapp, quick.gateway):
        found = teller.refused(channel)
        coarse = {each: why if why in (None, "opted_out") else "all" for each, why in found.items()}
        assert coarse == refusals(rows, channel)
    teller.leaves()
