"""Templates that exist at Meta already, read back into ours: {{name}} becomes $(name), {{1}} of a body $(body_1)."""

import re
from typing import Any
from urllib.parse import parse_qs, urlsplit

from pydantic import TypeAdapter, ValidationError

from parley.model import variables
from parley.model.channel import Binding
from parley.model.components import Component
from parley.model.lane import Category
from parley.model.template import Design, Existing, ParameterFormat
from parley.providers.http import parsed
from parley.providers.provider import Secret
from parley.providers.whatsapp_cloud import errors
from parley.providers.whatsapp_cloud.templates import ask, state_of

Wire = dict[str, Any]
BRACES = re.compile(r"\{\{\s*(\w+)\s*\}\}")
FIELDS = "id,name,status,category,language,rejected_reason,components,parameter_format,quality_score,correct_category"
PAGE = 100
PLACE = {"latitude": "$(latitude)", "longitude": "$(longitude)", "name": "$(place)", "address": "$(address)"}
PLAIN_BUTTONS = frozenset({"QUICK_REPLY", "PHONE_NUMBER", "CATALOG", "MPM"})
COMPONENTS: TypeAdapter[list[Component]] = TypeAdapter(list[Component])


class _NotOurs(Exception):
    """Something that templates here do not have."""


def page(binding: Binding, secret: Secret, after: str) -> tuple[list[Existing], str]:
    """Templates of the business account, and after what the next page begins; empty: that was the last one."""
    path, start = f"{binding.settings['waba_id']}/message_templates", {"after": after} if after else {}
    response = ask("GET", path, binding, secret, fields=FIELDS, limit=PAGE, **start)
    errors.raise_for(response)
    answer = parsed(response)
    paging = answer.get("paging") or {}
    next_one = str((paging.get("cursors") or {}).get("after") or "") if paging.get("next") else ""
    return [existing(row) for row in answer.get("data", []) if row.get("id")], next_one


def existing(row: Wire) -> Existing:
    name, language = str(row.get("name", "")), str(row.get("language", "")).replace("-", "_")
    try:
        return Existing(name, language, state_of(row), design_of(row), "")
    except _NotOurs as fault:
        return Existing(name, language, state_of(row), None, str(fault))
    except ValidationError as error:
        where = ".".join(str(part) for part in error.errors()[0]["loc"])
        return Existing(name, language, state_of(row), None, f"It does not fit a template here: {where}.")
    except (AttributeError, TypeError, LookupError, ValueError):  # one odd row must not hide the others
        return Existing(name, language, state_of(row), None, "Meta shows it in a form that is not understood here.")


def design_of(row: Wire) -> Design:
    """Raises _NotOurs or ValidationError for what a template here cannot say."""
    category = str(row.get("category", "")).upper()
    if category not in set(Category):
        raise _NotOurs("Its category is none of today's.")
    named = str(row.get("parameter_format") or "POSITIONAL").upper() == "NAMED"
    reading = _Reading(Category(category), named)
    parts = [reading.component(part, "") for part in row.get("components", [])]
    form = ParameterFormat.NAMED if named else ParameterFormat.POSITIONAL
    return Design(Category(category), form, COMPONENTS.validate_python(parts), reading.samples)


