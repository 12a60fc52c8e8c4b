"""Everything knowable of a send before anything is kept: all that is wrong with it at once, or what it will do."""

from dataclasses import dataclass

from parley.errors import Conflict, Invalid, Problem
from parley.model.channel import Channel, Connection
from parley.model.lane import Category, Lane, lane_of
from parley.model.message import NewMessage
from parley.model.times import DAY, instant
from parley.operations import legs, policies
from parley.operations.legs import Leg
from parley.operations.ttl import default_ttl
from parley.settings import settings


@dataclass(frozen=True)
class Plan:
    main: Leg
    steps: list[Leg]
    category: Category | None
    lane: Lane
    send_at: int
    ttl: int


def make(organization: str, new: NewMessage, now: int) -> Plan:
    """The plan of a send. Raises Invalid with every problem, Conflict if the channel cannot send now."""
    channel = legs.channel_of(organization, new.channel_id, "channel_id")
    ready(channel)
    problems: list[Problem] = []
    send_at = legs.collect(problems, lambda: _send_at(new, now)) or now
    new = policies.named(organization, new, problems)
    main = legs.main(organization, channel, new, send_at, problems)
    steps = legs.steps(organization, channel, new, main, problems)
    if [each.code for each in problems] == ["category_changed"]:
        raise Conflict("category_changed", problems[0].reason)
    if problems or main is None:
        raise Invalid(problems)
    category = main.template.category if main.template else new.category
    lane = lane_of(category)
    return Plan(main, steps, category, lane, send_at, new.ttl or default_ttl(lane))


def ready(channel: Channel) -> None:
    """A disconnected channel still takes messages: they wait until it is connected again."""
    if channel.connection in (Connection.UNBOUND, Connection.CONNECTING) or channel.binding is None:
        raise Conflict("channel_unbound", "The channel is not bound; it cannot send.")
    if not channel.is_active:
        raise Conflict("channel_inactive", "The channel is inactive; it does not send.")


def _send_at(new: NewMessage, now: int) -> int:
    if new.send_at is None:
        if new.time_zone:
            raise Invalid([Problem("send_at", "field_missing", "A time_zone without a send_at says nothing.")])
        return now
    return future(new.send_at, new.time_zone, now)


def future(text: str, zone: str | None, now: int) -> int:
    """The instant of a timed send: ahead of now, and within the horizon."""
    at = instant(text, zone)
    if at <= now:
        raise Invalid([Problem("send_at", "in_the_past", "This time is over.")])
    if at > now + settings().send_horizon_days * DAY:
        raise Invalid(
            [Problem("send_at", "beyond_horizon", f"A send lies at most {settings().send_horizon_days} days ahead.")]
        )
    return at
