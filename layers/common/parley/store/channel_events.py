"""The log of a channel: one line for each kind of event and hour, kept for 30 days."""

from parley.model.channel import ChannelEvent
from parley.model.times import DAY, rfc3339
from parley.store import keys, table


def log(organization: str, channel: str, kind: str, now: int, detail: str = "") -> None:
    """Adds a line to the channel's log; a repeat within the hour only counts."""
    hour = rfc3339(now)[:13]
    values = {
        ":at": rfc3339(now),
        ":one": 1,
        ":zero": 0,
        ":detail": detail[:300],
        ":kind": kind,
        ":ttl": (now + 30 * DAY) // 1000,
    }
    expression = (
        "SET first_at = if_not_exists(first_at, :at), last_at = :at, #count = if_not_exists(#count, :zero) + :one,"
        " detail = :detail, kind = :kind, expires = :ttl"
    )
    key = keys.channel_event(organization, channel, hour, kind)
    table.update(
        table.runtime(),
        key,
        expression,
        "attribute_exists(pk) OR attribute_not_exists(pk)",
        values,
        {"#count": "count"},
    )


def page(
    organization: str, channel: str, start: table.Item | None, limit: int
) -> tuple[list[ChannelEvent], table.Item | None]:
    key = keys.channel_event(organization, channel, "", "")
    values = {":pk": key["pk"], ":sk": "EVENT#"}
    items, last = table.query_page(
        table.runtime(),
        "pk = :pk AND begins_with(sk, :sk)",
        values,
        start=start,
        limit=limit,
        newest_first=True,
        consistent=True,
    )
    return [ChannelEvent.model_validate(item) for item in items], last
