"""Everything knowable of a broadcast before anything is kept: what it will send from, what it says, what follows."""

import math
from typing import Any

from parley import providers
from parley.errors import Invalid, Problem
from parley.model.address import Address, AddressKind, Forms
from parley.model.broadcast import Listed, NewBroadcast, SourceKind
from parley.model.channel import Channel
from parley.model.content import Content, Kind
from parley.model.lane import Lane, lane_of
from parley.model.message import NewMessage
from parley.model.run import Account
from parley.model.template import Template
from parley.operations import chosen, legs, plan, policies, services, ttl
from parley.operations.legs import Leg
from parley.operations.times_of_broadcasts import when
from parley.store import groups, uploads

SAMPLE = "+34600111222"
CODES = "One-time codes go to one person each; send them with POST /messages."


def settled(organization: str, new: NewBroadcast, now: int) -> dict[str, Any]:
    """The fields of the Run. Raises Invalid with every problem, Conflict for a channel that cannot send now."""
    problems = _one_source(new)
    senders = _senders(organization, new, problems)
    templates = _templates(senders, new, problems)
    legs.check_sender(senders[0], new.sender, problems)
    if problems:
        raise Invalid(problems)
    first = templates[0]
    problems += _source(organization, new, first)
    time = legs.collect(problems, lambda: when(new.send_at, new.time_zone, new.local_time, now)) or {}
    steps = _steps(organization, senders[0], new, first, problems)
    if problems:
        raise Invalid(problems)
    accounts = _accounts(senders, templates)
    words = {"template_name": first.name, "language": first.language, "variables": first.variables}
    life = new.ttl or ttl.default_ttl(Lane.MARKETING)
    more = {"category": first.category, "lane": Lane.MARKETING, "ttl": life, "steps": steps}
    return {"accounts": accounts, **words, **more, **time}


def _senders(organization: str, new: NewBroadcast, problems: list[Problem]) -> list[Channel]:
    found: list[Channel] = []
    for index, channel_id in enumerate([new.channel_id, *new.more_channel_ids]):
        field = "channel_id" if index == 0 else f"more_channel_ids.{index - 1}"
        channel = legs.channel_of(organization, channel_id, field)
        plan.ready(channel)
        if found and channel.type is not found[0].type:
            problems.append(Problem(field, "another_type", f"All channels of this broadcast are {found[0].type}."))
        elif channel.id in [each.id for each in found]:
            problems.append(Problem(field, "repeated_channel", "This channel is named twice."))
        else:
            found.append(channel)
    return found


def _templates(senders: list[Channel], new: NewBroadcast, problems: list[Problem]) -> list[Template]:
    """Of each sender; those of the others must need the same values as that of the first."""
    first = _template(senders[0], new.template, new.language, "", problems)
    if first is None:
        return []
    found = [first]
    for channel in senders[1:]:
        at = f"more_channel_ids.{new.more_channel_ids.index(channel.id)}."
        template = _template(channel, first.name, first.language, at, problems)
        if template and (template.language, template.variables) != (first.language, first.variables):
            reason = f'The template of the channel "{channel.name}" has another language, or other variables.'
            problems.append(Problem(f"{at}template", "another_template", reason))
        found += [template] if template else []
    return found


def _template(channel: Channel, named: str, language: str | None, at: str, problems: list[Problem]) -> Template | None:
    said = Content(type=Kind.TEMPLATE, template=named, language=language)
    template, faults = chosen.choose(channel, said, at)
    problems += [each for each in faults if each.code != "variable_missing"]
    if template and lane_of(template.category) is Lane.OTP:
        problems.append(Problem(f"{at}template", "one_time_codes", CODES))
    return template


def _one_source(new: NewBroadcast) -> list[Problem]:
    given = [name for name in ("recipients", "upload", "group_id") if getattr(new, name) is not None]
    reason = "Give exactly one of recipients, upload and group_id."
    return [] if len(given) == 1 else [Problem((given or ["recipients"])[-1], "one_source", reason)]


def _source(organization: str, new: NewBroadcast, template: Template) -> list[Problem]:
    match new.source:
        case SourceKind.GROUP if groups.get(organization, new.group_id or "") is None:
            return [Problem("group_id", "unknown_group", "There is no such audience group.")]
        case SourceKind.UPLOAD if uploads.get(organization, new.upload or "") is None:
            return [Problem("upload", "unknown_upload", "There is no such upload.")]
        case SourceKind.RECIPIENTS:
            return _plain(new.recipients or [], template)
        case _:
            return []


def _plain(recipients: list[str | Listed], template: Template) -> list[Problem]:
    """Plain addresses bring no values; of people with values each row is checked later, like those of a sheet."""
    needed = [name for name in template.variables if not template.defaults.get(name)]
    if not needed or all(isinstance(each, Listed) for each in recipients):
        return []
    named = ", ".join(needed)
    reason = (
        f"The template has variables ({named}), so plain numbers are not enough: upload a sheet, or give variables."
    )
    return [Problem("recipients", "variables_need_sheet", reason)]


def _accounts(senders: list[Channel], templates: list[Template]) -> list[Account]:
    """Weighted by their rates, in the smallest whole numbers, so that few rows are shared out too."""
    rates = [max(1, round(services.of(channel).messages_per_second * 10)) for channel in senders]
    common = math.gcd(*rates)
    return [
        Account(channel=channel.id, sender=channel.bound.sender_id, template=template.id, weight=rate // common)
        for channel, template, rate in zip(senders, templates, rates, strict=True)
    ]


def _steps(
    organization: str, channel: Channel, new: NewBroadcast, template: Template, problems: list[Problem]
) -> list[Any]:
    """Its fallbacks, checked with values as they may come."""
    to, values = _somebody(providers.capabilities(channel).people), _values(template)
    said = Content(type=Kind.TEMPLATE, template=template.id, language=template.language, variables=values)
    given = {"fallback": new.fallback, "fallbacks": new.fallbacks, "fallback_policy_id": new.fallback_policy_id}
    message = NewMessage.model_validate({"channel_id": channel.id, "to": to, **given, **said.model_dump(include=WORDS)})
    message = policies.named(organization, message, problems)
    problems += _addressed(new)
    if message.steps:
        legs.steps(organization, channel, message, Leg(channel, to, said, template), problems)
    return message.steps


def _addressed(new: NewBroadcast) -> list[Problem]:
    """A step with an address of its own would bring that one person the fallbacks of all rows."""
    places = {"fallback": new.fallback, **{f"fallbacks.{index}": each for index, each in enumerate(new.fallbacks)}}
    reason = "The fallback of a row goes to the row's own person."
    return [Problem(f"{at}.to", "field_not_expected", reason) for at, step in places.items() if step and step.to]


WORDS = {"type", "template", "language", "variables"}


def _values(template: Template) -> dict[str, str]:
    return {name: template.samples.get(name) or template.defaults.get(name) or "-" for name in template.variables}


def _somebody(forms: Forms) -> Address:
    """A person as the channel knows them, for checks that need one."""
    form = forms[0]
    value = SAMPLE if form.kind is AddressKind.PHONE else form.example or "1"
    return Address(type=form.kind, value=value)
