"""Which message of ours an inbound one answers, and what the button means that was pressed under it."""

from collections.abc import Iterator
from dataclasses import dataclass

from parley.model import presses
from parley.model.address import Address
from parley.model.channel import Channel
from parley.model.components import QuickReply
from parley.model.events import InboundMessage
from parley.model.message import State
from parley.model.presses import Answered, Pressed
from parley.model.types import JsonObject
from parley.store import lists, opt_outs, people, templates
from parley.store import messages as store

LOOK_BACK = 50
"""How many messages of a person are looked through for one that only the platform's id names."""


@dataclass(frozen=True)
class Answer:
    """`message` is ours, `button` the quick reply of its template, `pressed` the text of what was pressed, `payload`
    what the business gave to that button, if it is not just its text."""

    message: State | None = None
    pressed: str | None = None
    payload: str | None = None
    button: QuickReply | None = None

    @property
    def opted_out(self) -> bool:
        return self.button is not None and self.button.opt_out

    @property
    def follows(self) -> JsonObject:
        """What the press causes besides coming in: the next template, or the code of an intent."""
        press = self.button.press if self.button else None
        if press is None:
            return {}
        if press.template:
            return {"next": press.model_dump(include={"template", "language"}, exclude_none=True)}
        return {"intent": press.intent} | ({"payload": self.payload} if self.payload else {})


def read(channel: Channel, message: InboundMessage) -> Answer:
    """Nothing is looked up for a message that answers nothing."""
    if message.answers is None:
        return Answer()
    answered = next(_of(channel, message.people, _named(channel, message.sender_id, message)), None)
    pressed = message.answers.pressed
    button = _button(answered, pressed) if answered and pressed else None
    text = _text(pressed, button)
    given = pressed.payload if pressed and pressed.payload != text else None
    return Answer(answered, text, given, button)


def _named(channel: Channel, sender: str, message: InboundMessage) -> Iterator[State]:
    """Messages that may be meant, the surest first."""
    organization, answers = channel.organization_id, message.answers or Answered()
    token = answers.pressed.token if answers.pressed else None
    named = store.get(organization, token.message) if token else None
    yield from [named] if named else []
    if answers.provider_id:
        yield from lists.by_provider_id(channel.bound.provider, sender, answers.provider_id)
        recent = (each for who in message.people for each in lists.newest(organization, who.key, LOOK_BACK))
        yield from (each for each in recent if each.provider_id == answers.provider_id)


def _of(channel: Channel, who: list[Address], named: Iterator[State]) -> Iterator[State]:
    """Those that went from this channel to this person: what came in is not trusted to name them."""
    here = (channel.organization_id, channel.id, "out")
    same = (each for each in named if (each.organization, each.channel, each.direction) == here)
    return (each for each in same if _went_to(each, {address.key for address in who}))


def _went_to(message: State, who: set[str]) -> bool:
    """Under the dialled address, or under the one that the platform has for it."""
    if message.to in who:
        return True
    known = people.get(message.organization, message.channel, message.to)
    return not who.isdisjoint({known.known_as, known.moved_to})


def _button(answered: State, pressed: Pressed) -> QuickReply | None:
    template = templates.get(answered.organization, answered.template) if answered.template else None
    return presses.find(template.components, pressed) if template else None


def _text(pressed: Pressed | None, button: QuickReply | None) -> str | None:
    """Where the platform does not tell it, the template does."""
    return (pressed.text if pressed else None) or (button.text if button else None)


def stop_marketing(channel: Channel, answer: Answer, message: InboundMessage, at: int) -> None:
    """Under every address of the person, and under the one that the message went to: whichever is used next."""
    written_to = [answer.message.to] if answer.message else []
    for who in dict.fromkeys([*written_to, *(address.key for address in message.people)]):
        opt_outs.stop(channel.organization_id, channel.id, who, at)
