"""What people do: stored once, and the person's service window opened."""

from parley import providers
from parley.cloud import clock
from parley.cloud.metrics import count
from parley.model import ids
from parley.model.channel import Channel
from parley.model.events import AddressMoved, InboundMessage, MarketingChoice, Reachability
from parley.model.keywords import Wish
from parley.model.message import State
from parley.model.status import Status, rank
from parley.model.types import JsonObject
from parley.operations import answers, claimed, heard, intent_calls, timers
from parley.operations.answers import Answer
from parley.store import bindings, opt_outs, people
from parley.store import messages as store

LONGEST_TEXT = 64
"""Characters of a button."""


def receive(message: InboundMessage, provider: str, via: Channel | None, received_at: int) -> None:
    """What has no time of its own, as a pressed button, happened when we heard of it."""
    channel = _receiver(message.sender_id, provider, via)
    if channel is None or not message.people:
        count("InboundOfNobody")
        return
    at, answer = message.at or received_at, answers.read(channel, message)
    if answer.opted_out:  # an inactive channel loses messages, never an opt-out
        answers.stop_marketing(channel, answer, message, at)
    wish = heard.wish(channel, message)
    if wish:
        heard.follow(wish, channel, answer, message, at)
    if not channel.is_active:
        count("InboundWhileInactive")
        return
    for who in message.people if message.spoke else []:
        people.saw(channel.organization_id, channel.id, who.key, at)
    left = answer.opted_out or wish is Wish.STOP
    fired = intent_calls.of_words(channel, message) if message.spoke and wish is None else {}
    _keep(_received(message, channel, answer, left), {**fired, **_content(message, answer)}, channel.bound.sender)


def _keep(state: State, content: JsonObject, sender: str) -> None:
    """What an earlier try has kept stays, with what was done about it since."""
    stored = store.keep_content(state, content, sender)
    kept = store.insert(state) or state
    if any(stored["content"].get(name) for name in ("files", "follow_up", "next", "intent")):
        _follow_up(kept)


def _content(message: InboundMessage, answer: Answer) -> JsonObject:
    shown = message.profile.kept if message.profile else None
    more = {"profile": shown, "files": message.files, "follow_up": message.follow_up, **answer.follows}
    return {"type": message.kind, "inbound": message.content, **{name: value for name, value in more.items() if value}}


def _follow_up(state: State) -> None:
    """Soon, but not in the way of the other webhooks: a file may take long."""
    now = clock.now()
    timers.again({"kind": "follow_up", "organization": state.organization, "message": state.id, "since": now}, now)


def marketing(choice: MarketingChoice, provider: str, via: Channel | None, received_at: int) -> None:
    """What a person told the platform itself; it may take back what a button asked for."""
    channel = _receiver(choice.sender_id, provider, via)
    if channel is None:
        count("InboundOfNobody")
        return
    change = opt_outs.resume if choice.wanted else opt_outs.stop
    for who in choice.people:
        change(channel.organization_id, channel.id, who.key, choice.at or received_at)


def reachability(report: Reachability, provider: str, via: Channel | None) -> None:
    """Who shut the channel out is not written to; who lets it in again, is."""
    channel = _receiver(report.sender_id, provider, via)
    if channel is None:
        count("InboundOfNobody")
    elif report.reachable:
        people.let_in(channel.organization_id, channel.id, report.person.key, report.at)
    else:
        people.suppress(channel.organization_id, channel.id, report.person.key, report.code, report.at)


def moved(report: AddressMoved, provider: str, via: Channel | None) -> None:
    channel = _receiver(report.sender_id, provider, via)
    if channel is None:
        count("InboundOfNobody")
        return
    people.move(channel.organization_id, channel.id, report.old, report.new)


def _receiver(sender: str, provider: str, via: Channel | None) -> Channel | None:
    claim = bindings.claimed_by(providers.abilities(provider).platform, sender)
    return claimed.channel(claim, via) if claim else None


def _received(message: InboundMessage, channel: Channel, answer: Answer, opted_out: bool) -> State:
    at = message.at or clock.now()
    return State(
        id=ids.inbound(channel.id, message.provider_id),
        organization=channel.organization_id,
        channel=channel.id,
        direction="in",
        status=Status.RECEIVED,
        rank=rank(Status.RECEIVED),
        kind=message.kind,
        sender=message.sender_id,
        to=message.people[0].key,
        fingerprint="inbound",
        created_at=at,
        send_at=at,
        expires_at=at,
        times={"received": at},
        provider_id=message.provider_id,
        answers=answer.message.id if answer.message else None,
        template=answer.message.template if answer.message else None,
        pressed=answer.pressed[:LONGEST_TEXT] if answer.pressed else None,
        opted_out=opted_out,
    )