class _Reading:
    """One template on its way back; `samples` fill up as its variables are met."""

    def __init__(self, category: Category, named: bool) -> None:
        self.category, self.named = category, named
        self.samples: dict[str, str] = {}

    def component(self, part: Wire, at: str) -> Wire:
        """`at` is put before the names of positional variables, for cards."""
        kind = str(part.get("type", "")).upper()
        match kind:
            case "HEADER":
                return {"type": kind, **self.header(part, at)}
            case "BODY":
                return {"type": kind, **self.body(part, at)}
            case "FOOTER":
                minutes = part.get("code_expiration_minutes")
                return {"type": kind, **({"code_expires_in": minutes} if minutes else {"text": part.get("text", "")})}
            case "BUTTONS":
                buttons = [self.button(each, f"{at}url_{n}") for n, each in enumerate(part.get("buttons", []), 1)]
                return {"type": kind, "buttons": buttons}
            case "LIMITED_TIME_OFFER":
                offer = part.get("limited_time_offer") or {}
                ends = bool(offer.get("has_expiration", True))
                return {"type": kind, "text": offer.get("text", ""), "has_expiration": ends}
            case "CAROUSEL":
                return {"type": kind, "cards": [self.card(card, n) for n, card in enumerate(part.get("cards", []), 1)]}
        raise _NotOurs(f"Templates here have no component {kind[:40]}.")

    def card(self, card: Wire, number: int) -> Wire:
        return {"components": [self.component(part, f"card{number}_") for part in card.get("components", [])]}

    def header(self, part: Wire, at: str) -> Wire:
        format, example = str(part.get("format", "TEXT")).upper(), part.get("example") or {}
        if format == "TEXT":
            told = example.get("header_text_named_params") or example.get("header_text") or []
            return {"format": format, "text": self.text(part.get("text", ""), f"{at}header_", told)}
        if format == "LOCATION":
            self.samples |= dict.fromkeys(variables.names("".join(PLACE.values())), "1")
            return {"format": format, "place": PLACE}
        if format not in ("IMAGE", "VIDEO", "DOCUMENT"):
            raise _NotOurs(f"Templates here have no header of the format {format[:40]}.")
        self.samples[f"{at}header_link"] = str((example.get("header_handle") or ["https://example.com/"])[0])[:2000]
        return {"format": format, "link": f"$({at}header_link)"}

    def body(self, part: Wire, at: str) -> Wire:
        if self.category is Category.AUTHENTICATION:
            return {"security_advice": bool(part.get("add_security_recommendation"))}
        example = part.get("example") or {}
        told: list[Any] = example.get("body_text_named_params") or next(iter(example.get("body_text") or []), [])
        return {"text": self.text(part.get("text", ""), f"{at}body_", told)}

    def text(self, text: str, at: str, told: list[Any]) -> str:
        """`told` are the samples: in order, or by name."""
        wanted = list(dict.fromkeys(BRACES.findall(text)))
        if not self.named and wanted != [str(n) for n in range(1, len(wanted) + 1)]:
            raise _NotOurs("Its variables are not numbered in the order in which they stand.")
        names = {each: each if self.named else f"{at}{each}" for each in wanted}
        shown = {each.get("param_name"): each.get("example") for each in told} if self.named else _numbered(told)
        self.samples |= {names[each]: str(shown.get(each) or each) for each in wanted}
        return BRACES.sub(lambda match: f"$({names[match.group(1)]})", text)

    def button(self, button: Wire, name: str) -> Wire:
        kind, text = str(button.get("type", "")).upper(), button.get("text", "")
        if self.category is Category.AUTHENTICATION:
            return _code_button(button)
        if kind == "URL":
            return {"type": kind, "text": text, "url": self.url(button, name)}
        if kind == "COPY_CODE":
            self.samples["coupon"] = str(_first(button.get("example")) or "CODE")
            return {"type": kind, "text": text or "Copy code", "code": "$(coupon)"}
        if kind == "FLOW":
            screen, flow = button.get("navigate_screen"), str(button.get("flow_id", ""))
            action = str(button.get("flow_action") or "navigate").lower()
            return {"type": kind, "text": text, "flow_id": flow, "action": action, "screen": screen}
        if kind not in PLAIN_BUTTONS:
            raise _NotOurs(f"Templates here have no button {kind[:40]}.")
        number = {"phone_number": button.get("phone_number", "")} if kind == "PHONE_NUMBER" else {}
        return {"type": kind, "text": text, **number}

    def url(self, button: Wire, name: str) -> str:
        """Its example is a whole address, the sample what stands in for the variable at its end."""
        url, example = str(button.get("url", "")), str(_first(button.get("example")) or "")
        if BRACES.search(url):
            self.samples[name] = example.removeprefix(BRACES.split(url)[0]) or "1"
        return BRACES.sub(f"$({name})", url)


def _numbered(told: list[Any]) -> dict[str, Any]:
    return {str(number): value for number, value in enumerate(told, 1)}


def _first(value: Any) -> Any:
    return value[0] if isinstance(value, list) and value else value


def _code_button(button: Wire) -> Wire:
    """Meta shows the button of a one-time code as a link whose query tells what it is."""
    asked = {name: values[0] for name, values in parse_qs(urlsplit(str(button.get("url", ""))).query).items()}
    kind = str(button.get("otp_type") or asked.get("otp_type") or "").upper()
    text = {"text": button["text"]} if button.get("text") else {}
    if kind == "COPY_CODE":
        return {"type": kind, **text}
    if kind not in ("ONE_TAP", "ZERO_TAP"):
        raise _NotOurs("The button of its one-time code is of an unknown kind.")
    apps = button.get("supported_apps") or [{name: asked.get(name) for name in ("package_name", "signature_hash")}]
    return {"type": kind, **text, "apps": apps, **({"terms_accepted": True} if kind == "ZERO_TAP" else {})}
