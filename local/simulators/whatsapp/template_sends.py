"""A template in a message against the template as it was approved."""

from typing import Any

from local.simulators.whatsapp import parameters
from local.simulators.whatsapp.errors import GraphError, invalid
from local.simulators.whatsapp.rules import mapping, required
from local.simulators.whatsapp.state import Phone, State, Template

NOT_SENDABLE = {"PAUSED": 132015, "DISABLED": 132016}


def check(state: State, phone: Phone, value: Any) -> Template:
    asked = mapping("template", value)
    name = required("template['name']", asked.get("name"))
    language = required(
        "template['language']['code']", mapping("template['language']", asked.get("language")).get("code")
    )
    template = _find(state, phone.waba_id, name, language)
    components = asked.get("components") or []
    if not isinstance(components, list):
        raise invalid("Param template['components'] must be an array.")
    parameters.check(template, [mapping("template['components']", part) for part in components])
    return template


def _find(state: State, waba_id: str, name: str, language: str) -> Template:
    with state.lock:
        found = next(
            (t for t in state.templates.values() if (t.waba_id, t.name, t.language) == (waba_id, name, language)), None
        )
    if found is None:
        raise GraphError(132001, f"template name ({name}) does not exist in {language}")
    if found.status in NOT_SENDABLE:
        raise GraphError(NOT_SENDABLE[found.status], f"template name ({name}) is {found.status.lower()}")
    if found.status != "APPROVED":
        raise GraphError(132001, f"template name ({name}) does not exist in {language}: it is not approved")
    return found
