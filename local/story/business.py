"""Acme's own server: told of everything that happens, and asked what to answer to who is on their way."""

from rich.console import Console

from local.stack import Stack
from local.story.api import Api, Json, step

NAME = "Acme's server"
CODE, BUTTON = "on_my_way", "On my way"
KINDS = ["ChatAppStatus", "ChatAppInbound", "ChatAppAudit"]


def set_up(stack: Stack, api: Api, whatsapp: str, console: Console) -> None:
    """The server's address is new in every run, and what it knew is gone: it gets new secrets."""
    with step(console, f'Acme\'s own server: receipts of everything, and the intent "{BUTTON}"') as say:
        url = stack.simulators["business_url"]
        server = Api(url)
        _endpoint(api, server, f"{url}/receipts")
        system = _system(api, whatsapp, f"{url}/intents")
        server.post("/secrets", system)
        _intent(api, whatsapp, str(system["id"]))
        say("it was given their secrets, each shown once: they prove who calls")


def _endpoint(api: Api, server: Api, url: str) -> None:
    """One of an earlier run is off while its secret changes: then what still waits for it comes with the new one."""
    found = _named(api.get("/receipt_endpoints")["items"])
    if found is None:
        wanted = {"name": NAME, "kinds": KINDS, "format": "parley", "url": url}
        server.post("/secrets", api.post("/receipt_endpoints", wanted))
        return
    path = f"/receipt_endpoints/{found['id']}"
    api.patch(path, {"is_active": False})
    server.post("/secrets", api.post(f"{path}/rotate_secret", {"grace": 0}))
    api.patch(path, {"url": url, "is_active": True})


def _system(api: Api, whatsapp: str, url: str) -> Json:
    """With its new secrets."""
    found = _named(api.get("/business_systems", channel_id=whatsapp)["items"])
    if found is None:
        return api.post("/business_systems", {"channel_id": whatsapp, "name": NAME, "url": url})
    path = f"/business_systems/{found['id']}"
    api.patch(path, {"url": url})
    return api.post(f"{path}/refresh_signature", {"grace": 0})


def _named(rows: list[Json]) -> Json | None:
    return next((each for each in rows if each["name"] == NAME), None)


def _intent(api: Api, whatsapp: str, system: str) -> None:
    known = api.get("/intents", channel_id=whatsapp)["items"]
    if not any(each["code"] == CODE for each in known):
        api.post("/intents", {"business_system_id": system, "code": CODE, "name": BUTTON, "keywords": ["coming"]})
