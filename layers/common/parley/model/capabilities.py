"""What a channel can show and tell, declared by its provider as data and used by the one validation of content."""

from dataclasses import dataclass, field

from parley.model.address import AddressKind
from parley.model.message import Kind
from parley.model.status import Status


@dataclass(frozen=True)
class Capabilities:
    """`echoes`: receipts carry our id, else they are found by the platform's.

    `window` is how long after a person's message free-form content may be sent, in seconds; None: always."""

    people: tuple[AddressKind, ...]
    kinds: frozenset[Kind]
    receipts: frozenset[Status]
    text_limit: int
    window: int | None = None
    reviewed_templates: bool = False
    counts_parts: bool = False
    echoes: bool = True
    captions: frozenset[Kind] = field(default_factory=frozenset)
