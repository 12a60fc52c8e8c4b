"""The body of a webhook POST and its signature."""

import copy
import hashlib
import hmac
import random
from typing import TYPE_CHECKING, Any

from local.simulators.whatsapp.settings import WhatsAppSettings
from local.simulators.wire.reply import escaped_json

if TYPE_CHECKING:
    from local.simulators.whatsapp.webhooks import Update


def encode(updates: "list[Update]", settings: WhatsAppSettings) -> bytes:
    payload = compose(updates)
    if settings.unknown_field:
        _add_unknown_fields(payload)
    if settings.unknown_type:
        _add_unknown_status(payload)
    return escaped_json(payload)


def signature(secret: str, body: bytes) -> str:
    return "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def signed(secret: str, body: bytes) -> dict[str, str]:
    return {
        "Content-Type": "application/json",
        "User-Agent": "facebookexternalua",
        "X-Hub-Signature-256": signature(secret, body),
    }


def forged(updates: "list[Update]", settings: WhatsAppSettings) -> tuple[bytes, dict[str, str]]:
    """What an attacker would send: everything failed, and a signature that does not fit."""
    payload = compose(updates)
    for status in _statuses(payload):
        status["status"] = "failed"
    body = escaped_json(payload)
    headers = signed(random.choice(("not-the-secret", "local-verify-token")), body)
    if random.random() < 0.3:
        del headers["X-Hub-Signature-256"]
    return body, headers


def compose(updates: "list[Update]") -> dict[str, Any]:
    entries: dict[str, dict[str, Any]] = {}
    for update in updates:
        entry = entries.setdefault(update.waba_id, {"id": update.waba_id, "changes": []})
        if update.field != "messages":
            entry["time"] = int(update.at)
        _append(entry["changes"], {"field": update.field, "value": copy.deepcopy(update.value)})
    return {"object": "whatsapp_business_account", "entry": list(entries.values())}


def _append(changes: list[dict[str, Any]], change: dict[str, Any]) -> None:
    """Several statuses of one number share a change; everything else gets its own."""
    for known in changes:
        if _same_number(known, change):
            known["value"]["statuses"] += change["value"]["statuses"]
            people = known["value"].get("contacts", []) + change["value"].get("contacts", [])
            unique = [person for index, person in enumerate(people) if person not in people[:index]]
            known["value"] |= {"contacts": unique} if unique else {}
            return
    changes.append(change)


def _same_number(one: dict[str, Any], other: dict[str, Any]) -> bool:
    both = "statuses" in one["value"] and "statuses" in other["value"]
    return both and one["value"].get("metadata") == other["value"].get("metadata")


def _add_unknown_fields(payload: dict[str, Any]) -> None:
    payload["relayed_by"] = "somewhere/new"
    for entry in payload["entry"]:
        for change in entry["changes"]:
            change["value"]["paid_messaging_account_id"] = "998877"
        entry["changes"].append({"field": "brand_new_field", "value": {"event": "SURPRISE", "items": [1, {"a": None}]}})
    for status in _statuses(payload):
        status["moon_phase"] = {"name": "waxing"}


def _add_unknown_status(payload: dict[str, Any]) -> None:
    for entry in payload["entry"]:
        for change in entry["changes"]:
            known = change["value"].get("statuses")
            if known:
                known.insert(0, {**known[0], "status": "teleported"})


def _statuses(payload: dict[str, Any]) -> list[dict[str, Any]]:
    changes = [change for entry in payload["entry"] for change in entry["changes"]]
    return [status for change in changes for status in change["value"].get("statuses", [])]
