"""Receipts in our own words: one form for every kind, with the names of the API's `Message`. Every field is always
there, null where it is not known."""

from parley.model.chatapp_inbound import text_of
from parley.model.message import Fault
from parley.model.receipt import (
    AuditReceipt,
    AuditType,
    Conversation,
    InboundReceipt,
    Receipt,
    ReceivedFile,
    StatusReceipt,
    User,
    Wording,
)
from parley.model.status import Status
from parley.model.times import rfc3339
from parley.model.types import JsonObject

AUDITS = {
    AuditType.TEMPLATE: "template.status",
    AuditType.TEMPLATE_CATEGORY: "template.category",
    AuditType.TEMPLATE_QUALITY: "template.quality",
    AuditType.PHONE_NAME: "number.name",
    AuditType.PHONE_QUALITY: "number.quality",
    AuditType.ACCOUNT_REVIEW: "account.review",
    AuditType.ACCOUNT: "account.update",
}
BLOCKED = {True: "person.blocked", False: "person.unblocked"}


def written(receipt: Receipt) -> JsonObject:
    """`id` is the same for every repeat; `type` tells what `data` has."""
    where, (type, data) = receipt.where, _told(receipt)
    return {
        "id": where.id,
        "type": type,
        "timestamp": rfc3339(where.at),
        "organization_id": where.organization,
        "channel_id": where.channel,
        "data": data,
    }


def _told(receipt: Receipt) -> tuple[str, JsonObject]:
    match receipt:
        case StatusReceipt(blocked=None):
            return f"message.{_shown(receipt.status)}", _status(receipt)
        case StatusReceipt():
            return BLOCKED[bool(receipt.blocked)], _person(receipt)
        case InboundReceipt():
            return "message.received", _inbound(receipt)
        case AuditReceipt():
            return AUDITS[receipt.type], _audit(receipt)


def _shown(status: Status) -> Status:
    """As the API shows it: what nothing settled has failed."""
    return Status.FAILED if status is Status.UNKNOWN else status


def _status(receipt: StatusReceipt) -> JsonObject:
    return {
        "id": receipt.message,
        "direction": "out",
        "status": _shown(receipt.status),
        **_person(receipt),
        "type": receipt.kind,
        "category": receipt.category,
        **_template(receipt.template),
        "reference": receipt.reference,
        "error": receipt.fault and _fault(receipt.fault),
        "origin_number": receipt.origin,
        "conversation": receipt.conversation and _conversation(receipt.conversation),
        "fallback_of": receipt.copy_of,
        "broadcast_id": receipt.broadcast,
        "late": receipt.late,
    }


def _person(receipt: StatusReceipt | InboundReceipt) -> JsonObject:
    """The names of the API: the person is always `to`."""
    name = receipt.name if isinstance(receipt, InboundReceipt) else None
    return {
        "from": receipt.where.number,
        "account_id": receipt.where.account or None,
        "to": receipt.person.model_dump(mode="json"),
        "profile": _profile(name, receipt.user),
    }


def _profile(name: str | None, user: User) -> JsonObject:
    return {"name": name, "username": user.name, "user_id": user.id, "parent_user_id": user.parent_id}


def _fault(fault: Fault) -> JsonObject:
    return fault.model_dump(mode="json")


def _conversation(told: Conversation) -> JsonObject:
    return {"id": told.id, "expires_at": rfc3339(told.until) if told.until else None}


def _template(about: Wording | None) -> JsonObject:
    return {
        "template": about and about.id,
        "template_name": about and about.name,
        "language": about and about.language,
    }


def _inbound(receipt: InboundReceipt) -> JsonObject:
    return {
        "id": receipt.message,
        "direction": "in",
        "status": Status.RECEIVED,
        **_person(receipt),
        "type": receipt.kind,
        "platform": receipt.platform,
        "text": text_of(receipt),
        "inbound": receipt.content,
        "files": [_file(each) for each in receipt.files],
        "answers": receipt.answers,
        "pressed": receipt.pressed,
        "payload": receipt.payload,
    }


def _file(file: ReceivedFile) -> JsonObject:
    """`link` is null of a file that the platform did not hand out."""
    return {
        "kind": file.kind,
        "link": file.url or None,
        "provider_id": file.file_id or None,
        "filename": file.filename,
        "content_type": file.content_type,
    }


def _audit(receipt: AuditReceipt) -> JsonObject:
    return {
        "from": receipt.where.number or None,
        "account_id": receipt.where.account or None,
        **_template(receipt.template),
        "status": receipt.status,
        "reason": receipt.reason,
        "details": receipt.details,
    }
