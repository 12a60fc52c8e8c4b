"""Telegram's rates: per bot, per person, per group; whoever exceeds one waits with the whole bot."""

import math
import threading
import time
from collections import Counter, deque
from collections.abc import Hashable
from typing import Any

from local.simulators.common.bucket import Buckets
from local.simulators.telegram.errors import too_many
from local.simulators.telegram.settings import TelegramSettings
from local.simulators.telegram.state import Bot, Chat

SECOND = 1.0
ROUNDING = 1e-6


class Window:
    """How much happened within the last seconds, and the most that ever did."""

    def __init__(self) -> None:
        self.times: deque[float] = deque()
        self.most = 0

    def count(self, now: float, seconds: float) -> int:
        while self.times and self.times[0] <= now - seconds:
            self.times.popleft()
        return len(self.times)

    def add(self, now: float, seconds: float) -> None:
        self.times.append(now)
        self.most = max(self.most, self.count(now, seconds))


class Limits:
    def __init__(self, settings: TelegramSettings) -> None:
        self._settings = settings
        self._lock = threading.Lock()
        self.clear()

    def clear(self) -> None:
        with self._lock:
            self._buckets = Buckets(self._now)
            self._paused: dict[int, float] = {}
            self._asked: dict[int, float] = {}
            self._windows: dict[Hashable, Window] = {}
            self._sent: Counter[tuple[int, int]] = Counter()
            self._throttled: Counter[tuple[int, int]] = Counter()
            self._early: Counter[int] = Counter()

    def _now(self) -> float:
        return time.monotonic() + self._settings.clock_seconds

    def check_pause(self, bot: Bot, chat_id: int) -> None:
        with self._lock:
            left = self._paused.get(bot.id, 0.0) - self._now()
            if left > 0:
                self._throttled[bot.id, chat_id] += 1
                raise too_many(math.ceil(left))

    def take(self, bot: Bot, chat: Chat) -> None:
        """All rates at once: a message that one of them refuses costs nothing in the others."""
        with self._lock:
            wait = max(self._bot_wait(bot), self._chat_wait(bot, chat))
            if wait > 0:
                self._throttled[bot.id, chat.id] += 1
                seconds = max(1, math.ceil(wait))
                self._paused[bot.id] = self._now() + seconds
                raise too_many(seconds)
            self._count(bot, chat)

    def asked_to_wait(self, bot: Bot, seconds: int) -> None:
        """By a magic chat: it is not enforced, but sends before that are counted as `early`."""
        with self._lock:
            self._asked[bot.id] = max(self._asked.get(bot.id, 0.0), self._now() + seconds)

    def report(self, bot: Bot) -> dict[str, Any]:
        with self._lock:
            groups = [key for key in self._windows if isinstance(key, tuple) and key[0] == bot.id]
            second, chats = self._windows.get(bot.id, Window()), self._chats(bot)
            return {
                "sent": sum(chat["sent"] for chat in chats.values()),
                "throttled": sum(chat["throttled"] for chat in chats.values()),
                "early": self._early[bot.id],
                "windows": {"second": second.most, "groups": {str(key[1]): self._windows[key].most for key in groups}},
                "chats": chats,
            }

    def _chats(self, bot: Bot) -> dict[str, dict[str, int]]:
        known = sorted({chat for owner, chat in [*self._sent, *self._throttled] if owner == bot.id})
        return {
            str(chat): {"sent": self._sent[bot.id, chat], "throttled": self._throttled[bot.id, chat]} for chat in known
        }

    def _bot_wait(self, bot: Bot) -> float:
        return self._bucket_wait(bot.id, self._settings.bot_rate, self._settings.bot_burst)

    def _chat_wait(self, bot: Bot, chat: Chat) -> float:
        if chat.type == "private":
            return self._bucket_wait((bot.id, chat.id), self._settings.chat_rate, self._settings.chat_burst)
        rate, window, now = self._settings.group_rate, self._window((bot.id, chat.id)), self._now()
        if not rate or window.count(now, self._settings.group_seconds) < rate:
            return 0.0
        return window.times[-int(rate)] + self._settings.group_seconds - now

    def _bucket_wait(self, key: Hashable, rate: float | None, burst: float) -> float:
        missing = 1 - self._buckets.level(key, rate, burst) if rate else 0.0
        return missing / rate if rate and missing > ROUNDING else 0.0

    def _count(self, bot: Bot, chat: Chat) -> None:
        now = self._now()
        if self._settings.bot_rate:
            self._buckets.take(bot.id, self._settings.bot_rate, self._settings.bot_burst)
        if chat.type != "private":
            self._window((bot.id, chat.id)).add(now, self._settings.group_seconds)
        elif self._settings.chat_rate:
            self._buckets.take((bot.id, chat.id), self._settings.chat_rate, self._settings.chat_burst)
        self._window(bot.id).add(now, SECOND)
        self._sent[bot.id, chat.id] += 1
        self._early[bot.id] += now < self._asked.get(bot.id, 0.0)

    def _window(self, key: Hashable) -> Window:
        return self._windows.setdefault(key, Window())
