"""Before the curtain: an organization with its key, channels and an approved template, or those of an earlier run."""

import json
import time
from dataclasses import dataclass, replace

from rich.console import Console

from local.stack import Stack
from local.story import business, channels, memory
from local.story.api import Api, Json, Trouble, step
from local.story.memory import Memory

TEMPLATE = "order_packed"
LANGUAGE = "en"
REVIEW_SECONDS = 45


@dataclass(frozen=True)
class Scene:
    """What is there when the first message goes out, and what is worth trying afterwards."""

    api: Api
    key: str
    run: int
    whatsapp: str
    sms: dict[str, str]  # gateway → channel id


def set_up(stack: Stack, console: Console) -> Scene:
    kept = _organization(stack, console)
    api = Api(f"{stack.api_url}/rest/v1", kept.key)
    whatsapp = channels.whatsapp(stack, api, console)
    sms = channels.sms(stack, api, whatsapp, console)
    business.set_up(stack, api, whatsapp, console)
    _template(api, whatsapp, console)
    return Scene(api, kept.key, kept.runs, whatsapp, sms)


def _organization(stack: Stack, console: Console) -> Memory:
    kept = memory.recall(stack)
    old = kept is not None and _is_good(stack, kept)
    with step(console, "Organization Acme and its API key") as say:
        found = kept if kept and old else _create(stack)
        say("kept from an earlier run" if old else "made by invoking CreateOrganizationFunction, which has no route")
    counted = replace(found, runs=found.runs + 1)
    memory.keep(stack, counted)
    return counted


def _is_good(stack: Stack, kept: Memory) -> bool:
    """A key of data that was lost since is no use."""
    try:
        Api(f"{stack.api_url}/rest/v1", kept.key).get(f"/organizations/{kept.organization}")
    except Trouble as trouble:
        if trouble.status not in (401, 403, 404):
            raise
        return False
    return True


def _create(stack: Stack) -> Memory:
    """Invoked with AWS rights: there is no route for it."""
    function = stack.resources["CreateOrganizationFunction"]
    answer = stack.client("lambda").invoke(FunctionName=function, Payload=json.dumps({"name": "Acme"}))
    made = json.load(answer["Payload"])
    if "FunctionError" in answer:
        raise Trouble("CreateOrganizationFunction failed", made)
    return Memory(made["organization"]["id"], made["api_key"]["secret"])


def _template(api: Api, whatsapp: str, console: Console) -> None:
    with step(console, f'Template "{TEMPLATE}" with two variables, approved by WhatsApp') as say:
        found = _existing(api, whatsapp) or api.post("/templates", _content(whatsapp))
        if found["status"] == "approved":
            return say("approved in an earlier run")
        if found["status"] in ("draft", "rejected"):
            api.post(f"/templates/{found['id']}/submit", {})
        say(f"drafted, submitted, and approved after {_reviewed(api, found['id']):.0f} s")


def _existing(api: Api, whatsapp: str) -> Json | None:
    found = api.get("/templates", channel_id=whatsapp)["items"]
    return next((each for each in found if (each["name"], each["language"]) == (TEMPLATE, LANGUAGE)), None)


def _content(whatsapp: str) -> Json:
    return {
        "channel_id": whatsapp,
        "name": TEMPLATE,
        "language": LANGUAGE,
        "category": "UTILITY",
        "components": [
            {"type": "HEADER", "format": "TEXT", "text": "Your order is ready"},
            {
                "type": "BODY",
                "text": "Hello $(name), we have packed your order $(order), it waits for you at our counter.",
            },
            {"type": "FOOTER", "text": "Acme, open until 8 pm"},
            {"type": "BUTTONS", "buttons": [_button()]},
        ],
        "samples": {"name": "Anna", "order": "A-1001"},
    }


def _button() -> Json:
    return {"type": "QUICK_REPLY", "text": business.BUTTON, "press": {"intent": business.CODE}}


def _reviewed(api: Api, template: str) -> float:
    began = time.monotonic()
    while (found := api.get(f"/templates/{template}"))["status"] != "approved":
        if found["status"] == "rejected" or time.monotonic() - began > REVIEW_SECONDS:
            raise Trouble(f"The template is {found['status']}, not approved.", found)
        time.sleep(0.5)
    return time.monotonic() - began
