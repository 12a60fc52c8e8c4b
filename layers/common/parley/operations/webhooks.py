"""Applying what platforms report: receipts, messages of people, templates. Any order and repetition, one result."""

import base64
import json
import logging
from functools import partial
from typing import Any

from parley import providers
from parley.cloud import clock, inbox, queues
from parley.cloud.metrics import count
from parley.model.channel import Channel
from parley.model.events import (
    AccountReport,
    AddressMoved,
    Event,
    InboundMessage,
    MarketingChoice,
    NotUnderstood,
    Reachability,
    StatusReport,
    TemplateReport,
)
from parley.model.times import MINUTE
from parley.operations import account_news, inbound, receipts, reviews
from parley.operations.each import each
from parley.settings import settings
from parley.store import channel_events, channels

log = logging.getLogger("parley")
PATIENCE = 15 * MINUTE
Envelope = dict[str, Any]


def apply(envelope: Envelope) -> None:
    """Applies one verified webhook body, each event on its own. Raises if one failed by a fault of ours, so that the
    queue brings the body back: everything in it may be applied again."""
    if envelope.get("kind") == "refused":
        _refused(envelope)
        return
    via = _channel_of_path(envelope)
    provider = _provider(envelope, via)
    early: list[Event] = []
    events = providers.part(provider, "webhook").read(_raw(envelope), via.binding if via else None)
    received_at = int(envelope.get("received_at") or clock.now())
    done = [each("an event failed", partial(_apply, event, provider, via, received_at, early)) for event in events]
    if not all(done):
        raise RuntimeError("a part of a webhook could not be applied")
    if early:
        _later(envelope, received_at)


def of_platform_event(event: dict[str, Any]) -> Envelope:
    """What EventBridge puts on the webhooks queue itself: an event of our own account, thereby verified."""
    body = base64.b64encode(json.dumps(event).encode()).decode()
    return {"provider": "sms_aws", "body": body, "received_at": clock.now()}


def _channel_of_path(envelope: Envelope) -> Channel | None:
    """The channel whose own secret verified the body, if one did."""
    if not envelope.get("channel"):
        return None
    found = channels.by_webhook_path(envelope["channel"])
    return channels.get(*found) if found else None


def _provider(envelope: Envelope, channel: Channel | None) -> str:
    return channel.binding.provider if channel and channel.binding else str(envelope["provider"])


def _raw(envelope: Envelope) -> bytes:
    return inbox.read_file(envelope["file"]) if "file" in envelope else base64.b64decode(envelope["body"])


def _apply(event: Event, provider: str, via: Channel | None, received_at: int, early: list[Event]) -> None:
    match event:
        case StatusReport():
            early += [] if receipts.apply(event, provider, via, received_at) else [event]
        case InboundMessage():
            inbound.receive(event, provider, via, received_at)
        case Reachability():
            inbound.reachability(event, provider, via)
        case MarketingChoice():
            inbound.marketing(event, provider, via, received_at)
        case AddressMoved():
            inbound.moved(event, provider, via)
        case TemplateReport():
            reviews.report(event, provider, via)
        case AccountReport():
            account_news.report(event, provider, via, received_at)
        case NotUnderstood(what=what):
            log.info("webhook not understood", extra={"provider": provider, "what": what[:80]})
            count("WebhookNotUnderstood")


def _later(envelope: Envelope, first: int) -> None:
    """The whole body once more; what was applied of it changes nothing."""
    if clock.now() - clock.offset() - first > PATIENCE:  # receivers know the real time only
        count("ReceiptOfNobody")
        return
    tries = int(envelope.get("tries", 0)) + 1
    queues.send(settings().webhooks_queue, {**envelope, "received_at": first, "tries": tries}, delay=min(2**tries, 120))


def _refused(envelope: Envelope) -> None:
    found = channels.by_webhook_path(envelope["channel"])
    if found:
        channel_events.log(*found, "webhook_refused", clock.now(), "The signature was wrong or missing.")
