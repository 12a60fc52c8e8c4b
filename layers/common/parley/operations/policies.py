"""What a fallback policy means for one send: steps as the send could have named them itself."""

from typing import NamedTuple

from parley import providers
from parley.errors import Problem
from parley.model import content_rules, formatting, variables
from parley.model.address import Address, form_of
from parley.model.channel import Channel, Life
from parley.model.content import Content, Format
from parley.model.message import Fallback, NewMessage
from parley.model.template import Template
from parley.operations import chosen
from parley.store import channels, fallback_rules
from parley.store import fallback_policies as store

FIELD = "fallback_policy_id"
SKIPPED = "In the place of a step whose channel does not know people by this kind of address."


class Said(NamedTuple):
    """The message itself, whose words and variables the steps use."""

    to: Address
    content: Content
    template: Template | None


class Wish(NamedTuple):
    """A step, where it stands in the request, the channel that it names, and what a dry run tells of it."""

    at: str
    fallback: Fallback
    channel: Channel
    notes: tuple[str, ...] = ()


def named(organization: str, new: NewMessage, problems: list[Problem]) -> NewMessage:
    """The send with the steps of the policy that it names, whoever it goes to."""
    if new.fallback_policy_id is None:
        return new
    found = None if new.steps else store.get(organization, new.fallback_policy_id)
    if new.steps:
        problems.append(Problem(FIELD, "field_not_expected", "Name a policy or give steps, not both."))
    elif found is None:
        problems.append(Problem(FIELD, "unknown_policy", "There is no such fallback policy."))
    if found is None:
        return new.model_copy(update={FIELD: None})
    rules = fallback_rules.get_many(organization, found.rules)
    if set(rules) < set(found.rules):  # the policy was changed, and a rule deleted, between the two reads
        problems.append(Problem(FIELD, "policy_changed", "Somebody changes this policy just now; send again."))
    steps = [step.on(rules[step.rule_id].channel_id) for step in found.steps if step.rule_id in rules]
    return new.model_copy(update={"fallbacks": steps})


def steps(organization: str, new: NewMessage, said: Said | None, problems: list[Problem]) -> list[Wish]:
    """Those that can reach the person, each filled with what it says. The one after steps that cannot goes out when
    the first of those would have."""
    found: list[Wish] = []
    skipped: list[Fallback] = []
    before = len(problems)
    for index, step in enumerate(new.steps):
        at = f"{FIELD}.steps.{index}."
        channel = _channel(organization, step.channel_id, at, problems)
        if channel is None:
            continue
        if said and not form_of(said.to, providers.capabilities(channel).people):
            skipped.append(step)
            continue
        due = _filled(_in_place_of(skipped, step), channel, new, said, at, problems)
        found.append(Wish(at, due, channel, (SKIPPED,) * len(skipped)))
        skipped = []
    if not found and len(problems) == before:
        reason = "None of the policy's channels knows people by this kind of address."
        problems.append(Problem(FIELD, "address_missing", reason))
    return found


def _in_place_of(skipped: list[Fallback], step: Fallback) -> Fallback:
    when = {"trigger": skipped[0].trigger, "wait": skipped[0].wait} if skipped else {}
    return step.model_copy(update=when)


def _channel(organization: str, channel: str, at: str, problems: list[Problem]) -> Channel | None:
    found = channels.get(organization, channel)
    if found and found.life is Life.PRESENT:
        return found
    problems.append(Problem(f"{at}rule_id", "channel_gone", "The channel of this step's rule was deleted."))
    return None


def _filled(
    step: Fallback, channel: Channel, new: NewMessage, said: Said | None, at: str, problems: list[Problem]
) -> Fallback:
    own = {**new.variables, **(said.content.variables if said else {})}
    if step.template:
        return step.model_copy(update={"variables": _values(step, channel, own)})
    text = _text(step.text, own, problems) if step.text else _words(said, at, problems)
    return step.model_copy(update={"text": text})


def _values(step: Fallback, channel: Channel, own: dict[str, str]) -> dict[str, str]:
    """What the step does not give comes from the message, where that has a variable of this name."""
    found = chosen.find(channel, step.template or "", step.language or "")
    wanted = found.variables if found else []
    return {name: own[name] for name in wanted if own.get(name)} | step.variables


def _text(text: str, own: dict[str, str], problems: list[Problem]) -> str:
    wanted = variables.names(text)
    missing = variables.check(wanted, {name: own[name] for name in wanted if name in own})
    problems += [each for each in missing if each not in problems]
    return text if missing else variables.fill(text, own)


def _words(said: Said | None, at: str, problems: list[Problem]) -> str:
    """What the message itself says, as a person reads it."""
    if said is None:
        return "-"  # it is refused anyway
    text = content_rules.shown_text(said.content, said.template)
    if not text:
        reason = "The message has no text that this step could say; give the policy's step a text."
        problems.append(Problem(f"{at}text", "text_missing", reason))
    return (formatting.shown(text) if said.content.format is Format.HTML else text) or "-"
