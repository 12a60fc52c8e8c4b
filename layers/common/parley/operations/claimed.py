"""The channel that a claim leads to, as far as a webhook may speak for it."""

from parley.model.channel import Channel, Life
from parley.store import channels


def channel(claim: tuple[str, str], via: Channel | None) -> Channel | None:
    """A bound and present one; a body that a customer's own app signed (`via`) speaks for that customer alone."""
    found = channels.get(*claim)
    if found is None or found.life is not Life.PRESENT or found.binding is None:
        return None
    return found if via is None or via.organization_id == found.organization_id else None
