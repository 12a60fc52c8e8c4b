"""A person presses a quick reply of a template that was sent to them: what comes back is what was sent for it."""

from typing import Any

from local.simulators.whatsapp import inbound
from local.simulators.whatsapp.state import Phone, Template
from local.simulators.whatsapp.world import World

Json = dict[str, Any]


def press(world: World, order: Json) -> Json | None:
    """`order` names the message, the button by its text, and the card where there are some. None: there is no such
    message, or no such button under it."""
    sent = next((each for each in world.journal.log("whatsapp", None, 0) if each.get("id") == order.get("message")), {})
    phone, template = world.state.phones.get(str(sent.get("sender"))), _template(world, sent)
    if phone is None or template is None or not sent["reaches_person"]:
        return None
    button = _button(template, sent["parameters"], order)
    return inbound.receive(world, phone, _pressed(sent, button, order)) if button else None


def _template(world: World, sent: Json) -> Template | None:
    phone: Phone | None = world.state.phones.get(str(sent.get("sender")))
    wanted = (phone.waba_id if phone else "", sent.get("template"), sent.get("language"))
    with world.state.lock:
        kept = list(world.state.templates.values())
    return next((each for each in kept if (each.waba_id, each.name, each.language) == wanted), None)


def _button(template: Template, parameters: list[Json], order: Json) -> Json | None:
    """Text and payload; Meta brings back the text where no payload was sent."""
    components = template.components
    if order.get("card") is not None:
        number = int(order["card"])
        components, parameters = _card(components, number), _card(parameters, number)
    shown = next((each["buttons"] for each in components if str(each["type"]).upper() == "BUTTONS"), [])
    for index, button in enumerate(shown):
        if button["type"] == "QUICK_REPLY" and button["text"] == order.get("text"):
            return {"payload": _payload(parameters, index) or button["text"], "text": button["text"]}
    return None


def _card(components: list[Json], number: int) -> list[Json]:
    cards = next((each["cards"] for each in components if str(each["type"]).upper() == "CAROUSEL"), [])
    return list(cards[number]["components"]) if number < len(cards) else []


def _payload(parameters: list[Json], index: int) -> str | None:
    for each in parameters:
        if each["type"] == "button" and each.get("sub_type") == "quick_reply" and int(each["index"]) == index:
            return str(each["parameters"][0]["payload"])
    return None


def _pressed(sent: Json, button: Json, order: Json) -> Json:
    more = {name: order[name] for name in ("copies", "id", "timestamp", "webhook") if name in order}
    return {"from": sent["to"], "type": "button", "button": button, "context": sent["id"], **more}
