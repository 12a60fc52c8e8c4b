"""POST /{phone}/messages: every check in the platform's order, then acceptance and what follows."""

import base64
import secrets
import time
from dataclasses import replace
from typing import Any

from local.simulators.whatsapp import bodies, limits, people, statuses, template_sends
from local.simulators.whatsapp.behaviours import Answer, Behaviour, behaviour_of
from local.simulators.whatsapp.errors import NOT_PARSED, GraphError, invalid
from local.simulators.whatsapp.faulty import forced
from local.simulators.whatsapp.state import Phone, Template
from local.simulators.whatsapp.world import Call, World
from local.simulators.wire.reply import Fault, Reply, bad_gateway, graph_json

NAME = "whatsapp"


def post_message(world: World, call: Call, phone: Phone) -> Reply:
    body = dict(call.params)
    if body.get("messaging_product") != "whatsapp":
        raise GraphError(100, "The parameter messaging_product is required.")
    if body.get("status") is not None:
        return _mark_read(world, body)
    number = _recipient(world, phone, body)
    opaque = _opaque(body)
    world.journal.seen(NAME, _shown(number), opaque)
    try:
        return _send(world, phone, body, number, opaque)
    except GraphError as error:
        error.to = _shown(number)  # type: ignore[attr-defined]
        raise


def _send(world: World, phone: Phone, body: dict[str, Any], number: str, opaque: str | None) -> Reply:
    template = _check(world, phone, body)
    fault = world.faults.for_send(NAME, _shown(number))
    if fault and not fault.accept:
        return forced(fault)
    limits.take_slot(world, phone, number)
    behaviour = behaviour_of(number)
    refusal = _refusal(world, phone, number, behaviour)
    if refusal:
        return refusal
    answer = _accept(world, phone, body, number, opaque, template, behaviour)
    return forced(fault) if fault else answer


def _recipient(world: World, phone: Phone, body: dict[str, Any]) -> str:
    """Digits of the person; with both `to` and `recipient` the phone number wins."""
    if body.get("recipient_type", "individual") != "individual":
        raise invalid("recipient_type group is not available for this number")
    if body.get("to"):
        return people.dialled(phone, body["to"], world.settings.prepend_country_code)
    if not body.get("recipient"):
        raise GraphError(100, "The parameter to is required.")
    known = world.state.users.get(str(body["recipient"]))
    if known is None:
        raise invalid("Param recipient is not a business-scoped user id of this portfolio")
    return known


def _opaque(body: dict[str, Any]) -> str | None:
    opaque = body.get("biz_opaque_callback_data")
    if opaque is not None and (not isinstance(opaque, str) or len(opaque) > 512):
        raise invalid("Param biz_opaque_callback_data must be a string of at most 512 characters")
    return opaque


def _check(world: World, phone: Phone, body: dict[str, Any]) -> Template | None:
    if phone.status not in (None, "CONNECTED") or not phone.registered:
        raise GraphError(133010, "The phone number is not registered on the WhatsApp Business Platform.")
    if body.get("to") and people.dialled(phone, body["to"], False) == phone.digits:
        raise GraphError(131021, "The recipient is the sender.")
    kind = bodies.check(world, phone, body)
    template = template_sends.check(world.state, phone, body["template"]) if kind == "template" else None
    if template and template.category == "AUTHENTICATION" and not body.get("to"):
        raise GraphError(131062, "Authentication templates need a phone number.")
    return template


def _refusal(world: World, phone: Phone, number: str, behaviour: Behaviour) -> Reply | None:
    if behaviour.unreachable:
        _note(world, number, behaviour.unreachable)
        return Reply(fault=Fault.RESET) if behaviour.unreachable == "reset" else bad_gateway()
    if behaviour.refuse is not None:
        raise _magic_error(behaviour.refuse)
    if behaviour.refuse_first is not None and world.state.first_try(phone.id, number):
        raise _magic_error(behaviour.refuse_first)
    return None


def _magic_error(code: int) -> GraphError:
    if code == 190:
        return GraphError(190, message=NOT_PARSED)
    return GraphError(code, None if code == 1 else "Forced by the recipient's number.")


def _note(world: World, number: str, what: str) -> None:
    world.journal.refused(NAME, to=_shown(number), path="messages", http=None, code=None, details=what)


def _accept(
    world: World,
    phone: Phone,
    body: dict[str, Any],
    number: str,
    opaque: str | None,
    template: Template | None,
    behaviour: Behaviour,
) -> Reply:
    if template is None and not limits.window_open(world, phone, number):
        if world.settings.window_sync:
            raise GraphError(131047, "More than 24 hours have passed since the recipient last replied.")
        behaviour = replace(behaviour, statuses=(), fail=131047, late=False)
    message = statuses.Accepted(
        new_wamid(number), phone, number, opaque, template.category.lower() if template else "service", time.time()
    )
    people.remember(world.state, number)
    world.journal.accepted(
        NAME,
        _shown(number),
        opaque,
        behaviour.reaches_person,
        sender=phone.id,
        id=message.id,
        fails_with=behaviour.fail,
        **_content(body),
    )
    statuses.start(world, message, behaviour)
    return _answer(world, body, message, behaviour)


def _content(body: dict[str, Any]) -> dict[str, Any]:
    kind = body.get("type", "text")
    if kind == "template":
        template = body["template"]
        return {
            "type": kind,
            "template": template["name"],
            "language": template["language"]["code"],
            "parameters": template.get("components", []),
        }
    if kind == "text":
        return {"type": kind, "text": body["text"]["body"], "context": body.get("context")}
    return {"type": kind, "content": body[kind], "context": body.get("context")}


def _answer(world: World, body: dict[str, Any], message: statuses.Accepted, behaviour: Behaviour) -> Reply:
    entry: dict[str, Any] = {"id": message.id}
    if body.get("type") == "template":
        entry["message_status"] = "accepted"
    reply = graph_json(
        {"messaging_product": "whatsapp", "contacts": [_contact(body, message.number)], "messages": [entry]}
    )
    if behaviour.answer is Answer.CUT:
        return reply.broken(Fault.CUT)
    if behaviour.answer is Answer.SLOW:
        return reply.delayed(world.settings.slow_seconds)
    return _magic_error(131000).reply() if behaviour.answer is Answer.ERROR else reply


def _contact(body: dict[str, Any], number: str) -> dict[str, str]:
    contact = {"input": str(body.get("to") or body["recipient"])}
    if body.get("to"):
        contact["wa_id"] = people.wa_id(number)
    return contact | ({"user_id": people.user_id(number)} if body.get("recipient") else {})


def _mark_read(world: World, body: dict[str, Any]) -> Reply:
    if body["status"] != "read" or body.get("message_id") not in world.state.inbound:
        raise GraphError(131009, "Message id is not a message of this number's inbox.")
    return graph_json({"success": True})


def new_wamid(number: str) -> str:
    raw = b"\x1d\x04" + bytes([len(number)]) + number.encode() + b"\x15\x02\x00\x11\x18\x12"
    return "wamid." + base64.b64encode(raw + secrets.token_hex(9).upper().encode() + b"\x00").decode()


def _shown(number: str) -> str:
    return f"+{number}"
