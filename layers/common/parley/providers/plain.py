"""What channels of plain text share: an SMS is the same SMS whoever carries it."""

from parley.model.address import AddressForm, AddressKind
from parley.model.capabilities import Capabilities
from parley.model.content import Content, Kind
from parley.model.dialect import Dialect
from parley.model.lane import Category
from parley.model.rendering import render
from parley.model.sms import MAX_CHARACTERS
from parley.model.status import Status
from parley.model.template import Template

SMS = Capabilities(
    people=(AddressForm(AddressKind.PHONE),),
    receiver="sms",
    kinds=frozenset({Kind.TEXT, Kind.TEMPLATE}),
    receipts=frozenset({Status.SENT, Status.DELIVERED}),
    text_limit=MAX_CHARACTERS,
    counts_parts=True,
    dialect=Dialect(body_limit=MAX_CHARACTERS, categories=frozenset(Category)),
)


def text_of(content: Content, template: Template | None) -> str:
    """The filled-in text, for a channel without templates of its own."""
    return render(template.components, content.variables) if template else content.text or ""
