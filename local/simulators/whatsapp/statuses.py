"""What happens to an accepted message, as the platform reports it: sent, delivered, read or failed."""

import random
import time
from dataclasses import dataclass
from functools import partial
from typing import Any

from local.simulators.whatsapp import people
from local.simulators.whatsapp.behaviours import Behaviour
from local.simulators.whatsapp.errors import asynchronous
from local.simulators.whatsapp.state import Phone
from local.simulators.whatsapp.webhooks import Update
from local.simulators.whatsapp.world import World


@dataclass(frozen=True)
class Accepted:
    """A message that the platform took."""

    id: str
    phone: Phone
    number: str
    opaque: str | None
    category: str  # of the template, or "service"
    at: float


@dataclass(frozen=True)
class Step:
    status: str
    after: float
    error: dict[str, Any] | None = None


def start(world: World, message: Accepted, behaviour: Behaviour) -> None:
    steps = plan(world, behaviour)
    delays = [step.after for step in steps]
    if behaviour.reverse:
        steps = steps[::-1]
    elif world.settings.shuffle:
        random.shuffle(steps)
    for delay, step in zip(delays, steps, strict=True):
        update = _update(world, message, step, behaviour)
        if behaviour.early:
            world.webhooks.publish(update, now=True)
        else:
            world.scheduler.after(delay, partial(world.webhooks.publish, update), "status")


def plan(world: World, behaviour: Behaviour) -> list[Step]:
    s = world.settings
    after = {
        "sent": s.sent_seconds,
        "delivered": s.late_seconds if behaviour.late else s.delivered_seconds,
        "read": s.read_seconds,
    }
    steps = [Step(status, after[status]) for status in behaviour.statuses]
    if behaviour.fail is not None:
        steps.append(Step("failed", s.delivered_seconds, asynchronous(behaviour.fail)))
    return steps


def _update(world: World, message: Accepted, step: Step, behaviour: Behaviour) -> Update:
    value: dict[str, Any] = {"messaging_product": "whatsapp", "metadata": metadata(message.phone)}
    if step.status != "failed":
        value["contacts"] = [people.contact(message.number, world.settings.bsuid_only)]
    value["statuses"] = [_status(world, message, step, behaviour)]
    return Update(message.phone.waba_id, "messages", value, message.phone.id, behaviour.copies)


def metadata(phone: Phone) -> dict[str, str]:
    return {"display_phone_number": phone.digits, "phone_number_id": phone.id}


def _status(world: World, message: Accepted, step: Step, behaviour: Behaviour) -> dict[str, Any]:
    status: dict[str, Any] = {
        "id": message.id,
        "status": step.status,
        "timestamp": str(int(message.at + step.after)),
        "recipient_user_id": people.user_id(message.number),
    }
    if not world.settings.bsuid_only:
        status["recipient_id"] = people.wa_id(message.number)
    if message.opaque is not None:
        status["biz_opaque_callback_data"] = message.opaque
    if step.error:
        return {**status, "errors": [step.error]}
    return {**status, **_conversation(world, message, step), **_pricing(message, step, behaviour)}


def _conversation(world: World, message: Accepted, step: Step) -> dict[str, Any]:
    """Up to webhook version v23 every message had one."""
    if world.settings.webhook_version > 23:
        return {}
    conversation: dict[str, Any] = {"id": message.id[-32:], "origin": {"type": message.category}}
    if step.status == "sent":
        conversation["expiration_timestamp"] = str(int(time.time() + 86400))
    return {"conversation": conversation}


def _pricing(message: Accepted, step: Step, behaviour: Behaviour) -> dict[str, Any]:
    """On `sent` and on the first of delivered and read."""
    first_arrival = next((status for status in behaviour.statuses if status != "sent"), None)
    if step.status not in ("sent", first_arrival):
        return {}
    free = message.category == "service"
    return {
        "pricing": {
            "billable": not free,
            "pricing_model": "PMP",
            "category": message.category,
            "type": "free_customer_service" if free else "regular",
        }
    }
