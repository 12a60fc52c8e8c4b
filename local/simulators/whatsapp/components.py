"""What a template may be made of; a violation is code 100 with the platform's subcode."""

import re
from collections import Counter
from typing import Any

from local.simulators.whatsapp import buttons
from local.simulators.whatsapp.errors import GraphError
from local.simulators.whatsapp.state import State
from local.simulators.whatsapp.variables import PATTERN, static_words, variables

FORMATS = ("TEXT", "IMAGE", "VIDEO", "DOCUMENT", "LOCATION", "GIF")
TYPES = ("HEADER", "BODY", "FOOTER", "BUTTONS", "CAROUSEL", "LIMITED_TIME_OFFER")
HEADER, BODY, FOOTER, MISSING, EDGE, DENSE, LONG = 2388047, 2388072, 2388073, 2388043, 2388299, 2388293, 2388040


def bad(subcode: int, title: str, details: str) -> GraphError:
    return GraphError(100, details, message="Invalid parameter", subcode=subcode, user_title=title)


def normalised(components: Any) -> list[dict[str, Any]]:
    """Enumerations are case-insensitive on input and upper case on output."""
    if not isinstance(components, list) or not all(isinstance(part, dict) for part in components):
        raise GraphError(100, "Param components must be an array of objects")
    parts = [{**part, "type": str(part.get("type", "")).upper()} for part in components]
    for part in parts:
        if "format" in part:
            part["format"] = str(part["format"]).upper()
        if isinstance(part.get("buttons"), list):
            part["buttons"] = [{**b, "type": str(b.get("type", "")).upper()} for b in part["buttons"]]
        if part["type"] == "CAROUSEL" and isinstance(part.get("cards"), list):
            part["cards"] = [{**card, "components": normalised(card.get("components"))} for card in part["cards"]]
    return parts


def check(state: State, category: str, form: str, parts: list[dict[str, Any]]) -> None:
    _shape(parts)
    by_type = {part["type"]: part for part in parts}
    if category == "AUTHENTICATION":
        return _authentication(by_type)
    _body(form, by_type["BODY"], 600 if "LIMITED_TIME_OFFER" in by_type else 1024)
    if "HEADER" in by_type:
        _header(state, form, by_type["HEADER"])
    if "FOOTER" in by_type:
        _footer(by_type["FOOTER"])
    if "BUTTONS" in by_type:
        buttons.check(by_type["BUTTONS"].get("buttons"))
    if "CAROUSEL" in by_type:
        _carousel(state, form, by_type["CAROUSEL"])
    if "LIMITED_TIME_OFFER" in by_type:
        _offer(category, by_type)


def _shape(parts: list[dict[str, Any]]) -> None:
    counts = Counter(part["type"] for part in parts)
    for kind, count in counts.items():
        if kind not in TYPES:
            raise GraphError(100, f"Param components['type'] must be one of {{{', '.join(TYPES)}}} - got \"{kind}\".")
        if count > 1:
            raise bad(MISSING, "Invalid components", f"There can be only one component of type {kind}")
    if "BODY" not in counts:
        raise bad(MISSING, "Missing component", "A component of type BODY is required")


def _body(form: str, part: dict[str, Any], most: int) -> None:
    text = _text(part, "BODY", most, BODY)
    if PATTERN.match(text.strip()) or re.search(r"\}\}$", text.strip()):
        raise bad(
            EDGE, "Variables can't be at the start or end", "Variables can't be at the start or end of the template."
        )
    names = check_names(form, text, BODY)
    if names and static_words(text) < 2 * len(names) + 1:
        raise bad(
            DENSE,
            "Too many variables",
            "This template has too many variables for its length. Reduce the number of "
            "variables or increase the message length.",
        )
    _samples(form, part, "body_text", names)


def _text(part: dict[str, Any], kind: str, most: int, subcode: int) -> str:
    text = part.get("text")
    if not isinstance(text, str) or not text.strip():
        raise bad(MISSING, "Missing field", f"component of type {kind} is missing expected field(s) (text)")
    if len(text) > most:
        raise bad(LONG, "Field too long", f"The text of {kind} cannot exceed {most} characters")
    if kind != "BODY" and "\n" in text:
        raise bad(subcode, f"Invalid {kind.lower()}", f"{kind} can't have any new lines")
    return text


