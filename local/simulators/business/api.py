"""The business's server: receipts and intents come in by POST, secrets are given, and people look at what came."""

import random
from typing import Any

from local.simulators.business.calls import Call, Calls, parsed
from local.simulators.business.page import page
from local.simulators.business.secrets import Secrets
from local.simulators.business.settings import BusinessSettings
from local.simulators.common.faults import Faults, NextError
from local.simulators.common.journal import Journal
from local.simulators.wire.reply import Fault, Reply, plain_json
from local.simulators.wire.request import Request
from local.simulators.wire.router import Router

NAME = "business"
BAD_ANSWERS = (500, 502, 503)


class Business:
    def __init__(self, journal: Journal, faults: Faults, settings: BusinessSettings) -> None:
        self.journal, self.faults, self.settings = journal, faults, settings
        self.secrets = Secrets()
        self.calls = Calls(self.secrets)
        self._router = Router()
        self._router.add("POST", "/receipts", self._called)
        self._router.add("POST", "/intents", self._called)
        self._router.add("POST", "/secrets", self._given)
        self._router.add("GET", "/calls", self._listed)
        self._router.add("GET", "/", self._shown)

    def reset(self, everything: bool = False) -> None:
        """Forget what came, and bad days; with `everything` the secrets too."""
        self.calls.clear()
        self.settings.reset()
        if everything:
            self.secrets.clear()

    def handle(self, request: Request) -> Reply:
        found = self._router.find(request.method, request.path)
        if found is None:
            self.journal.refused(NAME, to=request.path, path=request.path, http=404, details="no such route")
            return plain_json({"error": f"no route {request.method} {request.path}"}, 404)
        reply: Reply = found[0](request)
        return reply

    def _called(self, request: Request) -> Reply:
        call = self.calls.heard(request)
        reply = self._forced(request.path) or self._bad_day() or self._good(call)
        call.answered = None if reply.fault is Fault.CUT else reply.status
        self.calls.add(call)
        self._note(call)
        return reply

    def _note(self, call: Call) -> None:
        events = len(call.content) if isinstance(call.content, list) else 1
        about = {"id": call.id, "kind": call.kind, "events": events}
        self.journal.noted(NAME, call.path, **about, verified=call.problem is None, answered=call.answered)

    def _forced(self, path: str) -> Reply | None:
        fault = self.faults.for_send(NAME, path) or self.faults.for_path(NAME, path)
        return _reply(fault) if fault else None

    def _bad_day(self) -> Reply | None:
        settings, thrown = self.settings, random.random()
        if settings.dead:
            return Reply(503)
        if thrown < settings.failing:
            return Reply(random.choice(BAD_ANSWERS))
        if thrown < settings.failing + settings.hanging:
            return Reply(fault=Fault.CUT, delay=settings.hang_seconds)
        return None

    def _good(self, call: Call) -> Reply:
        if call.content is None:
            return plain_json({"error": "this is no JSON"}, 400)
        if call.path.startswith("/intents"):
            return plain_json(self._reply_to(call))
        return plain_json({"code": 0}) if self.settings.answers_code else Reply()

    def _reply_to(self, call: Call) -> dict[str, Any]:
        """In the name of the intent; a test call gets no reply."""
        if not self.settings.reply or not call.intent:
            return {}
        text = self.settings.reply.replace("{intent}", str(call.intent.get("name")))
        return {"reply": {"type": "text", "text": text}}

    def _given(self, request: Request) -> Reply:
        """Whatever its content type: so that an answer of Parley can be piped into curl."""
        given = parsed(request.body)
        try:
            known = self.secrets.add(given if isinstance(given, dict) else {})
        except ValueError as error:
            return plain_json({"error": str(error)}, 400)
        self.calls.look_again()
        return plain_json({"secrets": known})

    def _listed(self, request: Request) -> Reply:
        after = request.query.get("after", "0")
        if not after.isdecimal():
            return plain_json({"error": "after is the seq of a call"}, 400)
        return plain_json([call.to_json() for call in self.calls.all(request.query.get("path"), int(after))])

    def _shown(self, request: Request) -> Reply:
        return Reply(200, page(self.calls.all()).encode(), {"Content-Type": "text/html; charset=utf-8"})


def _reply(fault: NextError) -> Reply:
    if fault.cut:
        return Reply(fault=Fault.CUT)
    reply = plain_json(fault.body or {"error": "forced"}, fault.http)
    return reply.with_headers(Retry_After=str(fault.retry_after)) if fault.retry_after else reply
