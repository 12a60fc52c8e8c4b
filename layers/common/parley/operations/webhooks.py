"""Applying what platforms report: receipts, messages of people, templates. Any order and repetition, one result."""

import base64
import json
import logging
from typing import Any

from parley import providers
from parley.cloud import clock, inbox, queues
from parley.cloud.metrics import count
from parley.model import ids
from parley.model.channel import Channel, Life
from parley.model.events import Event, InboundMessage, NotUnderstood, StatusReport, TemplateReport
from parley.model.lane import Lane
from parley.model.message import State
from parley.model.status import ENDED_BADLY, Status, rank
from parley.model.template import TemplateState, TemplateStatus
from parley.model.times import MINUTE
from parley.operations import ends, fallback, templates
from parley.settings import settings
from parley.store import channels, lists, people
from parley.store import messages as store
from parley.store import templates as template_store

log = logging.getLogger("parley")
PATIENCE = 15 * MINUTE
PLATFORMS = {"whatsapp_cloud": "whatsapp"}
Envelope = dict[str, Any]


def apply(envelope: Envelope) -> None:
    """Applies one verified webhook body. Everything in it may be applied again."""
    if envelope.get("kind") == "refused":
        _refused(envelope)
        return
    channel = _channel_of_path(envelope)
    provider = _provider(envelope, channel)
    binding = channel.binding if channel else None
    found = [
        _apply(event, provider, channel, envelope)
        for event in providers.part(provider, "webhook").read(_raw(envelope), binding)
    ]
    if not all(found):
        _later(envelope)


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


def _apply(event: Event, provider: str, via: Channel | None, envelope: Envelope) -> bool:
    """False for a receipt whose message may still be on its way into the table."""
    match event:
        case StatusReport():
            return _status(event, provider, via, envelope)
        case InboundMessage():
            _inbound(event, provider, via)
        case TemplateReport():
            _template(event, provider)
        case NotUnderstood(what=what):
            log.info("webhook not understood", extra={"provider": provider, "what": what[:80]})
            count("WebhookNotUnderstood")
    return True


def _status(report: StatusReport, provider: str, via: Channel | None, envelope: Envelope) -> bool:
    state = _find(report, provider, via)
    if state is None:
        return _is_of_nobody(report)
    at = report.at or int(envelope.get("received_at") or clock.now())
    if report.fault and report.status is Status.FAILED:
        ends.failed(state, at, report.fault)
        return True
    reached = store.reach(state, report.status, at)
    if reached and reached.status in ENDED_BADLY:
        fallback.fire_if_due(reached)  # whoever wrote that end may have died before firing
    return True


def _is_of_nobody(report: StatusReport) -> bool:
    """A receipt with an echo that leads nowhere is another tool's; one by the platform's id may be early."""
    if report.echo is None and report.provider_id:
        return False
    count("ReceiptOfNobody")
    return True


def _find(report: StatusReport, provider: str, via: Channel | None) -> State | None:
    """An echoed id is believed if the verified sender is the one that the message went out from."""
    echoed = ids.read_echo(report.echo)
    state = store.get(*echoed) if echoed else None
    if state is None and report.provider_id:
        state = lists.find_by_provider_id(provider, report.sender_id, report.provider_id)
    return state if state and _is_of(state, report, provider, via) else None


def _is_of(state: State, report: StatusReport, provider: str, via: Channel | None) -> bool:
    if via is not None:
        return (state.organization, state.channel) == (via.organization_id, via.id)
    if provider not in PLATFORMS:
        return True  # an event of our own AWS account
    claim = channels.claimed_by(PLATFORMS[provider], report.sender_id)
    return claim is not None and claim[0] == state.organization and state.sender == report.sender_id


def _later(envelope: Envelope) -> None:
    """The whole body once more; what was applied of it changes nothing."""
    first = int(envelope.get("received_at") or clock.now())
    if clock.now() - first > PATIENCE:
        count("ReceiptOfNobody")
        return
    tries = int(envelope.get("tries", 0)) + 1
    queues.send(settings().webhooks_queue, {**envelope, "received_at": first, "tries": tries}, delay=min(2**tries, 120))


def _inbound(message: InboundMessage, provider: str, via: Channel | None) -> None:
    channel = _receiver(message.sender_id, provider, via)
    if channel is None or not message.people:
        count("InboundOfNobody")
        return
    if not channel.is_active:
        count("InboundWhileInactive")
        return
    for who in message.people:
        people.saw(channel.organization_id, channel.id, who, message.at)
    state = _received(message, channel)
    store.put_content(state, {"type": message.kind, "inbound": message.content})
    store.insert(state)


def _receiver(sender: str, provider: str, via: Channel | None) -> Channel | None:
    claim = channels.claimed_by(PLATFORMS.get(provider, provider), sender)
    channel = channels.get(*claim) if claim else None
    if channel is None or channel.life is not Life.PRESENT or (via is not None and via.id != channel.id):
        return None
    return channel


def _received(message: InboundMessage, channel: Channel) -> State:
    """The person is kept as the platform names them; a number gets its plus back."""
    who = message.people[0]
    return State(
        id=ids.inbound(channel.id, message.provider_id),
        organization=channel.organization_id,
        channel=channel.id,
        direction="in",
        status=Status.RECEIVED,
        rank=rank(Status.RECEIVED),
        kind=message.kind,
        lane=Lane.TRANSACTIONAL,
        sender=message.sender_id,
        to=f"phone:+{who}" if who.isdigit() else f"bsuid:{who}",
        fingerprint="inbound",
        created_at=message.at or clock.now(),
        send_at=message.at,
        expires_at=message.at,
        times={"received": message.at},
        provider_id=message.provider_id,
    )


def _template(report: TemplateReport, provider: str) -> None:
    claim = template_store.claimed(provider, report.provider_id)
    found = template_store.get(*claim) if claim else None
    if found is None:
        count("TemplateOfNobody")
        return
    if report.status is not TemplateStatus.IN_REVIEW:
        templates.apply(found, provider, TemplateState(report.provider_id, report.status, None, report.reason))


def _refused(envelope: Envelope) -> None:
    found = channels.by_webhook_path(envelope["channel"])
    if found:
        channels.log(*found, "webhook_refused", clock.now(), "The signature was wrong or missing.")
