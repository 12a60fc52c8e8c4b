"""ChatAppInbound: what a person sent, in the words of Alibaba's Chat App Message Service.

There are nine types. What is none of them, as a reaction, is a SYSTEM event with what the platform said of it."""

import json
from collections.abc import Callable
from typing import Any

from parley.model.address import Address, AddressKind
from parley.model.receipt import InboundReceipt, ReceivedFile, User
from parley.model.receipt_endpoint import digits
from parley.model.types import JsonObject


def written(receipt: InboundReceipt) -> JsonObject:
    where, own = receipt.where, digits(receipt.where.number)
    name = receipt.name or receipt.user.name or ""
    type, message = _said(receipt)
    return {
        "MessageId": receipt.message,
        "CustSpaceId": where.channel,
        "WabaId": where.account,
        "From": plain(receipt.person),
        "To": own,
        "Timestamp": where.at,
        "DisplayName": name,
        "Name": name,
        "Type": type,
        "Message": message,
        "NoticeType": "inbound",
        **({"Context": {"from": own, "id": receipt.answers}} if receipt.answers else {}),
        **from_user(receipt.person, receipt.user),
    }


def plain(person: Address) -> str:
    """A phone number without its plus; what is none stays as it is."""
    return person.value.removeprefix("+") if person.type is AddressKind.PHONE else person.value


def from_user(person: Address, user: User) -> JsonObject:
    """Also where the address itself is the user's id or name."""
    known = {
        "FromUserId": user.id or (person.value if person.type is AddressKind.BSUID else None),
        "FromParentUserId": user.parent_id,
        "FromUserName": user.name or (person.value if person.type is AddressKind.USERNAME else None),
    }
    return {name: value for name, value in known.items() if value}


def text_of(receipt: InboundReceipt) -> str | None:
    """What the person wrote, of a message of nothing but words."""
    told = receipt.content.get("text") if receipt.kind == "text" else None
    return _text(told, "body") or None if isinstance(told, dict) else told if isinstance(told, str) else None


def _said(receipt: InboundReceipt) -> tuple[str, str]:
    """The type, and the text or the fields as a JSON text."""
    text = text_of(receipt)
    if text is not None:
        return "TEXT", text
    type, reader = READERS.get(receipt.kind, ("SYSTEM", _raw))
    fields = reader(receipt)
    type, fields = (type, fields) if fields is not None else ("SYSTEM", receipt.content)
    return type, json.dumps(fields, ensure_ascii=False, separators=(",", ":"))


def _raw(receipt: InboundReceipt) -> Any:
    return receipt.content


def _image(receipt: InboundReceipt) -> Any:
    return {"caption": _caption(receipt), **_file(receipt)}


def _video(receipt: InboundReceipt) -> Any:
    """There is no field for the words under it, and Meta's videos have no name."""
    return {"name": _caption(receipt) or _of(receipt).filename or "", **_file(receipt)}


def _audio(receipt: InboundReceipt) -> Any:
    name = _of(receipt).filename or ""
    return {"name": name, "filename": name, **_file(receipt), "animated": False}


def _document(receipt: InboundReceipt) -> Any:
    """`name` has the words under it, for which there is no other field."""
    filename = _of(receipt).filename or ""
    return {"name": _caption(receipt) or filename, "filename": filename, **_file(receipt)}


def _of(receipt: InboundReceipt) -> ReceivedFile:
    return receipt.files[0] if receipt.files else ReceivedFile(receipt.kind, "")


def _file(receipt: InboundReceipt) -> JsonObject:
    """All fields always; `url` is empty of a file that the platform did not hand out."""
    file = _of(receipt)
    return {"id": file.file_id, "mimeType": file.content_type or "", "url": file.url}


def _caption(receipt: InboundReceipt) -> str:
    """Where Meta says it, in the file, or beside the file."""
    return _text(receipt.content.get(receipt.kind), "caption") or _text(receipt.content, "caption")


def _location(receipt: InboundReceipt) -> Any:
    venue = _object(receipt.content.get("venue"))  # a place with a name
    point = _object(receipt.content.get("location")) or _object(venue.get("location"))
    latitude, longitude = point.get("latitude"), point.get("longitude")
    if not isinstance(latitude, int | float) or not isinstance(longitude, int | float):
        return None
    name, address = _text(venue, "title") or _text(point, "name"), _text(venue, "address") or _text(point, "address")
    return {"address": address, "latitude": latitude, "longitude": longitude, "name": name}


def _contacts(receipt: InboundReceipt) -> Any:
    cards = receipt.content.get("contacts")
    return cards if isinstance(cards, list) and all(isinstance(each, dict) for each in cards) else None


def _contact(receipt: InboundReceipt) -> Any:
    """A bare card, in the form of Meta's."""
    card = _object(receipt.content.get("contact"))
    parts = {"first_name": _text(card, "first_name"), "last_name": _text(card, "last_name")}
    parts = {name: value for name, value in parts.items() if value}
    name = {"formatted_name": " ".join(parts.values()), **parts}
    return [{"name": name, "phones": [{"phone": _text(card, "phone_number")}]}] if card else None


def _button(receipt: InboundReceipt) -> Any:
    return _reply(receipt, _object(receipt.content.get("button")), "text", "payload")


def _interactive(receipt: InboundReceipt) -> Any:
    """A reply button, a row of a list, or a form that was sent off: its answers are the payload."""
    told = _object(receipt.content.get("interactive"))
    for kind in ("button_reply", "list_reply"):
        if isinstance(told.get(kind), dict):
            return _reply(receipt, told[kind], "title", "id")
    form = told.get("nfm_reply")
    return _reply(receipt, form, "body", "response_json") if isinstance(form, dict) else None


def _reply(receipt: InboundReceipt, told: JsonObject, text: str, payload: str) -> JsonObject:
    return {"text": receipt.pressed or _text(told, text), "payload": receipt.payload or _text(told, payload)}


READERS: dict[str, tuple[str, Callable[[InboundReceipt], Any]]] = {
    "image": ("IMAGE", _image),
    "sticker": ("IMAGE", _image),
    "video": ("VIDEO", _video),
    "animation": ("VIDEO", _video),
    "video_note": ("VIDEO", _video),
    "audio": ("AUDIO", _audio),
    "voice": ("AUDIO", _audio),
    "document": ("DOCUMENT", _document),
    "location": ("LOCATION", _location),
    "venue": ("LOCATION", _location),
    "contacts": ("CONTACTS", _contacts),
    "contact": ("CONTACTS", _contact),
    "button": ("REPLY", _button),
    "interactive": ("REPLY", _interactive),
}
"""By the kinds of all platforms."""


def _object(value: Any) -> JsonObject:
    return value if isinstance(value, dict) else {}


def _text(holder: Any, name: str) -> str:
    value = _object(holder).get(name)
    return value if isinstance(value, str) else ""
