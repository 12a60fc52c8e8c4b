"""The template that goes out because a button of another one was pressed."""

from parley.cloud import clock
from parley.cloud.metrics import count
from parley.errors import Conflict, Invalid
from parley.model import ids
from parley.model.channel import Channel
from parley.model.content import Content, Kind
from parley.model.message import NewMessage, State
from parley.model.types import JsonObject
from parley.operations import chosen, contents, messages
from parley.store import channel_events
from parley.store import messages as store

NOT_SENT = "next_template_not_sent"


def send(press: State, channel: Channel, wanted: JsonObject) -> None:
    """Once, however often this is repeated, and through every check of a send. `press` is the inbound message. What is
    refused is told by the channel's log: nobody waits for an answer."""
    message = ids.caused_by(press.id, "next_template")
    try:
        kept = store.get(press.organization, message) or _accept(press, channel, message, wanted)
    except (Conflict, Invalid) as refusal:
        _not_sent(channel, wanted, refusal)
        return
    if kept:
        messages.start(kept)


def _accept(press: State, channel: Channel, message: str, wanted: JsonObject) -> State | None:
    answered = store.get(press.organization, press.answers or "")
    if answered is None:
        return None
    return messages.accept(press.organization, message, _new(press, channel, wanted, answered))[0]


def _new(press: State, channel: Channel, wanted: JsonObject, answered: State) -> NewMessage:
    """In the language that the press names, else in those of the message before, with its values of the same names."""
    said = Content.model_validate(contents.of(answered)["content"])
    spoken = {"language": said.language, "fallback_language": said.fallback_language}
    named = wanted if wanted.get("language") else {**spoken, **wanted}
    content = Content.model_validate({"type": Kind.TEMPLATE, **named, "variables": said.variables})
    template, _ = chosen.choose(channel, content, "")
    names = template.variables if template else []
    values = {name: said.variables[name] for name in names if name in said.variables}
    fields = {"channel_id": channel.id, "to": press.address, "reference": answered.reference}
    return NewMessage.model_validate({**fields, "type": Kind.TEMPLATE, **named, "variables": values})


def _not_sent(channel: Channel, wanted: JsonObject, refusal: Conflict | Invalid) -> None:
    codes = [problem.code for problem in refusal.problems] or [refusal.code]
    count("NextTemplateRefused")
    detail = f"{wanted['template'][:100]}: {', '.join(dict.fromkeys(codes))}"
    channel_events.log(channel.organization_id, channel.id, NOT_SENT, clock.now(), detail)
