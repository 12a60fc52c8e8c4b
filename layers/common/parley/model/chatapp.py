"""Receipts in the words of Alibaba's Chat App Message Service, one for one, so that who reads those goes on working.

Numbers have no plus, times are epoch milliseconds. What is optional there is left out where it is not known."""

from parley.model import chatapp_inbound
from parley.model.chatapp_inbound import from_user, plain
from parley.model.message import Fault
from parley.model.receipt import AuditReceipt, AuditType, InboundReceipt, Receipt, StatusReceipt
from parley.model.receipt_endpoint import AuditVersion, digits
from parley.model.status import Status
from parley.model.template import TemplateStatus
from parley.model.types import JsonObject

STATUSES = {
    Status.SENT: "Sent",
    Status.DELIVERED: "Delivered",
    Status.READ: "Read",
    **dict.fromkeys((Status.FAILED, Status.EXPIRED, Status.SKIPPED, Status.SUPERSEDED, Status.UNKNOWN), "Failed"),
}
ENDS = {
    Status.FAILED: Fault(code="not_delivered", message="The message was not delivered."),
    Status.EXPIRED: Fault(code="expired", message="Its time was over before it could be sent."),
    Status.SKIPPED: Fault(code="skipped", message="This person is not written to."),
    Status.SUPERSEDED: Fault(code="superseded", message="Its fallback went out in its place."),
    Status.UNKNOWN: Fault(code="outcome_unknown", message="Nobody knows whether the provider took it."),
}
"""Said of an end that came without a fault of its own: there is no word for it, only a failure."""
TYPES = {
    "template": "TEMPLATE",
    "interactive": "INTERACTIVE",
    "image": "image",
    "sticker": "image",
    "video": "video",
    "animation": "video",
    "document": "document",
    "audio": "audio",
    "voice": "audio",
}
AUDIT_STATUSES: dict[str, str] = {
    TemplateStatus.DRAFT: "unaudit",
    TemplateStatus.IN_REVIEW: "auditing",
    TemplateStatus.APPROVED: "pass",
    TemplateStatus.REJECTED: "fail",
    TemplateStatus.PAUSED: "paused",
    TemplateStatus.DISABLED: "disabled",
    TemplateStatus.ARCHIVED: "disabled",
}
WITH_NUMBER = frozenset({AuditType.PHONE_NAME, AuditType.PHONE_QUALITY, AuditType.ACCOUNT})


def written(receipt: Receipt, version: AuditVersion) -> JsonObject | None:
    """One object of a push; None for what this form has no word for: a message that was accepted or cancelled, and in
    version 1 whatever is no review of a template."""
    match receipt:
        case StatusReceipt():
            return _status(receipt)
        case InboundReceipt():
            return chatapp_inbound.written(receipt)
        case AuditReceipt():
            return _audit(receipt, version)


def _status(receipt: StatusReceipt) -> JsonObject | None:
    blocked = {True: "unsubscribe", False: "subscribe", None: STATUSES.get(receipt.status)}
    word, where = blocked[receipt.blocked], receipt.where
    if word is None:
        return None
    return {
        "MessageId": receipt.message,
        "From": digits(where.number),
        "To": plain(receipt.person),
        "Timestamp": where.at,
        "Status": word,
        "StatusDescription": word.lower(),
        **(_fault(receipt.fault or ENDS[receipt.status]) if word == "Failed" else {}),
        **({} if receipt.blocked is not None else _conversation(receipt)),
        "MsgFrameType": "template" if receipt.kind == "template" else "message",
        **({} if receipt.blocked is not None else {"Type": TYPES.get(receipt.kind, "none")}),
        "TaskId": receipt.reference or receipt.message,
        **_if_known({"OriginPhoneNumber": digits(receipt.origin or where.number)}),
        **(_template(receipt) if receipt.kind == "template" else {}),
        **from_user(receipt.person, receipt.user),
    }


def _fault(fault: Fault) -> JsonObject:
    code = fault.provider_code or fault.code
    return {"ErrorCode": code, "ErrorDescription": f"{code}:{fault.message}"}


def _conversation(receipt: StatusReceipt) -> JsonObject:
    told = receipt.conversation
    known = {"ConversationId": told.id, "ConversationExpirationTime": told.until} if told else {}
    return {"ConversationType": (receipt.category or "service").lower(), **_if_known(known)}


def _template(receipt: StatusReceipt) -> JsonObject:
    made_of = receipt.template
    if made_of is None:
        return {}
    named = {"TemplateCode": made_of.id, "TemplateName": made_of.name, "Language": made_of.language}
    return _if_known(named)


def _audit(receipt: AuditReceipt, version: AuditVersion) -> JsonObject | None:
    review = receipt.type is AuditType.TEMPLATE
    if version is AuditVersion.V1 and not review:
        return None
    about = receipt.template
    return {
        "WabaId": receipt.where.account,
        **({"TemplateCode": about.id, "Language": about.language} if about else {}),
        **({"Type": str(receipt.type)} if version is AuditVersion.V2 else {}),
        **({"PhoneNumber": digits(receipt.where.number)} if receipt.type in WITH_NUMBER else {}),
        **(_review(receipt) if review else {"Status": receipt.status, **_if_known({"Reason": receipt.reason})}),
    }


def _review(receipt: AuditReceipt) -> JsonObject:
    return {"AuditStatus": AUDIT_STATUSES.get(receipt.status, receipt.status), "Reason": receipt.reason or ""}


def _if_known(fields: JsonObject) -> JsonObject:
    return {name: value for name, value in fields.items() if value}
