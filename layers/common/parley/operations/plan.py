"""Everything knowable of a send before anything is kept: all that is wrong with it at once, or what it will do."""

from dataclasses import dataclass
from typing import Any

from parley import providers
from parley.errors import Conflict, Invalid, Problem
from parley.model import content_rules, reduction, sms
from parley.model.address import Address, read_recipient
from parley.model.channel import Channel, ChannelType, Connection, Life
from parley.model.content import Content
from parley.model.lane import Category, Lane, lane_of
from parley.model.message import Fallback, Fault, NewMessage, Trigger, Unsupported
from parley.model.message_view import PlannedStep
from parley.model.status import Status
from parley.model.template import Template
from parley.model.times import DAY, instant
from parley.operations import chosen, recipients, uploads
from parley.operations.ttl import default_ttl
from parley.settings import settings
from parley.store import channels as channel_store


@dataclass(frozen=True)
class Leg:
    """One step of a send: the channel, the person, the content, and the template it is made of. `notes` tell what was
    put in words for the channel's sake, and what nobody can know before the platform is asked."""

    channel: Channel
    to: Address
    content: Content
    template: Template | None
    fault: Fault | None = None
    notes: tuple[str, ...] = ()

    @property
    def sender(self) -> str:
        return self.channel.binding.sender_id if self.channel.binding else ""


@dataclass(frozen=True)
class Plan:
    main: Leg
    fallback: Leg | None
    category: Category | None
    lane: Lane
    send_at: int
    ttl: int


def make(organization: str, new: NewMessage, now: int) -> Plan:
    """The plan of a send. Raises Invalid with every problem, Conflict if the channel cannot send now."""
    channel = _channel(organization, new.channel_id, "channel_id")
    ready(channel)
    problems: list[Problem] = []
    send_at = _collect(problems, lambda: _send_at(new, now)) or now
    main = _main(organization, channel, new, send_at, problems)
    fallback = _fallback(organization, channel, new.fallback, main, problems) if new.fallback else None
    if [each.code for each in problems] == ["category_changed"]:
        raise Conflict("category_changed", problems[0].reason)
    if problems or main is None:
        raise Invalid(problems)
    category = main.template.category if main.template else new.category
    lane = lane_of(category)
    return Plan(main, fallback, category, lane, send_at, new.ttl or default_ttl(lane))


def ready(channel: Channel) -> None:
    """A disconnected channel still takes messages: they wait until it is connected again."""
    if channel.connection in (Connection.UNBOUND, Connection.CONNECTING) or channel.binding is None:
        raise Conflict("channel_unbound", "The channel is not bound; it cannot send.")
    if not channel.is_active:
        raise Conflict("channel_inactive", "The channel is inactive; it does not send.")


def _channel(organization: str, channel: str, field: str) -> Channel:
    found = channel_store.get(organization, channel)
    if found is None or found.life is not Life.PRESENT:
        raise Invalid([Problem(field, "unknown_channel", "There is no such channel.")])
    return found


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


def _main(organization: str, channel: Channel, new: NewMessage, send_at: int, problems: list[Problem]) -> Leg | None:
    abilities = providers.capabilities(channel)
    to = _collect(problems, lambda: read_recipient(new.to, abilities.people))
    _sender(channel, new.sender, problems)
    content, notes = new.content(), list[str]()
    if new.on_unsupported is Unsupported.REDUCE:
        content, notes = reduction.reduce(content, abilities)
    template, faults = chosen.choose(channel, content, "")
    lenient = new.fallback is not None and new.fallback.trigger is Trigger.SEND_FAILED
    problems += [] if lenient else faults
    if not faults:
        problems += content_rules.check(content, template, abilities, "")
        problems += uploads.check(organization, content, abilities, "")
    if to is None:
        return None
    to, known = recipients.now_at(channel, to)
    problems += recipients.check(channel, to, known, content, abilities, send_at)
    content = _collect(problems, lambda: recipients.answering(channel, to, content)) or content
    fault = Fault(code=faults[0].code, message=faults[0].reason, local=True) if faults else None
    return Leg(
        channel,
        to,
        chosen.settled(content, template),
        template,
        fault,
        (*notes, *recipients.doubts(to, known, abilities)),
    )


def _sender(channel: Channel, given: str | None, problems: list[Problem]) -> None:
    if given is None or channel.binding is None:
        return
    own = {channel.binding.sender, channel.binding.sender_id, channel.binding.sender.removeprefix("+")}
    if given.strip() not in own:
        problems.append(Problem("from", "unknown_sender", "The channel does not send from this account."))


def _fallback(
    organization: str, channel: Channel, wish: Fallback, main: Leg | None, problems: list[Problem]
) -> Leg | None:
    found = _collect(problems, lambda: _channel(organization, wish.channel_id, "fallback.channel_id"))
    if found is None:
        return None
    problems += _policy(channel, found, wish)
    if found.binding is None or not found.is_active:
        problems.append(
            Problem("fallback.channel_id", "channel_cannot_send", "The fallback's channel is unbound or inactive.")
        )
        return None
    abilities = providers.capabilities(found)
    content = wish.content()
    if bool(wish.text) == bool(wish.template):
        problems.append(Problem("fallback.text", "field_missing", "A fallback has either a text or a template."))
        return None
    template, faults = chosen.choose(found, content, "fallback.")
    problems += faults or content_rules.check(content, template, abilities, "fallback.")
    to = _collect(problems, lambda: recipients.of_fallback(wish.to, main.to if main else None, abilities))
    return Leg(found, to, chosen.settled(content, template), template) if to else None


def _policy(channel: Channel, other: Channel, wish: Fallback) -> list[Problem]:
    """What a fallback may promise: a trigger needs the receipts of the first channel, SMS must be activated on it."""
    receipts = providers.capabilities(channel).receipts
    needed = {Trigger.UNDELIVERED: Status.DELIVERED, Trigger.UNREAD: Status.READ}.get(wish.trigger)
    problems = []
    if other.id == channel.id:
        problems.append(Problem("fallback.channel_id", "same_channel", "A fallback goes out on another channel."))
    if needed and needed not in receipts:
        problems.append(
            Problem("fallback.trigger", "no_such_receipt", f"This channel never reports {needed}; use send_failed.")
        )
    if wish.trigger is Trigger.UNREAD and wish.wait is None:
        problems.append(Problem("fallback.wait", "field_missing", "The trigger unread needs a wait."))
    if other.type is ChannelType.SMS and not channel.service.get("activate_sms"):
        problems.append(
            Problem("fallback.channel_id", "sms_not_activated", "Activate SMS in the channel's service settings first.")
        )
    return problems


def describe(leg: Leg, wish: Fallback | None = None) -> PlannedStep:
    """A step of a dry run: the text as it would go out, and what it counts for."""
    text = content_rules.shown_text(leg.content, leg.template)
    counted: dict[str, Any] = {}
    if providers.capabilities(leg.channel).counts_parts:
        found = sms.segments(text)
        counted = {"encoding": found.encoding, "parts": found.parts}
    policy = {"trigger": wish.trigger, "wait": wish.wait} if wish else {}
    return PlannedStep(
        channel_id=leg.channel.id,
        to=leg.to,
        text=text,
        skip_reason=leg.fault.code if leg.fault else None,
        notes=list(leg.notes),
        **counted,
        **policy,
    )


def _collect(problems: list[Problem], check: Any) -> Any:
    """The result of a check, its problems added to the others."""
    try:
        return check()
    except Invalid as invalid:
        problems += invalid.problems
        return None
