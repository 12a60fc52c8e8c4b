"""One leg of a send: the message itself or a step of its fallback; whom it goes to, and what they will read."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from parley import providers
from parley.errors import Invalid, Problem
from parley.model import content_rules, reduction, sms
from parley.model.address import Address, read_recipient
from parley.model.channel import Channel, ChannelType, Life
from parley.model.content import Content
from parley.model.message import Fallback, Fault, NewMessage, Trigger, Unsupported
from parley.model.message_view import PlannedStep
from parley.model.status import Status
from parley.model.template import Template
from parley.model.types import JsonObject
from parley.operations import chosen, policies, recipients, uploads
from parley.operations.policies import Said, Wish
from parley.store import channels as channel_store


@dataclass(frozen=True)
class Leg:
    """The channel, the person, the content, and the template it is made of. `notes` tell what was put in words for the
    channel's sake, and what nobody can know before the platform is asked. Of a step: `trigger` and `wait` say when it
    goes out instead of the leg before."""

    channel: Channel
    to: Address
    content: Content
    template: Template | None
    fault: Fault | None = None
    notes: tuple[str, ...] = ()
    trigger: Trigger | None = None
    wait: int | None = None

    @property
    def sender(self) -> str:
        return self.channel.binding.sender_id if self.channel.binding else ""


def channel_of(organization: str, channel: str, field: str) -> Channel:
    found = channel_store.get(organization, channel)
    if found is None or found.life is not Life.PRESENT:
        raise Invalid([Problem(field, "unknown_channel", "There is no such channel.")])
    return found


def main(organization: str, channel: Channel, new: NewMessage, send_at: int, problems: list[Problem]) -> Leg | None:
    abilities = providers.capabilities(channel)
    to = collect(problems, lambda: read_recipient(new.to, abilities.people))
    check_sender(channel, new.sender, problems)
    content, notes = new.content(), list[str]()
    if new.on_unsupported is Unsupported.REDUCE:
        content, notes = reduction.reduce(content, abilities)
    template, faults = chosen.choose(channel, content, "")
    lenient = bool(new.steps) and new.steps[0].trigger is Trigger.SEND_FAILED
    problems += [] if lenient else faults
    if not faults:
        problems += content_rules.check(content, template, abilities, "")
        problems += uploads.check(organization, content, abilities, "")
    if to is None:
        return None
    to, known = recipients.now_at(channel, to, send_at)
    category = template.category if template else new.category
    problems += recipients.check(channel, to, known, content, category, abilities, send_at)
    content = collect(problems, lambda: recipients.answering(channel, to, content)) or content
    fault = Fault(code=faults[0].code, message=faults[0].reason, local=True) if faults else None
    notes = [*notes, *recipients.doubts(to, known, abilities)]
    return Leg(channel, to, chosen.settled(content, template), template, fault, tuple(notes))


def check_sender(channel: Channel, given: str | None, problems: list[Problem]) -> None:
    if given is None or channel.binding is None:
        return
    own = {channel.binding.sender, channel.binding.sender_id, channel.binding.sender.removeprefix("+")}
    if given.strip() not in own:
        problems.append(Problem("from", "unknown_sender", "The channel does not send from this account."))


def steps(
    organization: str,
    first: Channel,
    new: NewMessage,
    main: Leg | None,
    problems: list[Problem],
    *,
    promised: bool = False,
) -> list[Leg]:
    """The steps of its fallback in order; each one's trigger is about the leg before. `promised`: the send was accepted
    with them before, so that a channel which is inactive just now holds its copy instead of losing it."""
    found: list[Leg] = []
    if new.fallback and new.fallbacks:
        reason = "Give one `fallback` or several `fallbacks`, not both."
        problems.append(Problem("fallbacks", "field_not_expected", reason))
    taken = [first]
    for at, wish, channel, notes in _wishes(organization, new, main, problems):
        problems += _promise(taken, channel, wish, at)
        leg = _step(channel, wish, main, at, problems, promised=promised)
        taken.append(channel)
        found += [replace(leg, notes=notes)] if leg else []
    return found


def _wishes(organization: str, new: NewMessage, main: Leg | None, problems: list[Problem]) -> list[Wish]:
    """Of the send itself, or of its policy; each with its place in the request and its channel."""
    if new.fallback_policy_id:
        said = Said(main.to, main.content, main.template) if main else None
        return policies.steps(organization, new, said, problems)
    places = ["fallback."] if new.fallback else [f"fallbacks.{index}." for index in range(len(new.fallbacks))]
    found = []
    for at, wish in zip(places, new.steps, strict=True):
        channel = collect(problems, partial(channel_of, organization, wish.channel_id, f"{at}channel_id"))
        found += [Wish(at, wish, channel)] if channel else []
    return found


def _step(
    channel: Channel, wish: Fallback, main: Leg | None, at: str, problems: list[Problem], *, promised: bool
) -> Leg | None:
    if channel.binding is None or not (channel.is_active or promised):
        reason = "The fallback's channel is unbound or inactive."
        problems.append(Problem(f"{at}channel_id", "channel_cannot_send", reason))
        return None
    abilities = providers.capabilities(channel)
    content = wish.content()
    if bool(wish.text) == bool(wish.template):
        problems.append(Problem(f"{at}text", "field_missing", "A fallback has either a text or a template."))
        return None
    template, faults = chosen.choose(channel, content, at)
    problems += faults or content_rules.check(content, template, abilities, at)
    to = collect(problems, lambda: recipients.of_fallback(wish.to, main.to if main else None, abilities, at))
    settled = chosen.settled(content, template)
    return Leg(channel, to, settled, template, trigger=wish.trigger, wait=wish.wait) if to else None


def _promise(taken: list[Channel], channel: Channel, wish: Fallback, at: str) -> list[Problem]:
    """What a step may promise: its trigger needs the receipts of the channel before, SMS must be activated on the
    first."""
    receipts = providers.capabilities(taken[-1]).receipts
    needed = {Trigger.UNDELIVERED: Status.DELIVERED, Trigger.UNREAD: Status.READ}.get(wish.trigger)
    problems = []
    if channel.id in [each.id for each in taken]:
        problems.append(Problem(f"{at}channel_id", "same_channel", "A fallback goes out on another channel."))
    if needed and needed not in receipts:
        reason = f"The channel before never reports {needed}; use send_failed."
        problems.append(Problem(f"{at}trigger", "no_such_receipt", reason))
    if wish.trigger is Trigger.UNREAD and wish.wait is None:
        problems.append(Problem(f"{at}wait", "field_missing", "The trigger unread needs a wait."))
    if channel.type is ChannelType.SMS and not taken[0].service.get("activate_sms"):
        reason = "Activate SMS in the channel's service settings first."
        problems.append(Problem(f"{at}channel_id", "sms_not_activated", reason))
    return problems


def describe(leg: Leg) -> PlannedStep:
    """A step of a dry run: the text as it would go out, and what it counts for."""
    text = content_rules.shown_text(leg.content, leg.template)
    counted: dict[str, Any] = {}
    if providers.capabilities(leg.channel).counts_parts:
        found = sms.segments(text)
        counted = {"encoding": found.encoding, "parts": found.parts}
    return PlannedStep(
        channel_id=leg.channel.id,
        to=leg.to,
        text=text,
        skip_reason=leg.fault.code if leg.fault else None,
        notes=list(leg.notes),
        trigger=leg.trigger,
        wait=leg.wait,
        **counted,
    )


def spec(leg: Leg) -> JsonObject:
    """What the copy of a step needs, settled at acceptance, so that firing decides nothing new."""
    return {
        "trigger": leg.trigger,
        "wait": leg.wait,
        "channel": leg.channel.id,
        "to": leg.to.key,
        "template": leg.template.id if leg.template else None,
        "content": leg.content.model_dump(mode="json", exclude_none=True),
    }


def collect(problems: list[Problem], check: Callable[[], Any]) -> Any:
    """The result of a check, its problems added to the others."""
    try:
        return check()
    except Invalid as invalid:
        problems += invalid.problems
        return None
