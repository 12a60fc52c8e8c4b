"""What a business system is told: that a message reached a status, that a person wrote, that a platform decided.

The facts alone; `chatapp` writes them with the fields of the originals, `receipt_view` with our own."""

from enum import StrEnum
from typing import NamedTuple

from parley.model.address import Address
from parley.model.lane import Category
from parley.model.message import Fault
from parley.model.status import Status
from parley.model.types import JsonObject


class ReceiptKind(StrEnum):
    """By the names of the originals."""

    STATUS = "ChatAppStatus"
    INBOUND = "ChatAppInbound"
    AUDIT = "ChatAppAudit"


class AuditType(StrEnum):
    """What a platform decided about, by the names of the originals; only `template` exists in version 1."""

    TEMPLATE = "template"
    TEMPLATE_CATEGORY = "templateCategoryUpdate"
    TEMPLATE_QUALITY = "templateQualityUpdate"
    PHONE_NAME = "phoneNameUpdate"
    PHONE_QUALITY = "phoneQualityUpdate"
    ACCOUNT_REVIEW = "wabaReviewUpdate"
    ACCOUNT = "wabaAccountUpdate"


class Origin(NamedTuple):
    """Where it happened. `number` is the business's own, as a person reads it, `account` the platform's id of the
    business account; both are empty where there is none. `at`: epoch milliseconds. `id` is the same for every repeat of
    the same event."""

    id: str
    organization: str
    channel: str
    at: int
    number: str = ""
    account: str = ""


class User(NamedTuple):
    """A person as their platform knows them beside their address: WhatsApp's business-scoped ids and the user name."""

    id: str | None = None
    parent_id: str | None = None
    name: str | None = None


class Wording(NamedTuple):
    """The template that a message was made of."""

    id: str
    name: str
    language: str


class Conversation(NamedTuple):
    """Of Meta's webhooks up to version 23; `until` in epoch milliseconds, where it is told."""

    id: str
    until: int | None = None


class StatusReceipt(NamedTuple):
    """One status of one message of ours. `kind` is that of its content (`template`, `text`, `image`, …), `origin`
    the number that really sent it, `copy_of` the message that it is a fallback of. `blocked` True or False: no message,
    but a person who shut the channel out or let it in again; the message id is then the event's own."""

    where: Origin
    message: str
    status: Status
    person: Address
    kind: str
    user: User = User()
    category: Category | None = None
    template: Wording | None = None
    reference: str | None = None
    origin: str | None = None
    fault: Fault | None = None
    conversation: Conversation | None = None
    copy_of: str | None = None
    broadcast: str | None = None
    late: bool = False
    blocked: bool | None = None


class ReceivedFile(NamedTuple):
    """A file that a person sent; `url` leads to our copy of it for seven days."""

    kind: str
    url: str
    file_id: str = ""
    filename: str | None = None
    content_type: str | None = None


class InboundReceipt(NamedTuple):
    """A message of a person. `kind` and `content` are the platform's words as they are kept: {kind: what was sent}.
    `answers` is our message that they answered, or the platform's id of one that is not ours."""

    where: Origin
    message: str
    person: Address
    kind: str
    content: JsonObject
    platform: str
    name: str | None = None
    user: User = User()
    files: tuple[ReceivedFile, ...] = ()
    answers: str | None = None
    pressed: str | None = None
    payload: str | None = None


class AuditReceipt(NamedTuple):
    """A decision of the platform. `status` is its word: of a template one of TemplateStatus, a category or a quality,
    of a number or account as the platform wrote it."""

    where: Origin
    type: AuditType
    status: str
    template: Wording | None = None
    reason: str | None = None
    details: JsonObject | None = None


Receipt = StatusReceipt | InboundReceipt | AuditReceipt


def kind_of(receipt: Receipt) -> ReceiptKind:
    kinds = {StatusReceipt: ReceiptKind.STATUS, InboundReceipt: ReceiptKind.INBOUND, AuditReceipt: ReceiptKind.AUDIT}
    return kinds[type(receipt)]
