"""The bodies of deliveries: kept as they are sent, byte for byte, because the signature of every try is over them."""

from io import BytesIO

from parley.cloud import files

MOST = 32_000_000


def key(organization: str, target: str, delivery: str) -> str:
    """Files under `receipts/` go after 30 days, as their deliveries do."""
    return f"receipts/{organization}/{target}/{delivery}.json"


def put_once(organization: str, target: str, delivery: str, body: bytes) -> None:
    """The first body of a delivery stays."""
    files.put_once(key(organization, target, delivery), BytesIO(body), "application/json")


def read(organization: str, target: str, delivery: str, most: int = MOST) -> bytes | None:
    """None: it is gone, or has more than `most` bytes."""
    found = files.read(key(organization, target, delivery), most)
    return (found[1] or None) if found else None