def check_names(form: str, text: str, subcode: int) -> list[str]:
    names = variables(text)
    rest = PATTERN.sub("", text)
    if "{{" in rest or "}}" in rest:
        raise bad(subcode, "Invalid format", "Variables must be written as {{name}} or {{1}} with matching braces.")
    if form == "NAMED":
        if not all(re.fullmatch(r"[a-z_][a-z0-9_]*", name) for name in names):
            raise bad(subcode, "Invalid parameters", "Named variables take lower-case letters and underscores.")
    elif sorted(names) != sorted(str(number + 1) for number in range(len(names))):
        raise bad(subcode, "Invalid parameters", "Variables must be numbered {{1}}, {{2}}, ... without gaps.")
    return names


def _samples(form: str, part: dict[str, Any], field: str, names: list[str]) -> None:
    """Flat for a header, nested for a body, by name for NAMED."""
    if not names:
        return
    example = _example(part)
    if form == "NAMED":
        given = example.get(f"{field}_named_params")
        fits = isinstance(given, list) and sorted(_named_sample(item) for item in given) == sorted(names)
    else:
        given = example.get(field)
        row = given[0] if field == "body_text" and isinstance(given, list) and given else given
        fits = isinstance(row, list) and len(row) == len(names) and all(isinstance(v, str) and v.strip() for v in row)
    if not fits:
        raise bad(
            MISSING,
            'Message template "components" param is missing expected field(s)',
            f"component of type {part['type']} is missing expected field(s) (example)",
        )


def _example(part: dict[str, Any]) -> dict[str, Any]:
    example = part.get("example")
    return example if isinstance(example, dict) else {}


def _named_sample(item: Any) -> str:
    if not isinstance(item, dict) or not str(item.get("example") or "").strip():
        return ""
    return str(item.get("param_name", ""))


def _header(state: State, form: str, part: dict[str, Any]) -> None:
    kind = part.get("format")
    if kind not in FORMATS:
        raise bad(HEADER, "Invalid header", f"Param format must be one of {{{', '.join(FORMATS)}}}")
    if kind == "TEXT":
        names = check_names(form, _text(part, "HEADER", 60, HEADER), HEADER)
        if len(names) > 1:
            raise bad(HEADER, "Invalid header", "A header can have one variable at most.")
        return _samples(form, part, "header_text", names)
    if kind != "LOCATION":
        _handle(state, part)
    return None


def _handle(state: State, part: dict[str, Any]) -> None:
    example = _example(part)
    handles = example.get("header_handle")
    if not isinstance(handles, list) or not handles:
        raise bad(
            MISSING,
            'Message template "components" param is missing expected field(s)',
            "component of type HEADER is missing expected field(s) (example)",
        )
    if handles[0] not in state.handles:
        raise bad(HEADER, "Invalid header", "header_handle must be a handle of the resumable upload API")


def _footer(part: dict[str, Any]) -> None:
    if variables(_text(part, "FOOTER", 60, FOOTER)):
        raise bad(FOOTER, "Invalid footer", "A footer can't have variables.")


def _authentication(parts: dict[str, dict[str, Any]]) -> None:
    minutes = parts.get("FOOTER", {}).get("code_expiration_minutes", 10)
    if "HEADER" in parts or "text" in parts["BODY"] or "text" in parts.get("FOOTER", {}):
        raise bad(BODY, "Invalid authentication template", "The text of authentication templates is fixed.")
    if not isinstance(minutes, int) or not 1 <= minutes <= 90:
        raise bad(FOOTER, "Invalid footer", "code_expiration_minutes must be between 1 and 90")
    buttons.check_otp(parts.get("BUTTONS", {}).get("buttons"))


def _carousel(state: State, form: str, part: dict[str, Any]) -> None:
    cards = part.get("cards")
    if not isinstance(cards, list) or not 2 <= len(cards) <= 10:
        raise bad(MISSING, "Invalid carousel", "A carousel has 2 to 10 cards.")
    shapes = [[(c["type"], c.get("format")) for c in card["components"]] for card in cards]
    if any(shape != shapes[0] for shape in shapes):
        raise bad(MISSING, "Invalid carousel", "All cards must have the same components.")
    for card in cards:
        by_type = {c["type"]: c for c in card["components"]}
        _header(state, form, by_type.get("HEADER", {}))
        _body(form, by_type.get("BODY", {"type": "BODY"}), 160)


def _offer(category: str, parts: dict[str, dict[str, Any]]) -> None:
    offer = parts["LIMITED_TIME_OFFER"].get("limited_time_offer") or {}
    if category != "MARKETING" or "FOOTER" in parts or not 1 <= len(str(offer.get("text", ""))) <= 16:
        raise bad(
            MISSING, "Invalid offer", "Offers are marketing templates without footer, with a text of 1-16 characters."
        )
