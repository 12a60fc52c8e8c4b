"""The queues of a receipt endpoint, made to match what it says. Whatever breaks off is mended by a repeat: queues are
made before the endpoint names them, and deleted when it does so no more."""

from parley.cloud import receipt_queues as cloud
from parley.errors import Conflict, Invalid, Problem
from parley.model.receipt import ReceiptKind
from parley.model.receipt_endpoint import ReceiptEndpoint, ReceiptQueue
from parley.store import receipt_endpoints as store


def make(endpoint: ReceiptEndpoint) -> list[ReceiptQueue]:
    """One for each of its kinds, read by its role; none without a role. Those that are there are set anew. Raises
    Invalid for a role that does not exist, Conflict within a minute after such a queue was deleted."""
    role = endpoint.queue_role_arn
    try:
        return [_made(endpoint.id, kind, role) for kind in endpoint.kinds] if role else []
    except cloud.UnknownRole:
        reason = "AWS knows no such role. One that was made just now may take a minute to be known."
        raise Invalid([Problem("queue_role_arn", "unknown_role", reason)]) from None
    except cloud.DeletedRecently:
        raise _deleted() from None


def check(endpoint: ReceiptEndpoint) -> None:
    """Raises Conflict if somebody deleted a queue between its making and its naming; a repeat makes it anew."""
    if not all(cloud.find(endpoint.id, each.kind) for each in endpoint.queues):
        raise _deleted()


def _deleted() -> Conflict:
    error = Conflict("queue_deleted_recently", "This queue was deleted within the last minute; AWS wants that to pass.")
    error.retry_after = cloud.SOON
    return error


def _made(endpoint: str, kind: ReceiptKind, role: str) -> ReceiptQueue:
    url, arn = cloud.create(endpoint, kind, role)
    return ReceiptQueue(kind=kind, url=url, arn=arn)


def drop_unused(organization: str, endpoint: str) -> None:
    """Those that it does not name, with what they hold. Read anew for each: somebody else may just have named it."""
    for kind in ReceiptKind:
        url = cloud.find(endpoint, kind)
        if url and not _names(store.get(organization, endpoint), kind):
            cloud.delete(url)


def _names(endpoint: ReceiptEndpoint | None, kind: ReceiptKind) -> bool:
    return endpoint is not None and any(each.kind == kind for each in endpoint.queues)
