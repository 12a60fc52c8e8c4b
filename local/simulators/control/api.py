"""Routes of the control API; every answer is JSON."""

from collections.abc import Callable
from dataclasses import fields
from typing import Any

from local.simulators.business.api import Business
from local.simulators.common.faults import Faults, NextError
from local.simulators.common.journal import Journal
from local.simulators.common.settings import BadSetting, Settings
from local.simulators.control.errors import ControlError
from local.simulators.control.telegram import TelegramControl
from local.simulators.control.whatsapp import WhatsAppControl
from local.simulators.sms_gateway.api import Gateway
from local.simulators.sms_voice.api import Voice
from local.simulators.telegram.world import World as TelegramWorld
from local.simulators.whatsapp.errors import GraphError
from local.simulators.whatsapp.world import World
from local.simulators.wire.reply import Reply, plain_json
from local.simulators.wire.request import MalformedBody, Request
from local.simulators.wire.router import Router

Params = dict[str, Any]


class Control:
    def __init__(
        self,
        journal: Journal,
        faults: Faults,
        world: World,
        gateway: Gateway,
        voice: Voice,
        telegram: TelegramWorld,
        business: Business,
    ) -> None:
        self.journal, self.faults, self.world, self.gateway, self.voice = journal, faults, world, gateway, voice
        self.telegram_world, self.business = telegram, business
        self.settings: dict[str, Settings] = {
            "whatsapp": world.settings,
            "sms_gateway": gateway.settings,
            "sms_voice": voice.settings,
            "telegram": telegram.settings,
            "business": business.settings,
        }
        self.whatsapp, self.telegram = WhatsAppControl(world), TelegramControl(telegram)
        self._router = Router()
        self._routes()

    def _routes(self) -> None:
        own: dict[str, Callable[..., Any]] = {
            "GET /health": lambda params: {"ok": True},
            "GET /log": self.log,
            "GET /served": self.served,
            "GET /errors": self.errors,
            "GET /settings": lambda params: self.shown(),
            "POST /settings": self.change,
            "POST /reset": self.reset,
            "GET /webhooks": self.webhooks,
            "POST /next_error": self.next_error,
            "GET /events": lambda params: self.voice.events.emitted(),
            "POST /tokens/revoke": self.revoke,
            "POST /tokens/restore": self.restore,
            "POST /callback": self.callback,
        }
        for route, function in (own | self.whatsapp.routes() | self.telegram.routes()).items():
            method, path = route.split(" ")
            self._router.add(method, path, function)

    def handle(self, request: Request) -> Reply:
        found = self._router.find(request.method, request.path)
        if found is None:
            return plain_json({"error": f"no route {request.method} {request.path}"}, 404)
        function, parts = found
        try:
            return plain_json(function(request.params, **parts))
        except ControlError as error:
            return plain_json({"error": str(error)}, error.http)
        except (BadSetting, MalformedBody, GraphError, KeyError, ValueError, TypeError) as error:
            return plain_json({"error": f"{type(error).__name__}: {error}"}, 400)

    def log(self, params: Params) -> list[Params]:
        return self.journal.log(params.get("simulator"), params.get("to"), int(params.get("after", 0)))

    def errors(self, params: Params) -> list[Params]:
        return self.journal.errors(params.get("simulator"), params.get("to"), int(params.get("after", 0)))

    def served(self, params: Params) -> dict[str, dict[str, int]]:
        return self.journal.served(str(params.get("reached", "")).lower() in ("1", "true"))

    def shown(self) -> Params:
        return {name: settings.to_json() for name, settings in self.settings.items()}

    def change(self, params: Params) -> Params:
        for name, values in params.items():
            if name not in self.settings:
                raise ControlError(f"unknown simulator {name!r}; there are {', '.join(self.settings)}")
            self.settings[name].update(values)
        return self.shown()

    def reset(self, params: Params) -> Params:
        """People, counts, modes and forced errors; with `everything` the configuration too."""
        self.world.reset()
        self.gateway.reset()
        self.voice.reset()
        self.telegram_world.reset(bool(params.get("everything")))
        self.business.reset(bool(params.get("everything")))
        self.faults.clear()
        self.journal.clear()
        if params.get("everything"):
            self.world.scheduler.clear("review")
            self.gateway.revoked.clear()
            with self.world.state.lock:
                self.world.state.seed()
        return {"ok": True}

    def webhooks(self, params: Params) -> Params:
        voice = {**self.voice.events.counts, "last_errors": list(self.voice.events.last_errors)}
        each = {
            "whatsapp": self.world.webhooks.report(),
            "sms_gateway": self.gateway.outbox.report(),
            "sms_voice": voice,
            "telegram": self.telegram_world.delivery.report(),
        }
        totals = {name: sum(report[name] for report in each.values()) for name in ("sent", "ok", "refused")}
        last = [problem for report in each.values() for problem in report["last_errors"]]
        return {**totals, "last_errors": last, **each}

    def next_error(self, params: Params) -> Params:
        known = {item.name for item in fields(NextError)}
        if params.get("simulator") not in self.settings or set(params) - known:
            raise ControlError(f"simulator must be one of {', '.join(self.settings)}; fields are {sorted(known)}")
        self.faults.add(NextError(**params))
        return {"ok": True}

    def revoke(self, params: Params) -> Params:
        token, subcode = str(params["token"]), params.get("subcode", 463)
        with self.world.state.lock:
            self.world.state.revoked[token] = None if subcode is None else int(subcode)
        self.gateway.revoked.add(token)
        self.telegram_world.state.revoked.add(token)
        return {"ok": True}

    def restore(self, params: Params) -> Params:
        with self.world.state.lock:
            self.world.state.revoked.pop(str(params["token"]), None)
        self.gateway.revoked.discard(str(params["token"]))
        self.telegram_world.state.revoked.discard(str(params["token"]))
        return {"ok": True}

    def callback(self, params: Params) -> Params:
        if params.get("simulator", "whatsapp") == "sms_gateway":
            self.gateway.settings.callback_url = str(params["callback_url"])
            return {"ok": True}
        return self.whatsapp.callback(params)
