"""What templates need that stands elsewhere, the files of their headers and the intents of their buttons: it is there
when a template is written, and stays as long as the template names it."""

from collections.abc import Iterator
from typing import Any

from parley.errors import Conflict, Problem
from parley.model.channel import Channel
from parley.model.components import Buttons, Carousel, Component, Press, QuickReply
from parley.model.template import Template
from parley.operations import headers
from parley.store import intent_uses, intents


def presses(components: list[Component], at: str = "components") -> Iterator[tuple[str, str]]:
    """Every press that calls an intent: its field, and the code; of cards too."""
    for index, component in enumerate(components):
        if isinstance(component, Carousel):
            for number, card in enumerate(component.cards):
                yield from presses([*card.components], f"{at}.{index}.cards.{number}.components")
        if isinstance(component, Buttons):
            for number, button in enumerate(component.buttons):
                match button:
                    case QuickReply(press=Press(intent=str(code))):
                        yield f"{at}.{index}.buttons.{number}.press.intent", code


def check(channel: Channel, components: list[Component], *, reviewed: bool) -> list[Problem]:
    """Whether all of it is there."""
    reason, named = "The channel has no intent with this code.", list(presses(components))
    there = {code for _, code in named if intents.by_code(channel.organization_id, channel.id, code)}
    unknown = [Problem(field, "unknown_intent", reason, "T3.7") for field, code in named if code not in there]
    return [*headers.check(channel, components, reviewed=reviewed), *unknown]


def uses(template: Template) -> list[dict[str, Any]]:
    """The writes that keep it from being deleted, for the transaction that writes the template. Raises Conflict for an
    intent that is gone."""
    user, writes = headers.user(template), headers.uses(template)
    for code in _codes(template):
        found = intents.by_code(template.organization_id, template.channel_id, code)
        if found is None:
            raise _gone()
        writes += intent_uses.using(found, user)
    return writes


def use(template: Template) -> None:
    """Before a change is written: too much in use is harmless, too little is not. Raises Conflict as `uses` does."""
    headers.use(template)
    for code in _codes(template):
        found = intents.by_code(template.organization_id, template.channel_id, code)
        if found is None or not intent_uses.use(found, headers.user(template)):
            raise _gone()


def release(before: Template, now: Template | None) -> None:
    """What the template does not name any more; repeated by the next change if this dies here."""
    headers.release(before, now)
    kept = _codes(now) if now else []
    for code in _codes(before):
        found = intents.by_code(before.organization_id, before.channel_id, code) if code not in kept else None
        if found:
            intent_uses.unuse(found, headers.user(before))


def _codes(template: Template) -> list[str]:
    """Each once."""
    return list(dict.fromkeys(code for _, code in presses(template.components)))


def _gone() -> Conflict:
    return Conflict("intent_gone", "An intent of the template was deleted meanwhile.")
