"""Who is told: the app's callback, the account's subscribed apps, and overrides; a GET challenge comes first."""

import secrets
from http.client import HTTPException
from typing import Any
from urllib.parse import urlencode

from local.simulators.whatsapp.errors import GraphError, missing_object
from local.simulators.whatsapp.state import App, Phone, Waba
from local.simulators.whatsapp.world import Call, World
from local.simulators.wire import client
from local.simulators.wire.reply import Reply, graph_json

OBJECT = "whatsapp_business_account"


def challenge(url: str, verify_token: str) -> None:
    """The echo must be the challenge verbatim, with status 200."""
    wanted = str(secrets.randbelow(9 * 10**9) + 10**9)
    query = urlencode({"hub.mode": "subscribe", "hub.challenge": wanted, "hub.verify_token": verify_token})
    try:
        status, body = client.call("GET", url + ("&" if "?" in url else "?") + query)
    except (OSError, HTTPException, ValueError) as error:
        raise _refused(f"the URL couldn't be reached: {error!r}") from error
    if status != 200 or body != wanted.encode():
        raise _refused(f"HTTP Status Code = {status}; the answer is not the challenge: {body[:100]!r}")


def _refused(why: str) -> GraphError:
    return GraphError(2200, message=f"(#2200) Callback verification failed with the following errors: {why}")


def set_callback(app: App, url: str, verify_token: str | None, fields: list[str] | None) -> None:
    challenge(url, verify_token or app.verify_token)
    app.callback_url, app.verify_token, app.fields = url, verify_token or app.verify_token, fields


def post_app(world: World, call: Call, app: App) -> Reply:
    body = call.params
    if body.get("object") != OBJECT:
        raise GraphError(100, f"Param object must be {OBJECT}")
    if not body.get("callback_url") or not body.get("verify_token"):
        raise GraphError(100, "The parameters callback_url and verify_token are required.")
    fields = body.get("fields")
    names = [name.strip() for name in fields.split(",")] if isinstance(fields, str) else fields
    set_callback(app, str(body["callback_url"]), str(body["verify_token"]), names)  # type: ignore[arg-type]
    return graph_json({"success": True})


def get_app(world: World, call: Call, app: App) -> Reply:
    if app.callback_url is None:
        return graph_json({"data": []})
    fields = [{"name": name, "version": "v25.0"} for name in app.fields or ["messages"]]
    return graph_json(
        {"data": [{"object": OBJECT, "callback_url": app.callback_url, "active": True, "fields": fields}]}
    )


def post_waba(world: World, call: Call, waba: Waba) -> Reply:
    override = call.params.get("override_callback_uri")
    if override:
        if not call.params.get("verify_token"):
            raise GraphError(100, "The parameter verify_token is required.")
        challenge(str(override), str(call.params["verify_token"]))
    with world.state.lock:
        waba.subscribed[call.app.id] = str(override) if override else None
    return graph_json({"success": True})


def get_waba(world: World, call: Call, waba: Waba) -> Reply:
    with world.state.lock:
        entries = [_subscribed(world.state.apps[app_id], override) for app_id, override in waba.subscribed.items()]
    return graph_json({"data": entries})


def _subscribed(app: App, override: str | None) -> dict[str, Any]:
    entry: dict[str, Any] = {
        "whatsapp_business_api_data": {
            "id": app.id,
            "name": app.name,
            "link": f"https://www.facebook.com/games/?app_id={app.id}",
        }
    }
    return entry | ({"override_callback_uri": override} if override else {})


def delete_waba(world: World, call: Call, waba: Waba) -> Reply:
    with world.state.lock:
        if call.app.id not in waba.subscribed:
            raise missing_object(waba.id, "delete")
        del waba.subscribed[call.app.id]
    return graph_json({"success": True})


def set_phone_override(phone: Phone, configuration: Any) -> None:
    if not isinstance(configuration, dict) or "override_callback_uri" not in configuration:
        raise GraphError(100, "Param webhook_configuration needs override_callback_uri")
    url = configuration["override_callback_uri"]
    if url:
        challenge(str(url), str(configuration.get("verify_token", "")))
    phone.override = str(url) if url else None
