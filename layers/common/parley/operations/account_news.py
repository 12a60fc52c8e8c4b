"""What a platform decides about numbers and business accounts: kept for every channel that it is about."""

from collections.abc import Iterator

from parley import providers
from parley.cloud import clock
from parley.cloud.metrics import count
from parley.model.channel import Channel
from parley.model.events import AccountReport
from parley.model.receipt import AuditType
from parley.operations import claimed
from parley.store import account_news, bindings, channel_events

LOGGED = {
    AuditType.PHONE_NAME: "number_name",
    AuditType.PHONE_QUALITY: "number_quality",
    AuditType.ACCOUNT_REVIEW: "account_review",
    AuditType.ACCOUNT: "account_update",
}


def report(event: AccountReport, provider: str, via: Channel | None, received_at: int) -> None:
    """May be repeated, and older news may come later: the newest word stays. Its change tells business systems."""
    found = [*_channels(event, provider, via)]
    if not found:
        count("AccountOfNobody")
    for channel in found:
        _keep(event, channel, event.at or received_at)


def _channels(event: AccountReport, provider: str, via: Channel | None) -> Iterator[Channel]:
    """A number is of one channel, an account of all that are bound to it."""
    platform = providers.abilities(provider).platform
    if event.number:
        claim = bindings.claimed_by(platform, event.number)
        channel = claimed.channel(claim, via) if claim else None
        yield from [channel] if channel else []
    elif event.account:
        every = (claimed.channel(each, via) for each in bindings.of_account((platform, event.account)))
        yield from (each for each in every if each and providers.account_of(each.binding) == event.account)


def _keep(event: AccountReport, channel: Channel, at: int) -> None:
    news = {
        "news": event.type,
        "status": event.status,
        "reason": event.reason,
        "details": event.details,
        "number": event.number or channel.bound.sender,
        "account": event.account,
    }
    if account_news.keep(channel.organization_id, channel.id, _named(event), news, at):
        detail = f"{event.status}: {event.reason}" if event.reason else event.status
        channel_events.log(channel.organization_id, channel.id, LOGGED[event.type], clock.now(), detail)


def _named(event: AccountReport) -> str:
    """Several things may happen to an account within a second; each has its own newest word."""
    return f"{event.type}#{event.status}" if event.type is AuditType.ACCOUNT else event.type
