"""Meta's webhooks: every entry, change, status and message of a body, in our own words."""

import json
from typing import Any

from parley.model.events import Event, InboundMessage, MarketingChoice, NotUnderstood, StatusReport, TemplateReport
from parley.model.lane import Category
from parley.model.message import Fault
from parley.model.receipt import Conversation
from parley.model.status import Status
from parley.providers.whatsapp_cloud import account, answered, people
from parley.providers.whatsapp_cloud.errors import CODES, RETRYABLE_LATER, scope_of
from parley.providers.whatsapp_cloud.templates import STATUSES as TEMPLATE_STATUSES

STATUSES = {
    "sent": Status.SENT,
    "delivered": Status.DELIVERED,
    "read": Status.READ,
    "played": Status.READ,  # a voice note that was listened to
    "failed": Status.FAILED,
}
FILES = frozenset({"image", "video", "audio", "document", "sticker"})
CONTENT = frozenset(
    {
        "text",
        "image",
        "video",
        "audio",
        "document",
        "sticker",
        "location",
        "contacts",
        "reaction",
        "button",
        "interactive",
        "order",
        "system",
        "edit",
        "revoke",
    }
)


def read(raw: bytes, binding: object = None) -> list[Event]:
    """Everything the body says, in its order; what is not understood is an event of its own."""
    try:
        body = json.loads(raw)
    except (ValueError, RecursionError):
        return [NotUnderstood("not json")]
    if not isinstance(body, dict) or body.get("object") != "whatsapp_business_account":
        return [NotUnderstood("object")]
    changes = [(change, entry) for entry in _list(body, "entry") for change in _list(entry, "changes")]
    return [event for change, entry in changes for event in _change(change, entry)] or [NotUnderstood("empty")]


def _change(change: dict[str, Any], entry: dict[str, Any]) -> list[Event]:
    value = change.get("value")
    field = str(change.get("field"))
    if not isinstance(value, dict):
        return [NotUnderstood(field)]
    if field in SEVERAL:
        return SEVERAL[field](value)
    if field in TEMPLATE_EVENTS:
        return [TEMPLATE_EVENTS[field](value)]
    if field in account.FIELDS:
        return [account.read(field, value, entry)]
    return [NotUnderstood(field)]


def _messages(value: dict[str, Any]) -> list[Event]:
    sender = str(_object(value.get("metadata")).get("phone_number_id", ""))
    statuses = [_status(sender, each) for each in _list(value, "statuses")]
    inbound = [_inbound(sender, each, _list(value, "contacts")) for each in _list(value, "messages")]
    rest: list[Event] = [] if statuses or inbound else [NotUnderstood("messages")]
    return [*statuses, *inbound, *rest]


def _status(sender: str, each: dict[str, Any]) -> Event:
    status = STATUSES.get(str(each.get("status")))
    if status is None or not each.get("id"):
        return NotUnderstood("status")
    echo = _word(each.get("biz_opaque_callback_data"))
    fault = _fault(each)
    scope = scope_of(fault.provider_code or "") if fault else "message"
    at, user = _milliseconds(each), _word(each.get("recipient_user_id"))
    return StatusReport(sender, str(each["id"]), status, at, echo, fault, scope, _conversation(each), user)


def _conversation(each: dict[str, Any]) -> Conversation | None:
    """Up to version 23 of webhooks; its end is told with `sent` alone."""
    told = _object(each.get("conversation"))
    id, until = _word(told.get("id")), _milliseconds(told, "expiration_timestamp")
    return Conversation(id[:64], until or None) if id else None


def _fault(each: dict[str, Any]) -> Fault | None:
    """A failure that comes by webhook is final; `retryable` tells the business that a later try of its own may work."""
    if each.get("status") != "failed":
        return None
    error = next(iter(_list(each, "errors")), {})
    code = str(error.get("code", ""))
    text = str(error.get("title") or "The message was not delivered.")[:200]
    return Fault(
        code=CODES.get(code, "not_delivered"),
        message=text,
        provider_code=code or None,
        retryable=code in RETRYABLE_LATER,
    )


