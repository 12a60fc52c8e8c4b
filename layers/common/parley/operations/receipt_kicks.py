"""Waking whoever pushes receipts: something is due for a target. A kick too many does nothing; one that is lost is made
good by the job that runs every minute, which the mark leads there."""

from parley.cloud import clock, queues
from parley.settings import settings
from parley.store import receipt_marks


def mark(organization: str, target: str) -> None:
    """Before something is made due, so that it is found whatever happens after that."""
    receipt_marks.mark(organization, target, clock.now())


def kick(organization: str, target: str, delivery: str | None = None, delay: int = 0) -> None:
    """`delivery` names the one that is meant first; `delay` in seconds."""
    body = {"organization": organization, "target": target, **({"delivery": delivery} if delivery else {})}
    queues.send(settings().receipts_queue, body, delay, organization)
