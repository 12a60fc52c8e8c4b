"""Intents: a press or a word of a person calls the business's own system."""

import json

from parley.cloud import clock
from parley.cloud.metrics import count
from parley.model import keywords
from parley.model.business_system import Intent
from parley.model.channel import Channel
from parley.model.events import InboundMessage
from parley.model.message import State
from parley.model.times import rfc3339
from parley.model.types import JsonObject
from parley.operations import receipt_starts
from parley.store import channel_events, intents, receipt_keys
from parley.store.receipt_deliveries import Stored

KIND = "intent"
NOT_CALLED = "intent_not_called"


def of_words(channel: Channel, message: InboundMessage) -> JsonObject:
    """The intent that a text fires, if it is nothing but a keyword of one."""
    if not message.text or len(message.text) > 2 * keywords.LONGEST:
        return {}
    intent = intents.by_word(channel.organization_id, channel.id, keywords.bare(message.text))
    return {"intent": intent.code} if intent else {}


def call(state: State, channel: Channel, content: JsonObject) -> None:
    """Once, however often this is repeated. `state` and `content` are of the inbound message."""
    intent = intents.by_code(state.organization, channel.id, content["intent"])
    if intent is None:
        count("IntentNotCalled")
        detail = f"{content['intent']}: there is no such intent."
        channel_events.log(state.organization, channel.id, NOT_CALLED, clock.now(), detail)
        return
    at = state.created_at
    delivery = Stored(
        id=receipt_keys.delivery_id(intent.business_system_id, at, KIND, intent.code, state.id),
        organization_id=state.organization,
        business_system_id=intent.business_system_id,
        kind=KIND,
        created_at=rfc3339(at),
        made_at=at,
        due=clock.now(),
        intent=state.id,
    )
    receipt_starts.start(delivery, _body(intent, state, content))


def _body(intent: Intent, state: State, content: JsonObject) -> bytes:
    said = content.get("inbound") or {}
    data = {
        "intent": {"code": intent.code, "name": intent.name},
        "data": merged(intent.default_data, content.get("payload")),
        "channel_id": state.channel,
        "person": state.address.model_dump(mode="json"),
        "message_id": state.id,
        "answers": state.answers,
        "pressed": state.pressed,
        "text": text_of(said),
    }
    whole = {"type": KIND, "timestamp": rfc3339(state.created_at), "data": data}
    return json.dumps(whole, ensure_ascii=False, separators=(",", ":")).encode()


def merged(default: JsonObject, payload: str | None) -> JsonObject:
    """What the press carries says more than the default: the fields of a JSON object, or its words as `payload`."""
    if not payload:
        return default
    try:
        told = json.loads(payload)
    except (ValueError, RecursionError):
        told = payload
    return {**default, **(told if isinstance(told, dict) else {"payload": payload})}


def text_of(said: JsonObject) -> str | None:
    """What a person wrote, in whichever form the platform tells it."""
    text = said.get("text")
    found = text.get("body") if isinstance(text, dict) else text
    return found if isinstance(found, str) else None
