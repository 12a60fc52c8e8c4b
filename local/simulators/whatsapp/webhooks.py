"""Webhooks of WhatsApp: who gets them, how they are put into envelopes, signed, held, mixed and repeated."""

import dataclasses
import random
import threading
import time
from typing import Any

from local.simulators.common.outbox import Outbox, Post, Retry
from local.simulators.common.scheduler import Scheduler
from local.simulators.whatsapp import envelope
from local.simulators.whatsapp.settings import WhatsAppSettings
from local.simulators.whatsapp.state import App, State

OVERRIDABLE = {"messages"}
MOST_PER_POST = 1000


@dataclasses.dataclass(frozen=True)
class Update:
    """One change of one WhatsApp business account."""

    waba_id: str
    field: str
    value: dict[str, Any] = dataclasses.field(repr=False)
    phone_id: str | None = None
    copies: int = 1
    at: float = dataclasses.field(default_factory=time.time)


Target = tuple[str, str]  # app secret, url


class Webhooks:
    def __init__(self, state: State, settings: WhatsAppSettings, outbox: Outbox, scheduler: Scheduler) -> None:
        self._state, self._settings, self._outbox, self._scheduler = state, settings, outbox, scheduler
        self._lock = threading.Lock()
        self._held: list[tuple[Target, Update]] = []
        self._pending: list[tuple[Target, Update]] = []
        self._lost = 0

    def publish(self, update: Update, now: bool = False) -> None:
        """Without a subscription of the business account and a callback of the app an event is lost."""
        targets = self._targets(update)
        self._lost += not targets
        for target in targets:
            self._route(target, update, now)

    def release(self, order: str = "random") -> int:
        with self._lock:
            held, self._held = self._held, []
        _arrange(held, order)
        self._send(held)
        return len(held)

    def report(self) -> dict[str, Any]:
        with self._lock:
            waiting = {"held": len(self._held), "batching": len(self._pending), "lost_without_subscription": self._lost}
        return {**self._outbox.report(), **waiting}

    def reset(self) -> None:
        with self._lock:
            self._held, self._pending, self._lost = [], [], 0
        self._scheduler.clear("batch")
        self._outbox.reset()

    def stop(self) -> None:
        self._outbox.stop()

    def _targets(self, update: Update) -> list[Target]:
        with self._state.lock:
            waba = self._state.wabas.get(update.waba_id)
            phone = self._state.phones.get(update.phone_id or "")
            found = [
                (self._state.apps[app_id], override) for app_id, override in (waba.subscribed if waba else {}).items()
            ]
        own = phone.override if phone and update.field in OVERRIDABLE else None
        urls = [(app, _url(app, override, own, update.field)) for app, override in found if _wants(app, update.field)]
        return [(app.secret, url) for app, url in urls if url]

    def _route(self, target: Target, update: Update, now: bool) -> None:
        if now:
            return self._post(target, [update], now=True)
        with self._lock:
            if self._settings.hold_webhooks:
                return self._held.append((target, update))
            if self._settings.batch > 1 or self._settings.shuffle:
                if not self._pending:
                    self._scheduler.after(self._settings.batch_seconds, self._flush, "batch")
                return self._pending.append((target, update))
        return self._post(target, [update])

    def _flush(self) -> None:
        with self._lock:
            pending, self._pending = self._pending, []
        if self._settings.shuffle:
            random.shuffle(pending)
        self._send(pending)

    def _send(self, items: list[tuple[Target, Update]]) -> None:
        by_target: dict[Target, list[Update]] = {}
        for target, update in items:
            by_target.setdefault(target, []).append(update)
        for target, updates in by_target.items():
            for group in self._groups(updates):
                self._post(target, group)

    def _groups(self, updates: list[Update]) -> list[list[Update]]:
        most = min(int(self._settings.batch), MOST_PER_POST)
        groups = []
        while updates:
            size = random.randint(1, max(most, 5)) if self._settings.shuffle else max(most, 1)
            groups.append(updates[:size])
            updates = updates[size:]
        return groups

    def _post(self, target: Target, updates: list[Update], now: bool = False) -> None:
        secret, url = target
        body = envelope.encode(updates, self._settings)
        if self._settings.bad_signature:
            self._outbox.post(Post(url, *envelope.forged(updates, self._settings), forged=True))
        times = max(int(self._settings.duplicates), *(update.copies for update in updates))
        for _ in range(times):
            post = Post(url, body, envelope.signed(secret, body), retry=self._retry())
            self._outbox.post_now(post) if now else self._outbox.post(post)

    def _retry(self) -> Retry:
        s = self._settings
        return Retry(s.retry_seconds, s.retry_factor, s.retry_limit_seconds, s.webhook_timeout)


def _wants(app: App, field: str) -> bool:
    return app.fields is None or field in app.fields


def _url(app: App, waba_override: str | None, phone_override: str | None, field: str) -> str | None:
    """Precedence phone > business account > app; only `messages` can be diverted."""
    return (phone_override or waba_override or app.callback_url) if field in OVERRIDABLE else app.callback_url


def _arrange(items: list[Any], order: str) -> None:
    if order == "random":
        random.shuffle(items)
    elif order == "reverse":
        items.reverse()
