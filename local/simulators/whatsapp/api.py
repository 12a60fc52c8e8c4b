"""The Graph API: authorisation, the object behind an id, and what can be done with it."""

import json
import re
import time
from collections.abc import Callable
from typing import Any

from local.simulators.whatsapp import access, limits, media, messages, phones, subscriptions, templates
from local.simulators.whatsapp.errors import GraphError, missing_object, trace_id
from local.simulators.whatsapp.faulty import forced
from local.simulators.whatsapp.state import App, Media, Phone, Template, Waba
from local.simulators.whatsapp.template_views import shown
from local.simulators.whatsapp.world import Call, World
from local.simulators.wire.reply import Reply, graph_json
from local.simulators.wire.request import MalformedBody, Request

VERSION = re.compile(r"/(v\d+\.0)(/.*)")
MANAGED = {"message_templates"}
Action = Callable[[World, Call, Any], Reply]

ACTIONS: dict[tuple[type, str, str], Action] = {
    (Phone, "GET", ""): phones.get,
    (Phone, "POST", ""): phones.change,
    (Phone, "POST", "messages"): messages.post_message,
    (Phone, "POST", "media"): media.upload,
    (Phone, "POST", "register"): phones.register,
    (Phone, "POST", "deregister"): phones.deregister,
    (Phone, "POST", "request_code"): phones.request_code,
    (Phone, "POST", "verify_code"): phones.verify_code,
    (Phone, "GET", "whatsapp_business_profile"): phones.get_profile,
    (Phone, "POST", "whatsapp_business_profile"): phones.post_profile,
    (Waba, "GET", ""): lambda world, call, waba: graph_json({"id": waba.id, "name": waba.name, "timezone_id": "1"}),
    (Waba, "GET", "phone_numbers"): phones.listed,
    (Waba, "POST", "phone_numbers"): phones.add,
    (Waba, "POST", "subscribed_apps"): subscriptions.post_waba,
    (Waba, "GET", "subscribed_apps"): subscriptions.get_waba,
    (Waba, "DELETE", "subscribed_apps"): subscriptions.delete_waba,
    (Waba, "POST", "message_templates"): templates.create,
    (Waba, "GET", "message_templates"): templates.listed,
    (Waba, "DELETE", "message_templates"): templates.delete,
    (Template, "GET", ""): lambda world, call, template: graph_json(shown(template, call.params.get("fields"))),
    (Template, "POST", ""): templates.edit,
    (Media, "GET", ""): media.get,
    (Media, "DELETE", ""): media.delete,
    (App, "POST", "subscriptions"): subscriptions.post_app,
    (App, "GET", "subscriptions"): subscriptions.get_app,
    (App, "POST", "uploads"): media.start_session,
}


class Graph:
    def __init__(self, world: World) -> None:
        self.world = world

    def handle(self, request: Request) -> Reply:
        try:
            reply = self._checked(request)
        except MalformedBody as error:
            reply = self._refuse(request, GraphError(100, f"Invalid JSON in the body: {error}"))
        except GraphError as error:
            reply = self._refuse(request, error)
        usage = json.dumps({"call_count": 1, "total_time": 1, "total_cputime": 1})
        return reply.with_headers(X_App_Usage=usage, x_fb_trace_id=trace_id(), facebook_api_version="v25.0")

    def _refuse(self, request: Request, error: GraphError) -> Reply:
        self.world.journal.refused(
            "whatsapp",
            to=getattr(error, "to", None),
            path=request.path,
            method=request.method,
            http=error.http,
            code=error.code,
            subcode=error.subcode,
            details=str(error),
        )
        return error.reply()

    def _checked(self, request: Request) -> Reply:
        fault = self.world.faults.for_path("whatsapp", request.path)
        if fault:
            return forced(fault)
        match = VERSION.fullmatch(request.path)
        version, path = match.groups() if match else ("v25.0", request.path)
        if path == "/oauth/access_token":
            return self._app_token(request)
        app = access.authorise(self.world.state, request, self.world.settings.require_appsecret_proof)
        return self._act(Call(request, path, version, app))

    def _app_token(self, request: Request) -> Reply:
        app = self.world.state.apps.get(str(request.params.get("client_id")))
        if app is None or request.params.get("client_secret") != app.secret:
            raise GraphError(101, message="Error validating application. Cannot get application info.", http=400)
        if request.params.get("grant_type") != "client_credentials":
            raise GraphError(100, "Only grant_type client_credentials is simulated.")
        return graph_json({"access_token": f"{app.id}|{app.secret}", "token_type": "bearer"})

    def _act(self, call: Call) -> Reply:
        if call.path == "/debug_token":
            return self._debug_token(call)
        if call.path == "/app":
            return graph_json({"id": call.app.id, "name": call.app.name})
        if call.path.startswith("/whatsapp_business/attachments"):
            return media.download(self.world, call)
        object_id, _, edge = call.path.strip("/").partition("/")
        if object_id in self.world.state.uploads:
            return media.continue_session(self.world, call, object_id)
        return self._on_object(call, object_id, edge.rstrip("/"))

    def _on_object(self, call: Call, object_id: str, edge: str) -> Reply:
        target = self._object(object_id)
        method = call.request.method
        if target is None:
            if not object_id.isdigit():
                raise GraphError(2500, message=f"Unknown path components: {call.path}", http=400)
            raise missing_object(object_id, method)
        action = ACTIONS.get((type(target), method, edge))
        if action is None:
            if edge and not any(kind is type(target) and name == edge for kind, _, name in ACTIONS):
                raise GraphError(2500, message=f"Unknown path components: /{edge}", http=400)
            raise missing_object(object_id, method)
        if edge in MANAGED and isinstance(target, Waba):
            limits.management_call(self.world, target.id)
        return action(self.world, call, target)

    def _object(self, object_id: str) -> Phone | Waba | Template | Media | App | None:
        state = self.world.state
        with state.lock:
            return (
                state.phones.get(object_id)
                or state.wabas.get(object_id)
                or state.templates.get(object_id)
                or state.media.get(object_id)
                or state.apps.get(object_id)
            )

    def _debug_token(self, call: Call) -> Reply:
        """Unlike other calls, a bad input_token is an answer: it is not valid."""
        token = str(call.params.get("input_token") or "")
        if not token:
            raise GraphError(100, "(#100) The parameter input_token is required.")
        try:
            app = access.app_of(self.world.state, token)
        except GraphError:
            return graph_json(
                {
                    "data": {
                        "is_valid": False,
                        "scopes": [],
                        "error": {"code": 190, "message": "Invalid OAuth access token."},
                    }
                }
            )
        return graph_json({"data": self._token_data(token, app)})

    def _token_data(self, token: str, app: App) -> dict[str, Any]:
        scopes = ["business_management", "whatsapp_business_management", "whatsapp_business_messaging"]
        wabas = list(self.world.state.wabas)
        data: dict[str, Any] = {
            "app_id": app.id,
            "type": "SYSTEM_USER",
            "application": app.name,
            "expires_at": 0,
            "data_access_expires_at": int(time.time()) + 90 * 86400,
            "is_valid": token not in self.world.state.revoked,
            "scopes": scopes,
            "user_id": "122100000000000001",
            "granular_scopes": [{"scope": scope, "target_ids": wabas} for scope in scopes[1:]],
        }
        if not data["is_valid"]:
            data["error"] = {"code": 190, "message": "Error validating access token", "subcode": 463}
        return data
