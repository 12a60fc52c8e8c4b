"""Interactive messages and their limits."""

from collections.abc import Callable
from typing import Any

from local.simulators.whatsapp.errors import GraphError, invalid
from local.simulators.whatsapp.rules import mapping, required, sequence, text, unique

CheckMedia = Callable[[str, Any], None]
BODY = {"list": 4096}
HEADERS = {
    "button": {"text", "image", "video", "document"},
    "cta_url": {"text", "image", "video", "document"},
    "list": {"text"},
    "flow": {"text", "image", "video", "document"},
    "product_list": {"text"},
}
NO_BODY = {"product"}


def check(value: dict[str, Any], check_media: CheckMedia) -> None:
    kind = required("interactive['type']", value.get("type"))
    if kind not in ACTIONS:
        raise invalid(f"Param interactive['type'] must be one of {{{', '.join(ACTIONS)}}} - got \"{kind}\".")
    if kind not in NO_BODY or "body" in value:
        text(
            "interactive['body']['text']",
            mapping("interactive['body']", value.get("body")).get("text"),
            BODY.get(kind, 1024),
        )
    if value.get("footer") is not None:
        text("interactive['footer']['text']", mapping("interactive['footer']", value["footer"]).get("text"), 60)
    _header(kind, value.get("header"), check_media)
    ACTIONS[kind](mapping("interactive['action']", value.get("action")))


def _header(kind: str, header: Any, check_media: CheckMedia) -> None:
    if header is None and kind != "product_list":
        return
    part = mapping("interactive['header']", header)
    if part.get("type") not in HEADERS.get(kind, set()):
        raise GraphError(131009, f"interactive['header']['type'] {part.get('type')!r} is not possible for {kind}")
    if part["type"] == "text":
        text("interactive['header']['text']", part.get("text"), 60)
    else:
        check_media(part["type"], required(f"interactive['header']['{part['type']}']", part.get(part["type"])))


def _buttons(action: dict[str, Any]) -> None:
    buttons = sequence("interactive['action']['buttons']", action.get("buttons"), 1, 3)
    replies = [mapping("button['reply']", mapping("button", button).get("reply")) for button in buttons]
    for button, reply in zip(buttons, replies, strict=True):
        if button.get("type") != "reply":
            raise invalid("Param button['type'] must be reply")
        text("button['reply']['id']", reply.get("id"), 256)
        text("button['reply']['title']", reply.get("title"), 20)
    unique("button ids", (reply["id"] for reply in replies))
    unique("button titles", (reply["title"] for reply in replies))


def _list(action: dict[str, Any]) -> None:
    text("interactive['action']['button']", action.get("button"), 20)
    sections = sequence("interactive['action']['sections']", action.get("sections"), 1, 10)
    for section in sections:
        if len(sections) > 1 or mapping("section", section).get("title"):
            text("section['title']", section.get("title"), 24)
    rows = [row for section in sections for row in sequence("section['rows']", section.get("rows"), 1, 10)]
    sequence("rows of all sections", rows, 1, 10)
    for row in rows:
        _row(mapping("row", row))
    unique("row ids", (row["id"] for row in rows))


def _row(row: dict[str, Any]) -> None:
    text("row['id']", row.get("id"), 200)
    text("row['title']", row.get("title"), 24)
    if row.get("description"):
        text("row['description']", row["description"], 72)


def _cta_url(action: dict[str, Any]) -> None:
    parameters = _named(action, "cta_url")
    text("parameters['display_text']", parameters.get("display_text"), 20)
    if not str(required("parameters['url']", parameters.get("url"))).startswith(("http://", "https://")):
        raise GraphError(131009, "parameters['url'] is not a URL")


def _flow(action: dict[str, Any]) -> None:
    parameters = _named(action, "flow")
    if bool(parameters.get("flow_id")) == bool(parameters.get("flow_name")):
        raise invalid("Param parameters must have exactly one of flow_id and flow_name")
    text("parameters['flow_cta']", parameters.get("flow_cta"), 30)
    required("parameters['flow_message_version']", parameters.get("flow_message_version"))


def _named(action: dict[str, Any], name: str) -> dict[str, Any]:
    if action.get("name") != name:
        raise invalid(f"Param interactive['action']['name'] must be {name}")
    return mapping("interactive['action']['parameters']", action.get("parameters"))


def _product(action: dict[str, Any]) -> None:
    required("action['catalog_id']", action.get("catalog_id"))
    required("action['product_retailer_id']", action.get("product_retailer_id"))


def _product_list(action: dict[str, Any]) -> None:
    required("action['catalog_id']", action.get("catalog_id"))
    sections = sequence("action['sections']", action.get("sections"), 1, 10)
    items = [item for part in sections for item in sequence("product_items", part.get("product_items"), 1, 30)]
    sequence("products of all sections", items, 1, 30)


def _location_request(action: dict[str, Any]) -> None:
    if action.get("name") != "send_location":
        raise invalid("Param interactive['action']['name'] must be send_location")


ACTIONS: dict[str, Callable[[dict[str, Any]], None]] = {
    "button": _buttons,
    "list": _list,
    "cta_url": _cta_url,
    "flow": _flow,
    "product": _product,
    "product_list": _product_list,
    "location_request_message": _location_request,
}
