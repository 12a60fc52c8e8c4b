"""Receipts of platforms, applied to the messages that they are of."""

from collections.abc import Iterable
from typing import Any

from parley import providers
from parley.cloud.metrics import count
from parley.model import ids
from parley.model.channel import Channel
from parley.model.events import StatusReport
from parley.model.message import State
from parley.model.status import ENDED_BADLY, Status
from parley.operations import ends, fallback
from parley.store import bindings, lists, organizations
from parley.store import messages as store

SHORT = 32


def apply(report: StatusReport, provider: str, via: Channel | None, received_at: int) -> bool:
    """Raises the status. False if the message may still be on its way into the table."""
    state = _find(report, provider, via)
    if state is None:
        return _is_of_nobody(report, provider)
    at = report.at or received_at
    if report.fault and report.status is Status.FAILED:
        ends.refused(state, at, report.fault, report.scope)
        return True
    reached = store.reach(state, report.status, at, **_beside(report, state))
    if reached and reached.status in ENDED_BADLY:
        fallback.fire_if_due(reached)  # whoever wrote that end may have died before firing
    return True


def _beside(report: StatusReport, state: State) -> dict[str, Any]:
    """What a status tells that is not known yet; it is kept in the same write. A long id would make the item a large
    one."""
    told, user = report.conversation, report.user_id or ""
    found = {
        "conversation": told.id if told else None,
        "conversation_until": told.until if told else None,
        "user_id": user if len(user) <= SHORT else None,
    }
    return {name: value for name, value in found.items() if value and getattr(state, name) != value}


def _is_of_nobody(report: StatusReport, provider: str) -> bool:
    """Where a platform echoes our id, an unknown receipt is another tool's; else it may only be early."""
    if not providers.abilities(provider).echoes and report.provider_id:
        return False
    count("ReceiptOfNobody")
    return True


def _find(report: StatusReport, provider: str, via: Channel | None) -> State | None:
    echoed = ids.read_echo(report.echo)
    state = store.get(*echoed) if echoed else None
    found: Iterable[State] = [state] if state else []
    if state is None and report.provider_id and not providers.abilities(provider).echoes:
        found = lists.by_provider_id(provider, report.sender_id, report.provider_id)
    return next((each for each in found if _is_of(each, report, provider, via)), None)


def _is_of(state: State, report: StatusReport, provider: str, via: Channel | None) -> bool:
    """An echo is believed if the verified sender is the one that the message went out from.

    A sender that was given free meanwhile still signs receipts of what it sent before."""
    if via is not None and not _sends_for(via.organization_id, state):
        return False
    platform = providers.abilities(provider).platform
    if not platform:
        return via is None or via.id == state.channel  # our own AWS account, or a gateway's own path
    claim = bindings.claimed_by(platform, report.sender_id)
    if state.sent_from != report.sender_id or claim is None:
        return state.sent_from == report.sender_id
    return (via is None or via.organization_id == claim[0]) and _sends_for(claim[0], state)


def _sends_for(organization: str, state: State) -> bool:
    """Its own organization; for what went out through the pool, the service provider of that one as well."""
    return organization == state.organization or (
        state.origin is not None and organizations.serves(organization, state.organization)
    )
