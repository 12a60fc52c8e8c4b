"""The AWS JSON 1.0 endpoint of End User Messaging SMS."""

import re
import threading
import time
import uuid
from typing import Any

from local.simulators.common.faults import Faults, NextError
from local.simulators.common.journal import Journal
from local.simulators.common.numbers import digits
from local.simulators.sms_voice import validation
from local.simulators.sms_voice.behaviours import Behaviour, behaviour_of
from local.simulators.sms_voice.errors import ServiceError, answer
from local.simulators.sms_voice.events import Events, Text
from local.simulators.sms_voice.settings import VoiceSettings
from local.simulators.wire.reply import Fault, Reply, bad_gateway
from local.simulators.wire.request import MalformedBody, Request

NAME = "sms_voice"
TARGET = "PinpointSMSVoiceV2."
SCOPE = re.compile(r"AWS4-HMAC-SHA256 Credential=([^/]+)/\d{8}/([a-z0-9-]+)/sms-voice/aws4_request")


class Voice:
    def __init__(self, journal: Journal, faults: Faults, settings: VoiceSettings, events: Events) -> None:
        self.journal, self.faults, self.settings, self.events = journal, faults, settings, events
        self._lock = threading.Lock()
        self._tried: set[str] = set()

    def reset(self) -> None:
        self.events.reset()
        self.settings.reset()
        with self._lock:
            self._tried.clear()

    def handle(self, request: Request) -> Reply:
        try:
            return self._act(request)
        except MalformedBody as malformed:
            error = ServiceError("SerializationException", str(malformed))
        except ServiceError as refused:
            error = refused
        self.journal.refused(
            NAME,
            to=error.to,
            path=request.headers.get("X-Amz-Target"),
            http=error.http,
            code=error.name,
            reason=error.reason,
            details=str(error),
        )
        return error.reply()

    def _act(self, request: Request) -> Reply:
        scope = SCOPE.match(request.headers.get("Authorization", ""))
        if scope is None:
            raise ServiceError(
                "MissingAuthenticationTokenException", "The request is not signed for sms-voice.", http=403
            )
        operation = request.headers.get("X-Amz-Target", "")
        if operation == TARGET + "SendTextMessage":
            return self._send(request.body_params, scope[2])
        if operation == TARGET + "DescribePhoneNumbers":
            return answer({"PhoneNumbers": [_number(identity) for identity in self.settings.identities]})
        if operation == TARGET + "DescribeAccountAttributes":
            return answer({"AccountAttributes": [{"Name": "ACCOUNT_TIER", "Value": "PRODUCTION"}]})
        raise ServiceError("UnknownOperationException", f"{operation} is not simulated.")

    def _send(self, body: dict[str, Any], region: str) -> Reply:
        validation.check(body, self.settings.identities)
        to = "+" + digits(body["DestinationPhoneNumber"])
        try:
            return self._to(to, body, region)
        except ServiceError as error:
            error.to = to
            raise

    def _to(self, to: str, body: dict[str, Any], region: str) -> Reply:
        reference = _reference(body)
        self.journal.seen(NAME, to, reference)
        fault = self.faults.for_send(NAME, to)
        if fault and not fault.accept:
            return _forced(fault)
        behaviour = behaviour_of(to)
        self._refuse(to, behaviour)
        if behaviour.html:
            self.journal.refused(NAME, to=to, path="SendTextMessage", http=502, code=None, details="html")
            return bad_gateway()
        text = Text(str(uuid.uuid4()), body, region, time.time())
        reply = answer({"MessageId": text.id})
        if body.get("DryRun"):
            return reply
        self._accept(to, reference, text, behaviour)
        return _forced(fault) if fault else reply.broken(Fault.CUT if behaviour.cut else Fault.NONE)

    def _refuse(self, to: str, behaviour: Behaviour) -> None:
        if behaviour.refuse:
            raise ServiceError(behaviour.refuse[0], "Forced by the recipient's number.", behaviour.refuse[1])
        with self._lock:
            first = to not in self._tried
            self._tried.add(to)
        if behaviour.throttled_first and first:
            raise ServiceError("ThrottlingException", "Rate exceeded")

    def _accept(self, to: str, reference: str | None, text: Text, behaviour: Behaviour) -> None:
        body = text.body
        self.journal.accepted(
            NAME,
            to,
            reference,
            True,
            sender=body.get("OriginationIdentity"),
            type="text",
            text=body["MessageBody"],
            context=body.get("Context"),
            ttl=body.get("TimeToLive"),
            message_type=body.get("MessageType"),
            id=text.id,
            events=list(behaviour.events),
        )
        self.events.follow(text, behaviour.events)


def _reference(body: dict[str, Any]) -> str | None:
    """Our own id is wherever the sender put it in the context: the first value identifies the message."""
    values = list((body.get("Context") or {}).values())
    return str(values[0]) if values else None


def _number(identity: str) -> dict[str, Any]:
    return {
        "PhoneNumber": identity,
        "PhoneNumberId": f"phone-{digits(identity) or identity}",
        "Status": "ACTIVE",
        "IsoCountryCode": "DE",
        "MessageType": "TRANSACTIONAL",
        "NumberCapabilities": ["SMS"],
        "NumberType": "LONG_CODE",
        "MonthlyLeasingPrice": "1.00",
        "TwoWayEnabled": False,
        "SelfManagedOptOutsEnabled": False,
        "OptOutListName": "Default",
        "DeletionProtectionEnabled": False,
    }


def _forced(fault: NextError) -> Reply:
    if fault.cut:
        return Reply(fault=Fault.CUT)
    if isinstance(fault.body, str):
        return Reply(fault.http, fault.body.encode(), {"Content-Type": "text/html"})
    if fault.body is not None:
        return answer(fault.body, fault.http)
    name = str(fault.code or "InternalServerException")
    return ServiceError(name, "Forced by the control API.", fault.reason, fault.http).reply()
