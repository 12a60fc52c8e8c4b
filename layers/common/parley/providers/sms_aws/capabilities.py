"""What an SMS can show and tell."""

from parley.model.address import AddressKind
from parley.model.capabilities import Capabilities
from parley.model.message import Kind
from parley.model.sms import MAX_CHARACTERS
from parley.model.status import Status

CAPABILITIES = Capabilities(
    people=(AddressKind.PHONE,),
    kinds=frozenset({Kind.TEXT, Kind.TEMPLATE}),
    receipts=frozenset({Status.SENT, Status.DELIVERED}),
    text_limit=MAX_CHARACTERS,
    counts_parts=True,
)