def _inbound(sender: str, each: dict[str, Any], contacts: list[dict[str, Any]]) -> Event:
    if not each.get("id"):
        return NotUnderstood("message")
    kind = str(each.get("type", "unknown"))
    mine = next((contact for contact in contacts if _is_of(contact, each)), {})
    ids = [each.get("from"), each.get("from_user_id"), mine.get("wa_id"), mine.get("user_id")]
    each, answers = answered.read(each)
    content = {kind: each[kind]} if kind in CONTENT and kind in each else {"unsupported": kind}
    content |= {"context": each["context"]} if isinstance(each.get("context"), dict) else {}
    named = list(dict.fromkeys(filter(None, map(people.address, ids))))
    files, words = _files(kind, each.get(kind)), _object(each.get("text")).get("body")
    text, at = words if isinstance(words, str) else None, _milliseconds(each)
    return InboundMessage(
        sender,
        str(each["id"]),
        named,
        kind,
        at,
        content,
        spoke=kind != "system",  # of a changed number: nobody wrote
        files=files,
        answers=answers,
        text=text,
        profile=people.profile(each, mine),
    )


def _files(kind: str, told: Any) -> list[dict[str, Any]]:
    if kind not in FILES or not isinstance(told, dict) or not _word(told.get("id")):
        return []
    known = {"file_id": str(told["id"]), "filename": told.get("filename"), "content_type": told.get("mime_type")}
    return [{"kind": kind, **{name: value for name, value in known.items() if isinstance(value, str)}}]


def _is_of(contact: dict[str, Any], message: dict[str, Any]) -> bool:
    """By id, not by position: a batch may hold messages of several people."""
    return (contact.get("wa_id") is not None and contact.get("wa_id") == message.get("from")) or (
        contact.get("user_id") is not None and contact.get("user_id") == message.get("from_user_id")
    )


def _preferences(value: dict[str, Any]) -> list[Event]:
    """People who stopped or resumed marketing in WhatsApp itself."""
    sender = str(_object(value.get("metadata")).get("phone_number_id", ""))
    return [_preference(sender, each) for each in _list(value, "user_preferences")] or [NotUnderstood("preference")]


def _preference(sender: str, each: dict[str, Any]) -> Event:
    named = [*filter(None, map(people.address, (each.get("wa_id"), each.get("user_id"))))]
    wanted = {"stop": False, "resume": True}.get(str(each.get("value")))
    if wanted is None or each.get("category") != "marketing_messages" or not named:
        return NotUnderstood("preference")
    return MarketingChoice(sender, named, wanted, _milliseconds(each))


def _template(value: dict[str, Any]) -> Event:
    status = TEMPLATE_STATUSES.get(str(value.get("event")).upper())
    if status is None or not value.get("message_template_id"):
        return NotUnderstood("template event")
    return TemplateReport(str(value["message_template_id"]), status, _reason(value))


def _category(value: dict[str, Any]) -> Event:
    """An announcement names what is right, a change what was and what is."""
    template = _word(value.get("message_template_id"))
    if template is None:
        return NotUnderstood("template event")
    expected, new = (str(value.get(name)).upper() for name in ("correct_category", "new_category"))
    if (expected if value.get("correct_category") else new) not in set(Category):
        return NotUnderstood("template event")
    if value.get("correct_category"):
        return TemplateReport(template, expected=expected)
    return TemplateReport(template, category=new, expected="")


def _quality(value: dict[str, Any]) -> Event:
    template, score = _word(value.get("message_template_id")), _word(value.get("new_quality_score"))
    return TemplateReport(template, quality=score.upper()[:20]) if template and score else NotUnderstood("quality")


SEVERAL = {"messages": _messages, "user_preferences": _preferences}
TEMPLATE_EVENTS = {
    "message_template_status_update": _template,
    "template_category_update": _category,
    "message_template_quality_update": _quality,
}


def _reason(value: dict[str, Any]) -> str | None:
    told = _object(value.get("rejection_info")) or _object(value.get("other_info"))
    parts = [value.get("reason"), told.get("reason"), told.get("recommendation"), told.get("description")]
    words = [str(part) for part in parts if part and part != "NONE"]
    return ": ".join(dict.fromkeys(words))[:500] or None


def _object(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _word(value: Any) -> str | None:
    """An id or an echo as text; anything that is neither text nor a number is none."""
    return str(value) if isinstance(value, str | int) and value else None


def _list(holder: Any, name: str) -> list[dict[str, Any]]:
    found = holder.get(name) if isinstance(holder, dict) else None
    return [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []


def _milliseconds(each: dict[str, Any], name: str = "timestamp") -> int:
    """A string of seconds."""
    text = str(each.get(name, "0"))
    return int(text) * 1000 if text.isascii() and text.isdigit() and len(text) <= 11 else 0
