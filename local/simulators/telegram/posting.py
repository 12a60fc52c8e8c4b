"""One update on its way to a webhook: the POST, its forged forerunner, its copies, and the counts of all of them."""

import json
import random
import threading
import time
from collections import deque
from http import HTTPStatus
from http.client import HTTPException
from typing import Any

from local.simulators.common.clock import rfc3339
from local.simulators.telegram.settings import TelegramSettings
from local.simulators.telegram.state import Update, Webhook
from local.simulators.wire import client
from local.simulators.wire.client import Answer

SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105 the name of a header
LONGEST_RETRY_AFTER = 3600
COUNTS = ("sent", "ok", "refused", "gave_up", "forged_refused", "forged_accepted")

Outcome = Answer | str  # the answer, or what went wrong instead of one


class Poster:
    def __init__(self, settings: TelegramSettings) -> None:
        self._settings = settings
        self._lock = threading.Lock()
        self._epoch = 0
        self.reset()

    def reset(self) -> None:
        """What is still on its way counts for the time before."""
        with self._lock:
            self._epoch += 1
            self._counts = dict.fromkeys(COUNTS, 0)
            self._in_flight = 0
            self._errors: deque[dict[str, Any]] = deque(maxlen=50)
            self._seconds: deque[float] = deque(maxlen=5000)

    def report(self) -> dict[str, Any]:
        with self._lock:
            waits = sorted(self._seconds)
            return {
                **self._counts,
                "in_flight": self._in_flight,
                "median_seconds": waits[len(waits) // 2] if waits else None,
                "max_seconds": waits[-1] if waits else None,
                "last_errors": list(self._errors),
            }

    def gave_up(self) -> None:
        with self._lock:
            self._counts["gave_up"] += 1

    def post_all(self, webhook: Webhook, update: Update) -> Outcome:
        """The last outcome; copies go out as long as they are taken."""
        if self._settings.bad_signature:
            self._forge(webhook, update)
        outcome = self._post(webhook, update.body)
        for _ in range(update.copies * int(self._settings.duplicates) - 1):
            if not taken(outcome):
                return outcome
            outcome = self._post(webhook, update.body)
        return outcome

    def _forge(self, webhook: Webhook, update: Update) -> None:
        fake = {**update.body, "update_id": update.id + 1_000_000_000}
        accepted = taken(self._exchange(webhook.url, fake, "not-the-secret"))
        with self._lock:
            self._counts["forged_accepted" if accepted else "forged_refused"] += 1

    def _post(self, webhook: Webhook, body: dict[str, Any]) -> Outcome:
        with self._lock:
            self._in_flight += 1
            epoch = self._epoch
        began = time.monotonic()
        outcome = self._exchange(webhook.url, body, webhook.secret)
        with self._lock:
            if epoch == self._epoch:
                self._note(webhook.url, outcome, time.monotonic() - began)
        return outcome

    def _note(self, url: str, outcome: Outcome, seconds: float) -> None:
        self._in_flight -= 1
        self._counts["sent"] += 1
        self._counts["ok" if taken(outcome) else "refused"] += 1
        self._seconds.append(seconds)
        if not taken(outcome):
            status = outcome.status if isinstance(outcome, Answer) else 0
            text = outcome.body[:200].decode("utf-8", "replace") if isinstance(outcome, Answer) else outcome
            self._errors.append({"at": rfc3339(), "url": url, "status": status, "answer": text})

    def _exchange(self, url: str, body: dict[str, Any], secret: str) -> Outcome:
        headers = {"Content-Type": "application/json"} | ({SECRET_HEADER: secret} if secret else {})
        try:
            return client.exchange("POST", url, json.dumps(body).encode(), headers, self._settings.webhook_timeout)
        except TimeoutError:
            return "Read timeout expired"
        except ConnectionRefusedError:
            return "Connection refused"
        except (OSError, HTTPException, ValueError) as error:
            return f"Connection failed: {error!r}"


def taken(outcome: Outcome) -> bool:
    return isinstance(outcome, Answer) and 200 <= outcome.status < 300


def problem(outcome: Outcome) -> str:
    """As getWebhookInfo shows it."""
    if isinstance(outcome, str):
        return outcome
    phrase = HTTPStatus(outcome.status).phrase if outcome.status in HTTPStatus._value2member_map_ else "Unknown"
    return f"Wrong response from the webhook: {outcome.status} {phrase}"


def pause(settings: TelegramSettings, failures: int, outcome: Outcome) -> float:
    """Seconds until the next attempt: what the receiver asks for, or at once, then longer and longer."""
    asked = str(outcome.headers.get("Retry-After", "")) if isinstance(outcome, Answer) else ""
    if asked.isdecimal():
        return min(int(asked), LONGEST_RETRY_AFTER) * settings.retry_after_scale
    if failures == 1:
        return 0.0
    ceiling = settings.retry_ceiling * random.uniform(1, 2)
    return float(min(settings.retry_seconds * settings.retry_factor ** min(failures - 2, 30), ceiling))
