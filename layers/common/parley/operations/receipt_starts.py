"""The first steps of a delivery, the same for receipts and for intents."""

from parley.operations import receipt_bodies, receipt_kicks
from parley.store import receipt_deliveries
from parley.store.receipt_deliveries import Stored


def start(delivery: Stored, body: bytes) -> None:
    """Its body before it, so that what is due can be sent; a mark before it, so that it is found where the kick gets
    lost. A repeat changes nothing and kicks again."""
    organization, target = delivery.organization_id, delivery.target
    receipt_bodies.put_once(organization, target, delivery.id, body)
    receipt_kicks.mark(organization, target)
    receipt_deliveries.insert(delivery)
    receipt_kicks.kick(organization, target, delivery.id)
