"""POST or GET /send of the SMS gateway; failures are mostly HTTP 200 with status ERROR."""

import re
import threading
import uuid
from typing import Any

from local.simulators.common.bucket import Buckets
from local.simulators.common.faults import Faults, NextError
from local.simulators.common.journal import Journal
from local.simulators.common.numbers import digits
from local.simulators.common.outbox import Outbox
from local.simulators.common.scheduler import Scheduler
from local.simulators.sms_gateway import reports
from local.simulators.sms_gateway.behaviours import Behaviour, behaviour_of
from local.simulators.sms_gateway.settings import GatewaySettings
from local.simulators.wire.reply import Fault, Reply, bad_gateway, plain_json
from local.simulators.wire.request import MalformedBody, Request

NAME = "sms_gateway"
PREFIX = "gw-local-"
LONGEST_TEXT = 1600


class Refused(Exception):
    def __init__(self, code: str, http: int = 200, retry_after: int | None = None, to: str | None = None) -> None:
        super().__init__(code)
        self.code, self.http, self.retry_after, self.to = code, http, retry_after, to

    def reply(self) -> Reply:
        reply = plain_json({"status": "ERROR", "code": self.code}, self.http)
        return reply.with_headers(Retry_After=str(self.retry_after)) if self.retry_after else reply


class Gateway:
    def __init__(
        self, journal: Journal, faults: Faults, scheduler: Scheduler, settings: GatewaySettings, outbox: Outbox
    ) -> None:
        self.journal, self.faults, self.scheduler = journal, faults, scheduler
        self.settings, self.outbox = settings, outbox
        self.revoked: set[str] = set()
        self._tried: set[str] = set()
        self._buckets = Buckets()
        self._lock = threading.Lock()

    def reset(self) -> None:
        self.scheduler.clear(NAME)
        self.outbox.reset()
        self.settings.reset()
        with self._lock:
            self._tried.clear()
            self._buckets.clear()

    def handle(self, request: Request) -> Reply:
        try:
            return self._send(request)
        except MalformedBody:
            error = Refused("MALFORMED_BODY", 400)
        except Refused as refused:
            error = refused
        self.journal.refused(NAME, to=error.to, path=request.path, http=error.http, code=error.code, details=error.code)
        return error.reply()

    def _send(self, request: Request) -> Reply:
        if request.path.rstrip("/") != "/send" or request.method not in ("GET", "POST"):
            raise Refused("NOT_FOUND", 404)
        token = request.bearer() or str(request.params.get("apikey") or "")
        if not token.startswith(PREFIX) or len(token) <= len(PREFIX) or token in self.revoked:
            raise Refused("UNAUTHORIZED", 401)
        to = self._checked(request.params)
        try:
            return self._to(to, request.params)
        except Refused as refused:
            refused.to = to
            raise

    def _checked(self, body: dict[str, Any]) -> str:
        to, sender, text = (str(body.get(name) or "").strip() for name in ("to", "from", "text"))
        if not re.fullmatch(r"\+?[1-9]\d{6,14}", to):
            raise Refused("INVALID_NUMBER")
        if not re.fullmatch(r"\+?\d{3,15}|[A-Za-z0-9 _.-]{1,11}", sender):
            raise Refused("INVALID_SENDER")
        if not text or len(text) > LONGEST_TEXT:
            raise Refused("TEXT_TOO_LONG" if text else "EMPTY_TEXT")
        return f"+{digits(to)}"

    def _to(self, to: str, body: dict[str, Any]) -> Reply:
        reference = str(body["reference"]) if body.get("reference") is not None else None
        self.journal.seen(NAME, to, reference)
        fault = self.faults.for_send(NAME, to)
        if fault and not fault.accept:
            return _forced(fault)
        self._take_slot()
        behaviour = behaviour_of(to)
        self._refuse(to, behaviour)
        if behaviour.html:
            self.journal.refused(NAME, to=to, path="/send", http=502, code=None, details="html")
            return bad_gateway()
        answer = self._accept(to, reference, body, behaviour)
        return _forced(fault) if fault else answer

    def _take_slot(self) -> None:
        rate = self.settings.rate
        if not rate:
            return
        with self._lock:
            if self._buckets.level("all", rate, max(rate, 1.0)) < 1:
                raise Refused("THROTTLED", 429, 1)
            self._buckets.take("all", rate, max(rate, 1.0))

    def _refuse(self, to: str, behaviour: Behaviour) -> None:
        if behaviour.refuse:
            raise Refused(behaviour.refuse)
        with self._lock:
            first = to not in self._tried
            self._tried.add(to)
        if behaviour.throttled_first and first:
            raise Refused("THROTTLED", 429, 1)

    def _accept(self, to: str, reference: str | None, body: dict[str, Any], behaviour: Behaviour) -> Reply:
        url = str(body.get("callback_url") or self.settings.callback_url)
        message = reports.Sent(uuid.uuid4().hex, reference, url)
        self.journal.accepted(
            NAME,
            to,
            reference,
            behaviour.report != "REJECTD",
            sender=str(body["from"]),
            type="text",
            text=str(body["text"]),
            id=message.id,
            report=behaviour.report,
        )
        if behaviour.report and url:
            settings = self.settings
            self.scheduler.after(
                settings.report_seconds, lambda: reports.post(self.outbox, settings, message, behaviour), NAME
            )
        answer = plain_json({"status": "OK", "id": message.id})
        return answer.broken(Fault.CUT) if behaviour.cut else answer


def _forced(fault: NextError) -> Reply:
    if fault.cut:
        return Reply(fault=Fault.CUT)
    if isinstance(fault.body, str):
        return Reply(fault.http, fault.body.encode(), {"Content-Type": "text/html"})
    reply = plain_json(fault.body or {"status": "ERROR", "code": str(fault.code or "INTERNAL")}, fault.http)
    return reply.with_headers(Retry_After=str(fault.retry_after)) if fault.retry_after else reply
