"""Delivery events of SMS: for the rules of the engine's EventBridge, and kept for GET /events."""

import threading
import time
import uuid
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Any

from local.simulators.common.journal import Journal
from local.simulators.common.numbers import country
from local.simulators.common.scheduler import Scheduler
from local.simulators.sms_voice.bus import Bus
from local.simulators.sms_voice.segments import segments
from local.simulators.sms_voice.settings import VoiceSettings

SOURCE, DETAIL_TYPE = "aws.sms-voice", "Text Message Delivery Status Updated"
DESCRIPTIONS = {
    "TEXT_SENT": "Message has been accepted by phone carrier",
    "TEXT_DELIVERED": "Message has been accepted by phone",
    "TEXT_CARRIER_UNREACHABLE": "An unknown error occurred while sending to the carrier",
    "TEXT_TTL_EXPIRED": "The message expired before it was delivered",
    "TEXT_BLOCKED": "The phone blocks messages",
}
ACCOUNT = "000000000000"
NOT_FINAL = {"TEXT_QUEUED", "TEXT_PENDING", "TEXT_SENT"}


@dataclass(frozen=True)
class Text:
    id: str
    body: dict[str, Any]
    region: str
    at: float


class Events:
    def __init__(self, journal: Journal, scheduler: Scheduler, settings: VoiceSettings, engine_url: str | None) -> None:
        self._journal, self._scheduler, self._settings, self._engine_url = journal, scheduler, settings, engine_url
        self._pool = ThreadPoolExecutor(4, "sms_voice")
        self._lock = threading.Lock()
        self._buses: dict[str, Bus] = {}
        self._emitted: deque[dict[str, Any]] = deque(maxlen=50_000)
        self.counts = {"sent": 0, "ok": 0, "refused": 0}
        self.last_errors: deque[str] = deque(maxlen=50)

    def follow(self, text: Text, kinds: tuple[str, ...]) -> None:
        for kind in kinds:
            delay = self._settings.delivered_seconds if kind not in NOT_FINAL else self._settings.sent_seconds
            self._scheduler.after(delay, partial(self._submit, text, kind), "sms_voice")

    def _submit(self, text: Text, kind: str) -> None:
        self._pool.submit(self.emit, text, kind)

    def emit(self, text: Text, kind: str) -> None:
        event = _envelope(text, self._detail(text, kind))
        for _ in range(int(self._settings.duplicates)):
            with self._lock:
                self._emitted.append(event)
            if self._engine_url:
                self._put(event)

    def emitted(self) -> list[dict[str, Any]]:
        with self._lock:
            return list(self._emitted)

    def reset(self) -> None:
        self._scheduler.clear("sms_voice")
        with self._lock:
            self._emitted.clear()
            self.last_errors.clear()
            self.counts = dict.fromkeys(self.counts, 0)

    def stop(self) -> None:
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _detail(self, text: Text, kind: str) -> dict[str, Any]:
        """The documented EventBridge sample names no destination number: messageId and context identify it."""
        encoding, parts = segments(text.body["MessageBody"])
        return {
            "eventType": kind,
            "eventVersion": "1.0",
            "eventTimestamp": int(time.time() * 1000),
            "isFinal": kind not in NOT_FINAL,
            "originationPhoneNumber": text.body.get("OriginationIdentity", "NOTICE"),
            "isoCountryCode": country(text.body["DestinationPhoneNumber"]),
            "isInternationalSend": False,
            "mcc": "262",
            "mnc": "01",
            "carrierName": "Local Mobile",
            "messageId": text.id,
            "messageRequestTimestamp": int(text.at * 1000),
            "messageEncoding": encoding,
            "messageType": text.body.get("MessageType", "TRANSACTIONAL"),
            "messageStatus": kind.removeprefix("TEXT_"),
            "messageStatusDescription": DESCRIPTIONS.get(kind, kind),
            "context": text.body.get("Context", {}),
            "totalMessageParts": parts,
            "totalMessagePrice": round(parts * self._settings.price_per_part, 5),
            "totalCarrierFee": 0.0,
        }

    def _put(self, event: dict[str, Any]) -> None:
        self.counts["sent"] += 1
        try:
            problem = None if self._bus(event["region"]).publish(event) else "no rule of the bus matches"
        except Exception as error:  # whatever boto3 raises: the event is best effort, as at AWS
            problem = repr(error)
        self.counts["refused" if problem else "ok"] += 1
        if problem:
            self.last_errors.append(problem)
            self._journal.refused("sms_voice", to=None, path="events", details=problem)

    def _bus(self, region: str) -> Bus:
        with self._lock:
            if region not in self._buses:
                self._buses[region] = Bus(str(self._engine_url), region)
            return self._buses[region]


def _envelope(text: Text, detail: dict[str, Any]) -> dict[str, Any]:
    return {
        "version": "0",
        "id": str(uuid.uuid4()),
        "detail-type": DETAIL_TYPE,
        "source": SOURCE,
        "account": ACCOUNT,
        "time": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "region": text.region,
        "resources": [],
        "detail": detail,
    }
