"""What WhatsApp can show and tell."""

from parley.model.address import AddressKind
from parley.model.capabilities import Capabilities
from parley.model.message import Kind
from parley.model.status import Status

CAPABILITIES = Capabilities(
    people=(AddressKind.PHONE, AddressKind.BSUID),
    kinds=frozenset(Kind),
    receipts=frozenset({Status.SENT, Status.DELIVERED, Status.READ}),
    text_limit=4096,
    window=24 * 3600,
    reviewed_templates=True,
    captions=frozenset({Kind.IMAGE, Kind.VIDEO, Kind.DOCUMENT}),
)
