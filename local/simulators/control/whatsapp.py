"""The part of the control API that plays Meta, its reviewers and the people with a phone."""

from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from local.simulators.control.errors import ControlError
from local.simulators.whatsapp import decisions, inbound, presses, review, subscriptions
from local.simulators.whatsapp.state import APP_ID, DISPLAY, PHONE_ID, WABA_ID, App, Phone, Template, Waba
from local.simulators.whatsapp.webhooks import Update
from local.simulators.whatsapp.world import World

Params = dict[str, Any]


class WhatsAppControl:
    def __init__(self, world: World) -> None:
        self.world = world

    def routes(self) -> dict[str, Callable[..., Any]]:
        return {
            "POST /inbound": self.inbound,
            "POST /press": self.press,
            "POST /hold": self.hold,
            "POST /release": self.release,
            "GET /templates": self.templates,
            "POST /templates/{template_id}": self.force,
            "POST /phones": self.phone,
            "GET /phones": self.phones,
            "POST /apps": self.app,
            "POST /decisions": self.decide,
            "POST /updates": self.update,
        }

    def callback(self, params: Params) -> Params:
        app = self.world.state.apps.get(str(params.get("app_id", APP_ID)))
        if app is None:
            raise ControlError("no such app", 404)
        subscriptions.set_callback(app, str(params["callback_url"]), params.get("verify_token"), params.get("fields"))
        return {"ok": True, "app_id": app.id}

    def inbound(self, params: Params) -> Params:
        phone = self._phone(params)
        if "from" not in params:
            raise ControlError("from is required")
        message = inbound.receive(self.world, phone, params)
        return {"id": message["id"], "message": message}

    def press(self, params: Params) -> Params:
        message = presses.press(self.world, params)
        if message is None:
            raise ControlError("no such message, or no such button under it", 404)
        return {"id": message["id"], "message": message}

    def hold(self, params: Params) -> Params:
        self.world.settings.hold_webhooks = True
        return {"ok": True}

    def release(self, params: Params) -> Params:
        """Everything held goes out; holding goes on only with `keep`."""
        self.world.settings.hold_webhooks = bool(params.get("keep", False))
        return {"released": self.world.webhooks.release(str(params.get("order", "random")))}

    def templates(self, params: Params) -> list[Params]:
        with self.world.state.lock:
            return [asdict(template) for template in self.world.state.templates.values()]

    def force(self, params: Params, template_id: str) -> Params:
        template = self.world.state.templates.get(template_id)
        if template is None:
            raise ControlError("no such template", 404)
        if "category" in params:
            review.change_category(self.world, template, str(params["category"]).upper(), bool(params.get("announce")))
        if "status" in params:
            review.change(
                self.world,
                template,
                str(params["status"]).upper(),
                reason=params.get("reason", review.NONE),
                info=self._info(params),
                quiet=bool(params.get("quiet")),
            )
        if "quality" in params:
            self._quality(template, str(params["quality"]))
        return asdict(template)

    def _info(self, params: Params) -> Params:
        return {name: params[name] for name in ("rejection_info", "other_info", "disable_info") if name in params}

    def _quality(self, template: Template, score: str) -> None:
        value = {"previous_quality_score": "UNKNOWN", "new_quality_score": score.upper(), **review.identity(template)}
        self.world.webhooks.publish(Update(template.waba_id, "message_template_quality_update", value))

    def phone(self, params: Params) -> Params:
        """Add or change a number; its business account appears with it."""
        waba_id, phone_id = str(params.get("waba", WABA_ID)), str(params["phone_number_id"])
        with self.world.state.lock:
            self.world.state.wabas.setdefault(waba_id, Waba(waba_id))
            known = self.world.state.phones.get(phone_id)
            phone = known or Phone(phone_id, waba_id, str(params.get("display_phone_number", DISPLAY)))
            phone.waba_id = waba_id
            phone.display = str(params.get("display_phone_number", phone.display))
            for name in {"verified_name", "registered", "verified", "pin", "status", "quality"} & set(params):
                setattr(phone, name, params[name])
            self.world.state.phones[phone_id] = phone
        return asdict(phone)

    def phones(self, params: Params) -> list[Params]:
        with self.world.state.lock:
            return [asdict(phone) for phone in self.world.state.phones.values()]

    def app(self, params: Params) -> Params:
        """Another app with its own secret: tokens `EAA-local-<app_id>-…` belong to it."""
        app = App(str(params["app_id"]), str(params["app_secret"]), str(params.get("name", "Another app")))
        with self.world.state.lock:
            self.world.state.apps[app.id] = app
        return asdict(app)

    def decide(self, params: Params) -> Params:
        fields = decisions.decide(self.world, self._phone(params), params)
        if not fields:
            raise ControlError("one of name, quality, review and account is required")
        return {"fields": fields}

    def update(self, params: Params) -> Params:
        """Any other webhook field, as Meta would send it to the subscribers of this business account."""
        waba_id, value = str(params.get("waba", WABA_ID)), params["value"]
        self.world.webhooks.publish(Update(waba_id, str(params["field"]), value, params.get("phone_number_id")))
        return {"ok": True}

    def _phone(self, params: Params) -> Phone:
        phone = self.world.state.phones.get(str(params.get("phone_number_id") or params.get("phone") or PHONE_ID))
        if phone is None:
            raise ControlError("no such phone number", 404)
        return phone
