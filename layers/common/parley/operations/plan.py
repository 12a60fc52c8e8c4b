"""Everything knowable of a send before anything is kept: all that is wrong with it at once, or what it will do."""

from dataclasses import dataclass
from typing import Any

from parley import providers
from parley.errors import Conflict, Invalid, Problem
from parley.model import content_rules, sms, variables
from parley.model.address import Address, AddressKind, Recipient, read_recipient
from parley.model.capabilities import Capabilities
from parley.model.channel import Channel, ChannelType, Connection, Life
from parley.model.lane import Category, Lane, lane_of
from parley.model.message import Content, Fallback, Fault, Kind, NewMessage, Trigger
from parley.model.message_view import PlannedStep
from parley.model.status import Status
from parley.model.template import Template, TemplateStatus
from parley.model.times import DAY, instant
from parley.settings import settings
from parley.store import channels as channel_store
from parley.store import people
from parley.store import templates as template_store


@dataclass(frozen=True)
class Leg:
    """One step of a send: the channel, the person, the content, and the template it is made of."""

    channel: Channel
    to: Address
    content: Content
    template: Template | None
    fault: Fault | None = None

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
    if problems or main is None:
        raise Invalid(problems)
    category = main.template.category if main.template else new.category
    lane = lane_of(category)
    return Plan(main, fallback, category, lane, send_at, new.ttl or default_ttl(lane))


def default_ttl(lane: Lane) -> int:
    known = settings()
    return {Lane.OTP: known.ttl_otp, Lane.TRANSACTIONAL: known.ttl_transactional, Lane.MARKETING: known.ttl_marketing}[
        lane
    ]


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
    template, faults = _template(organization, channel, new.content(), "")
    lenient = new.fallback is not None and new.fallback.trigger is Trigger.SEND_FAILED
    problems += [] if lenient else faults
    if not faults:
        problems += content_rules.check(new.content(), template, abilities, "")
    if to and new.type is not Kind.TEMPLATE and abilities.window:
        problems += _window(organization, channel, to, abilities.window, send_at)
    fault = Fault(code=faults[0].code, message=faults[0].reason, local=True) if faults else None
    return Leg(channel, to, _by_id(new.content(), template), template, fault) if to else None


def _sender(channel: Channel, given: str | None, problems: list[Problem]) -> None:
    if given is None or channel.binding is None:
        return
    own = {channel.binding.sender, channel.binding.sender_id, channel.binding.sender.removeprefix("+")}
    if given.strip() not in own:
        problems.append(Problem("from", "unknown_sender", "The channel does not send from this account."))


def _template(organization: str, channel: Channel, content: Content, at: str) -> tuple[Template | None, list[Problem]]:
    """The template that was named, and what stops it from being sent: those faults a fallback may answer for."""
    if content.type is not Kind.TEMPLATE:
        return None, []
    if not content.template or not content.language:
        missing = "template" if not content.template else "language"
        return None, [
            Problem(f"{at}{missing}", "field_missing", "A template is named by its name (or id) and its language.")
        ]
    found = find_template(organization, channel.id, content.template, content.language)
    if found is None:
        return None, [
            Problem(f"{at}template", "unknown_template", "The channel has no such template in this language.")
        ]
    if found.status is not TemplateStatus.APPROVED:
        return found, [
            Problem(f"{at}template", "template_not_approved", f"The template is {found.status}, not approved.")
        ]
    return found, variables.check(found.variables, content.variables, f"{at}variables")


def find_template(organization: str, channel: str, named: str, language: str) -> Template | None:
    found = template_store.find(organization, channel, named, language) or template_store.get(organization, named)
    return found if found and found.channel_id == channel and found.language == language else None


def _by_id(content: Content, template: Template | None) -> Content:
    return content.model_copy(update={"template": template.id}) if template else content


def _window(organization: str, channel: Channel, to: Address, window: int, send_at: int) -> list[Problem]:
    """Free-form content only while the person's window is open at the time of sending."""
    last = people.last_inbound(organization, channel.id, to.value.removeprefix("+"))
    if last is not None and send_at < last + window * 1000:
        return []
    hours = window // 3600
    reason = f"Free-form messages go out within {hours} hours of the person's last message; send a template."
    return [Problem("to", "window_closed", reason)]


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
    template, faults = _template(organization, found, content, "fallback.")
    problems += faults or content_rules.check(content, template, abilities, "fallback.")
    to = _collect(problems, lambda: _fallback_person(wish.to, main, abilities))
    return Leg(found, to, _by_id(content, template), template) if to else None


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


def _fallback_person(given: Recipient | None, main: Leg | None, abilities: Capabilities) -> Address | None:
    """The step's own address, else the same kind of address."""
    if given is not None:
        return read_recipient(given, abilities.people, "fallback.to")
    if main is None or main.to.type in abilities.people:
        return main.to if main else None
    kinds = ", ".join(str(kind) for kind in abilities.people if kind is not AddressKind.CHAT) or "another address"
    raise Invalid(
        [Problem("fallback.to", "address_missing", f"The fallback's channel knows people by {kinds}; name one.")]
    )


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
