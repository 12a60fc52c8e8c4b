"""Brings updates to webhooks: one after the other within a queue, side by side otherwise, repeated until taken."""

import json
import random
from collections.abc import Callable, Hashable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from http import HTTPStatus
from typing import Any

from local.simulators.common.scheduler import Scheduler
from local.simulators.telegram.posting import Outcome, Poster, pause, problem, taken
from local.simulators.telegram.settings import TelegramSettings
from local.simulators.telegram.state import Bot, Queue, State, Update, Webhook
from local.simulators.wire.client import Answer

POSTS_AT_ONCE = 6  # each may start a worker of its own at the receiving side
TAG = "telegram delivery"
QUERIES = ("callback_query", "shipping_query", "pre_checkout_query")
GONE_LIMIT = 23 * 3600


class Delivery:
    def __init__(
        self, state: State, settings: TelegramSettings, scheduler: Scheduler, now: Callable[[], float]
    ) -> None:
        self._state, self._settings, self._scheduler, self._now = state, settings, scheduler, now
        self._pool = ThreadPoolExecutor(POSTS_AT_ONCE, "telegram")
        self._poster = Poster(settings)
        self.execute: Callable[[Bot, dict[str, Any]], None] = lambda bot, call: None

    def reset(self) -> None:
        self._scheduler.clear(TAG)
        self._poster.reset()

    def stop(self) -> None:
        self._pool.shutdown(wait=False, cancel_futures=True)

    def report(self) -> dict[str, Any]:
        pending = sum(self.pending(bot) for bot in list(self._state.bots.values()))
        return {**self._poster.report(), "waiting_for_retry": self._scheduler.waiting(TAG), "pending": pending}

    def pending(self, bot: Bot) -> int:
        with bot.changed:
            self._expire(bot)
            return sum(len(queue.items) for queue in bot.queues.values())

    def expire_all(self) -> None:
        for bot in list(self._state.bots.values()):
            self.pending(bot)

    def pump(self, bot: Bot) -> None:
        """Start every queue that has something to do and nothing on its way."""
        with bot.changed:
            self._expire(bot)
            if not bot.webhook.url or self._settings.hold_webhooks:
                return
            free = bot.webhook.max_connections - sum(queue.busy for queue in bot.queues.values())
            ready = [key for key, queue in bot.queues.items() if queue.items and not queue.busy]
            for key in ready[: max(0, free)]:
                bot.queues[key].busy = True
                self._start(bot, key)

    def restart(self, bot: Bot) -> None:
        """The webhook has changed: nobody waits for the old one any more."""
        with bot.changed:
            bot.error_at, bot.error = None, ""
            self._forget_attempts(bot)
        self.pump(bot)

    def _forget_attempts(self, bot: Bot) -> None:
        bot.generation, bot.gone_since = bot.generation + 1, None
        for queue in bot.queues.values():
            queue.busy, queue.failures = False, 0

    def _start(self, bot: Bot, key: Hashable, delay: float = 0.0) -> None:
        generation = bot.generation
        if self._settings.shuffle:
            delay += random.uniform(0, self._settings.shuffle_seconds)
        if delay:
            self._scheduler.after(delay, lambda: self._submit(bot, key, generation), TAG)
        else:
            self._submit(bot, key, generation)

    def _submit(self, bot: Bot, key: Hashable, generation: int) -> None:
        with suppress(RuntimeError):  # the simulators are ending: what waits is kept for the next start
            self._pool.submit(self._deliver, bot, key, generation)

    def _deliver(self, bot: Bot, key: Hashable, generation: int) -> None:
        with bot.changed:
            queue, webhook = bot.queues.get(key), bot.webhook
            update = self._next(bot, queue) if queue and generation == bot.generation else None
        if queue is None or update is None:
            return
        outcome = self._poster.post_all(webhook, update)
        with bot.changed:
            current = generation == bot.generation
            if current:
                self._settle(bot, key, queue, update, outcome)
        self.pump(bot)
        if current and isinstance(outcome, Answer) and taken(outcome):
            self._execute(bot, outcome.body)

    def _next(self, bot: Bot, queue: Queue) -> Update | None:
        self._expire(bot)
        if queue.items and not self._settings.hold_webhooks:
            return queue.items[0]
        queue.busy = False
        return None

    def _settle(self, bot: Bot, key: Hashable, queue: Queue, update: Update, outcome: Outcome) -> None:
        if taken(outcome):
            self._done(bot, key, queue, update)
            return
        bot.error_at, bot.error = int(self._now()), problem(outcome)
        if self._is_gone(bot, outcome):
            bot.webhook = Webhook()
            self._forget_attempts(bot)
            return
        queue.failures += 1
        self._start(bot, key, pause(self._settings, queue.failures, outcome))

    def _done(self, bot: Bot, key: Hashable, queue: Queue, update: Update) -> None:
        queue.busy, queue.failures, bot.gone_since = False, 0, None
        if queue.items and queue.items[0] is update:
            queue.items.popleft()
        if not queue.items:
            bot.queues.pop(key, None)

    def _is_gone(self, bot: Bot, outcome: Outcome) -> bool:
        """A webhook that answers 410 for most of a day is taken away."""
        if not isinstance(outcome, Answer) or outcome.status != HTTPStatus.GONE:
            bot.gone_since = None
            return False
        bot.gone_since = bot.gone_since or self._now()
        return self._now() - bot.gone_since > GONE_LIMIT

    def _expire(self, bot: Bot) -> None:
        """Telegram forgets what nobody took in time."""
        for key, queue in list(bot.queues.items()):
            while queue.items and self._now() - queue.items[0].at > self._patience(queue.items[0]):
                queue.items.popleft()
                self._poster.gave_up()
            if not queue.items and not queue.busy:
                del bot.queues[key]

    def _patience(self, update: Update) -> float:
        return self._settings.callback_seconds if update.kind in QUERIES else self._settings.update_seconds

    def _execute(self, bot: Bot, body: bytes) -> None:
        """A method in the answer to an update is called as if it had been requested."""
        try:
            call = json.loads(body)
        except ValueError:
            return
        if isinstance(call, dict) and isinstance(call.get("method"), str):
            self.execute(bot, call)
