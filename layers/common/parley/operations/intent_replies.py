"""What a business system answers to an intent, sent to the person."""

from collections.abc import Iterable
from typing import Any

from parley.cloud import clock
from parley.cloud.metrics import count
from parley.errors import Conflict, Invalid
from parley.model import ids
from parley.model.channel import Channel
from parley.model.message import NewMessage, State
from parley.model.validation import validated
from parley.operations import messages
from parley.store import channel_events, channels
from parley.store import messages as store

NOT_SENT = "intent_reply_not_sent"
OURS = frozenset({"organization_id", "channel_id", "to", "dry_run"})
"""What a reply does not choose: it goes to the person who fired the intent, where they did."""


def send(organization: str, inbound: str, reply: Any) -> None:
    """Once, however often this is repeated, and through every check of a send. What is refused is told by the channel's
    log: nobody waits for an answer."""
    state = store.get(organization, inbound)
    channel = channels.get(organization, state.channel) if state else None
    if state is None or channel is None:
        return
    message = ids.caused_by(state.id, "intent_reply")
    try:
        kept = store.get(organization, message) or messages.accept(organization, message, _new(state, reply))[0]
    except (Conflict, Invalid) as refusal:
        _not_sent(channel, [f"{each.field} {each.code}" for each in refusal.problems] or [refusal.code])
    else:
        messages.start(kept)


def _new(state: State, reply: Any) -> NewMessage:
    said = {name: value for name, value in reply.items() if name not in OURS} if isinstance(reply, dict) else {}
    return validated(NewMessage, {**said, "channel_id": state.channel, "to": state.address}, "reply")


def _not_sent(channel: Channel, reasons: Iterable[str]) -> None:
    count("IntentReplyRefused")
    detail = ", ".join(dict.fromkeys(reasons))
    channel_events.log(channel.organization_id, channel.id, NOT_SENT, clock.now(), detail)
