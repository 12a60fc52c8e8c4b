"""Lists of messages: by channel and day, by person, by reference; complete to the last row, newest first."""

from collections.abc import Iterator
from itertools import islice

from parley.model.message import State
from parley.model.status import Status
from parley.model.times import DAY
from parley.store import keys, messages, table

A_FEW = 10


def page(
    index: str, attribute: str, value: str, start: table.Item | None, limit: int
) -> tuple[list[State], table.Item | None]:
    """One page of an index, the items read whole and consistently."""
    found, last = table.query_page(
        table.data(),
        f"{attribute} = :value",
        {":value": value},
        index=index,
        start=start,
        limit=limit,
        newest_first=True,
    )
    return states([{"pk": key["pk"], "sk": key["sk"]} for key in found]), last


def states(wanted: list[keys.Key]) -> list[State]:
    items = {item["pk"]: item for item in table.get_many(table.data(), wanted)}
    return [messages.read(items[key["pk"]]) for key in wanted if key["pk"] in items]


def stored(organization: str, channel: str, at: int) -> Iterator[table.Item]:
    """Every message of a channel made on the day of `at` (epoch milliseconds), in plain form; in no order."""
    values = {":value": keys.by_day(organization, channel, at)}
    yield from map(messages.plain, _whole(table.query(table.data(), "day_list = :value", values, index="by_day")))


def plain(organization: str, names: list[str]) -> list[table.Item]:
    """Those of these messages that exist, as they are stored; at most 100."""
    found = table.get_many(table.data(), [keys.state(organization, name) for name in names])
    return [messages.plain(item) for item in found]


def scheduled(organization: str, channel: str) -> Iterator[State]:
    """What waits for its time on a channel; in no order."""
    values = {":value": keys.held_by_schedule(organization, channel)}
    found = map(messages.read, _whole(table.query(table.data(), "held_by = :value", values, index="by_hold")))
    yield from (state for state in found if state.status is Status.SCHEDULED)


def _whole(found: Iterator[table.Item]) -> Iterator[table.Item]:
    """The items behind the rows of an index."""
    while batch := list(islice(found, 100)):
        yield from table.get_many(table.data(), [{"pk": key["pk"], "sk": key["sk"]} for key in batch])


def of_days(organization: str, channel: str, newest: int, days: int) -> Iterator[State]:
    """Every message of a channel made within `days` up to `newest` (epoch milliseconds)."""
    for back in range(days):
        day_list = keys.by_day(organization, channel, newest - back * DAY)
        start: table.Item | None = None
        while True:
            found, start = page("by_day", "day_list", day_list, start, 100)
            yield from found
            if start is None:
                break


def newest(organization: str, who: str, most: int) -> Iterator[State]:
    """The last messages with a person, a few at a time: what is looked for mostly stands among the first."""
    start: table.Item | None = None
    for _ in range(0, most, A_FEW):
        found, start = page("by_person", "person", keys.by_person(organization, who), start, A_FEW)
        yield from found
        if start is None:
            return


def overdue(organization: str, channel: str, now: int) -> Iterator[State]:
    """Scheduled messages whose time is over, whenever they were made."""
    values = {":held": keys.held_by_schedule(organization, channel), ":now": now}
    for key in table.query(table.data(), "held_by = :held AND hold_until <= :now", values, index="by_hold"):
        yield from states([{"pk": key["pk"], "sk": key["sk"]}])


def by_provider_id(platform: str, sender: str, provider_id: str) -> Iterator[State]:
    """For platforms that do not echo our id. Gateways of two customers may have a sender and an id in common."""
    value = keys.by_provider_message(platform, sender, provider_id)
    for key in table.query(table.data(), "provider_key = :value", {":value": value}, index="by_provider_message"):
        yield from states([{"pk": key["pk"], "sk": key["sk"]}])
