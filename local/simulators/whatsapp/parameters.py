"""Parameters of a template message: count (132000), kind and name (132012), characters (132018), length (132005)."""

import re
from typing import Any

from local.simulators.whatsapp.errors import GraphError, invalid
from local.simulators.whatsapp.rules import required
from local.simulators.whatsapp.state import Template
from local.simulators.whatsapp.variables import variables

TEXTUAL = {"text", "currency", "date_time"}
MEDIA_HEADERS = {"IMAGE", "VIDEO", "DOCUMENT", "LOCATION"}
LONGEST_CODE = 15
HYDRATED = {"HEADER": 60, "BODY": 1024}


def check(template: Template, sent: list[dict[str, Any]]) -> None:
    parts = {part["type"]: part for part in template.components}
    known = {
        "header": "HEADER",
        "body": "BODY",
        "button": "BUTTONS",
        "carousel": "CAROUSEL",
        "limited_time_offer": "LIMITED_TIME_OFFER",
    }
    by_type = {str(part.get("type", "")).lower(): part for part in sent}
    for kind in by_type:
        if kind not in known:
            raise invalid(f"Param template['components'] has an unknown type {kind!r}")
    _header(template, parts.get("HEADER"), _given(by_type.get("header")))
    _texts(template, "BODY", _body_text(template, parts), _given(by_type.get("body")))
    _buttons(parts.get("BUTTONS"), [part for part in sent if str(part.get("type", "")).lower() == "button"])
    _carousel(parts.get("CAROUSEL"), by_type.get("carousel"))


def _given(part: dict[str, Any] | None) -> list[dict[str, Any]]:
    given = (part or {}).get("parameters", [])
    if not isinstance(given, list) or not all(isinstance(item, dict) for item in given):
        raise invalid("Param parameters must be an array of objects.")
    return given


def _body_text(template: Template, parts: dict[str, Any]) -> str:
    if template.category == "AUTHENTICATION":
        return "{{1}} is your verification code."
    return str(parts.get("BODY", {}).get("text", ""))


def _header(template: Template, header: dict[str, Any] | None, given: list[dict[str, Any]]) -> None:
    form = (header or {}).get("format", "TEXT")
    if form not in MEDIA_HEADERS:
        return _texts(template, "HEADER", str((header or {}).get("text", "")), given)
    _count("header", 1, given)
    kind = form.lower()
    if given[0].get("type") != kind:
        raise GraphError(132012, f"header: Format mismatch, expected {form}, received {_kind(given[0])}")
    value = required(f"header['{kind}']", given[0].get(kind))
    wanted = ({"latitude", "longitude"},) if kind == "location" else ({"id"}, {"link"})
    if not isinstance(value, dict) or not any(names <= set(value) for names in wanted):
        raise GraphError(132012, f"header: {kind} needs {' or '.join(str(sorted(names)) for names in wanted)}")


def _texts(template: Template, where: str, text: str, given: list[dict[str, Any]]) -> None:
    wanted = variables(text)
    _count(where.lower(), len(wanted), given)
    for item in given:
        _text(where.lower(), item)
        if template.category == "AUTHENTICATION" and len(str(item.get("text"))) > LONGEST_CODE:
            raise GraphError(132018, f"A code has at most {LONGEST_CODE} characters")
    if template.parameter_format == "NAMED" and wanted:
        _names(where.lower(), wanted, given)
    plain = text + "".join(str(item.get("text", "")) for item in given)
    if len(re.sub(r"\{\{.*?\}\}", "", plain)) > HYDRATED[where]:
        raise GraphError(132005, f"{where.lower()}: the text with its parameters is longer than {HYDRATED[where]}")


def _count(where: str, wanted: int, given: list[dict[str, Any]]) -> None:
    if len(given) != wanted:
        raise GraphError(
            132000,
            f"{where}: number of localizable_params ({len(given)}) does not match the expected "
            f"number of params ({wanted})",
        )


def _names(where: str, wanted: list[str], given: list[dict[str, Any]]) -> None:
    names = [item.get("parameter_name") for item in given]
    if not all(names):
        raise invalid("Parameter name is missing or empty")
    if sorted(map(str, names)) != sorted(wanted):
        raise GraphError(132012, f"{where}: parameter names {names} do not match {wanted} of the template")


def _text(where: str, item: dict[str, Any]) -> None:
    kind = item.get("type")
    if kind not in TEXTUAL:
        raise GraphError(132012, f"{where}: Format mismatch, expected TEXT, received {_kind(item)}")
    value = required(f"{where} parameter of type {kind}", item.get(kind))
    if kind != "text":
        return
    if not isinstance(value, str):
        raise GraphError(132012, f"{where}: the text of a parameter must be a string")
    clean(value)


def clean(value: str) -> None:
    if not value.strip():
        raise GraphError(131008, "Required parameter is missing: Parameter of type text is missing text value")
    if re.search(r"[\n\t]| {5,}", value):
        raise GraphError(132018, "Param text cannot have new-line/tab characters or more than 4 consecutive spaces")


def _kind(item: dict[str, Any]) -> str:
    return str(item.get("type", "UNKNOWN")).upper()


def _buttons(component: dict[str, Any] | None, sent: list[dict[str, Any]]) -> None:
    buttons = (component or {}).get("buttons", [])
    given = {_index(part, len(buttons)): part for part in sent}
    for index, button in enumerate(buttons):
        _button(index, button, given.get(index))


def _index(part: dict[str, Any], count: int) -> int:
    index = str(part.get("index", ""))
    if not index.isdigit() or int(index) >= count:
        raise GraphError(132012, f"buttons: no button at index {index!r} of the template")
    return int(index)


def _button(index: int, button: dict[str, Any], part: dict[str, Any] | None) -> None:
    needs, kind = _needs(button)
    given = _given(part)
    where = f"buttons: Button at index {index} of type {button['type'].title()}"
    if part is not None and str(part.get("sub_type", "")).lower() != kind:
        raise GraphError(132012, f"{where} was sent as {part.get('sub_type')!r}")
    if needs and not given:
        raise GraphError(131008, f"{where} requires a parameter")
    if needs or (given and kind in ("quick_reply", "flow")):
        return _button_parameter(where, kind, given)
    if given:
        raise GraphError(132000, f"{where} takes no parameter")


def _needs(button: dict[str, Any]) -> tuple[bool, str]:
    kind = button["type"]
    if kind == "OTP":
        return True, "url"
    if kind == "URL":
        return bool(variables(button.get("url", ""))), "url"
    return kind == "COPY_CODE", kind.lower()


def _button_parameter(where: str, kind: str, given: list[dict[str, Any]]) -> None:
    wanted = {"url": "text", "copy_code": "coupon_code", "quick_reply": "payload", "flow": "action"}.get(kind, kind)
    if len(given) != 1:
        raise GraphError(132000, f"{where} takes one parameter, not {len(given)}")
    if given[0].get("type") != wanted:
        raise GraphError(132012, f"{where} takes a {wanted}, not a {given[0].get('type')}")
    value = required(f"{where}, {wanted}", given[0].get(wanted))
    if wanted == "coupon_code" and len(str(value)) > LONGEST_CODE:
        raise GraphError(132012, f"{where}: a code has at most {LONGEST_CODE} characters")
    if wanted in ("text", "payload"):
        clean(str(value))


def _carousel(component: dict[str, Any] | None, sent: dict[str, Any] | None) -> None:
    wanted, cards = len((component or {}).get("cards", [])), (sent or {}).get("cards", [])
    if len(cards) != wanted:
        raise GraphError(132012, f"carousel: {wanted} cards were approved, {len(cards)} were sent")
