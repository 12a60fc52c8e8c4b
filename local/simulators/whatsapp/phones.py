"""Phone numbers: read, add, verify, register, settings and profile."""

import re
import secrets
import time
from typing import Any

from local.simulators.common.numbers import digits
from local.simulators.whatsapp import subscriptions
from local.simulators.whatsapp.errors import GraphError
from local.simulators.whatsapp.paging import page
from local.simulators.whatsapp.state import Phone, Waba
from local.simulators.whatsapp.world import Call, World
from local.simulators.wire.reply import Reply, graph_json

DEFAULT = "verified_name,code_verification_status,display_phone_number,quality_rating,platform_type,throughput"
PROFILE = {"about": 139, "address": 256, "description": 512, "email": 128}
CODE = "123456"
WINDOW = 72 * 3600


def get(world: World, call: Call, phone: Phone) -> Reply:
    return graph_json(shown(world, phone, call.params.get("fields")))


def shown(world: World, phone: Phone, fields: Any) -> dict[str, Any]:
    status = phone.status or ("CONNECTED" if phone.registered else "PENDING")
    healthy = "AVAILABLE" if status == "CONNECTED" else "BLOCKED"
    values = {
        "display_phone_number": phone.display,
        "verified_name": phone.verified_name,
        "quality_rating": phone.quality,
        "status": status,
        "name_status": "APPROVED",
        "platform_type": "CLOUD_API",
        "account_mode": "LIVE",
        "code_verification_status": "VERIFIED" if phone.verified else "NOT_VERIFIED",
        "throughput": {"level": "STANDARD"},
        "whatsapp_business_manager_messaging_limit": "TIER_2K",
        "webhook_configuration": _callbacks(world, phone),
        "is_pin_enabled": phone.pin is not None,
        "health_status": {
            "can_send_message": healthy,
            "entities": [{"entity_type": "PHONE_NUMBER", "id": phone.id, "can_send_message": healthy}],
        },
    }
    asked = [name.strip() for name in str(fields or DEFAULT).split(",")]
    unknown = next((name for name in asked if name not in values and name != "id"), None)
    if unknown:
        raise GraphError(
            100, f"Tried accessing nonexisting field ({unknown}) on node type (WhatsAppBusinessPhoneNumber)"
        )
    return {**{name: values[name] for name in asked if name != "id"}, "id": phone.id}


def _callbacks(world: World, phone: Phone) -> dict[str, str]:
    waba = world.state.wabas[phone.waba_id]
    app_id = next(iter(waba.subscribed), None)
    urls = {
        "phone_number": phone.override,
        "whatsapp_business_account": waba.subscribed.get(app_id or ""),
        "application": world.state.apps[app_id].callback_url if app_id else None,
    }
    return {level: url for level, url in urls.items() if url}


def listed(world: World, call: Call, waba: Waba) -> Reply:
    with world.state.lock:
        found = [phone for phone in world.state.phones.values() if phone.waba_id == waba.id]
    return page(world, call, [shown(world, phone, call.params.get("fields")) for phone in found])


def add(world: World, call: Call, waba: Waba) -> Reply:
    code, number = digits(str(call.params.get("cc", ""))), str(call.params.get("phone_number", ""))
    if (
        not code
        or not re.fullmatch(r"\d{7,15}", number)
        or not 2 <= len(str(call.params.get("verified_name", ""))) <= 75
    ):
        raise GraphError(100, "cc, phone_number (7-15 digits) and verified_name (2-75 characters) are required.")
    phone = Phone(
        str(secrets.randbelow(9 * 10**14) + 10**14),
        waba.id,
        f"+{code} {number}",
        str(call.params["verified_name"]),
        registered=False,
        verified=False,
    )
    with world.state.lock:
        if any(known.digits == phone.digits for known in world.state.phones.values()):
            raise GraphError(100, "This phone number already exists in a WhatsApp Business account.")
        world.state.phones[phone.id] = phone
    return graph_json({"id": phone.id})


def request_code(world: World, call: Call, phone: Phone) -> Reply:
    if call.params.get("code_method") not in ("SMS", "VOICE") or not call.params.get("language"):
        raise GraphError(100, "code_method (SMS or VOICE) and language are required.")
    return graph_json({"success": True})


def verify_code(world: World, call: Call, phone: Phone) -> Reply:
    if str(call.params.get("code")) != CODE:
        raise GraphError(136025, "The code is wrong.")
    phone.verified = True
    return graph_json({"success": True})


def register(world: World, call: Call, phone: Phone) -> Reply:
    pin = str(call.params.get("pin", ""))
    if call.params.get("messaging_product") != "whatsapp" or not re.fullmatch(r"\d{6}", pin):
        raise GraphError(100, "messaging_product and a pin of six digits are required.")
    _count_registration(world, phone)
    if not phone.verified:
        raise GraphError(133006, "The number must be verified before it is registered.")
    if phone.pin not in (None, pin):
        raise GraphError(133005, "The two-step verification PIN is wrong.")
    phone.pin, phone.registered = pin, True
    return graph_json({"success": True})


def deregister(world: World, call: Call, phone: Phone) -> Reply:
    _count_registration(world, phone)
    phone.registered = False
    return graph_json({"success": True})


def _count_registration(world: World, phone: Phone) -> None:
    with world.state.lock:
        phone.registrations = [at for at in phone.registrations if at > time.time() - WINDOW]
        if len(phone.registrations) >= 10:
            raise GraphError(133016, "Registration and deregistration are possible 10 times in 72 hours.")
        phone.registrations.append(time.time())


def change(world: World, call: Call, phone: Phone) -> Reply:
    body = call.params
    if "webhook_configuration" in body:
        subscriptions.set_phone_override(phone, body["webhook_configuration"])
    elif re.fullmatch(r"\d{6}", str(body.get("pin", ""))):
        phone.pin = str(body["pin"])
    elif 2 <= len(str(body.get("new_display_name", ""))) <= 75:
        phone.verified_name = str(body["new_display_name"])
    else:
        raise GraphError(100, "webhook_configuration, pin or new_display_name is required.")
    return graph_json({"success": True})


def get_profile(world: World, call: Call, phone: Phone) -> Reply:
    asked = [name.strip() for name in str(call.params.get("fields") or "").split(",")]
    return graph_json({"data": [{k: v for k, v in phone.profile.items() if k in asked or k == "messaging_product"}]})


def post_profile(world: World, call: Call, phone: Phone) -> Reply:
    body = call.params
    if body.get("messaging_product") != "whatsapp":
        raise GraphError(100, "The parameter messaging_product is required.")
    for name, most in PROFILE.items():
        if len(str(body.get(name, ""))) > most:
            raise GraphError(100, f"Param {name} must be at most {most} characters long.")
    if len(body.get("websites") or []) > 2:  # type: ignore[arg-type]
        raise GraphError(100, "Param websites can have two entries.")
    known = {*PROFILE, "websites", "vertical", "profile_picture_handle"}
    phone.profile |= {name: value for name, value in body.items() if name in known}
    return graph_json({"success": True})
