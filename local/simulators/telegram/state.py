"""What Telegram knows: bots, their webhooks, chats, messages, files, polls and pressed buttons."""

import random
import threading
from collections import deque
from collections.abc import Hashable
from dataclasses import dataclass, field
from typing import Any

KEPT_MESSAGES = 1000  # of one chat
FIRST_BOT, LAST_BOT = 7_000_000_001, 7_000_099_999

Message = dict[str, Any]


@dataclass
class Webhook:
    url: str = ""
    secret: str = ""
    max_connections: int = 40
    certificate: bool = False


@dataclass
class Chat:
    id: int
    type: str = "private"
    title: str | None = None
    username: str | None = None
    first_name: str | None = None
    member: str = "member"  # what the bot is in it
    can_post: bool = True
    started: bool = True  # of a private chat: the person has written to the bot
    blocked: bool = False
    deleted: bool = False
    migrated_to: int | None = None
    threads: list[int] = field(default_factory=list)
    people: list[int] = field(default_factory=list)
    last_message_id: int = 0
    messages: dict[int, Message] = field(default_factory=dict)
    reactions: dict[int, list[dict[str, Any]]] = field(default_factory=dict)  # the bot's own

    def view(self) -> dict[str, Any]:
        """The chat as it stands in messages."""
        names = ("id", "type", "title", "username", "first_name")
        found = {name: getattr(self, name) for name in names if getattr(self, name) is not None}
        return found | ({"is_forum": True} if self.threads else {})

    def next_id(self) -> int:
        self.last_message_id += 1
        return self.last_message_id

    def keep(self, message: Message) -> None:
        self.messages[message["message_id"]] = message
        if len(self.messages) > KEPT_MESSAGES:
            del self.messages[next(iter(self.messages))]


@dataclass
class File:
    id: str
    unique_id: str
    kind: str
    size: int
    name: str = ""
    mime: str = ""
    content: bytes | None = field(default=None, repr=False)


@dataclass
class Poll:
    chat_id: int
    message_id: int
    view: dict[str, Any]  # the very object that stands in the message
    votes: dict[int, list[int]] = field(default_factory=dict)
    closes_at: float | None = None


@dataclass
class Callback:
    id: str
    user_id: int
    data: str
    at: float
    answered: bool = False
    text: str | None = None
    show_alert: bool = False


@dataclass
class Update:
    """One update and how it waits."""

    id: int
    kind: str
    body: dict[str, Any]
    at: float
    copies: int = 1


@dataclass
class Queue:
    """Updates that are delivered strictly one after the other."""

    items: deque[Update] = field(default_factory=deque)
    busy: bool = False
    failures: int = 0


@dataclass
class Bot:
    id: int
    webhook: Webhook = field(default_factory=Webhook)
    allowed: list[str] | None = None  # None: Telegram's default set
    next_update_id: int = field(default_factory=lambda: random.randint(100_000_000, 900_000_000))
    next_webhook_at: float = 0.0
    error_at: int | None = None
    error: str = ""
    gone_since: float | None = None  # the receiver answers 410
    generation: int = 0  # grows with each change of the webhook, so that old deliveries are dropped
    queues: dict[Hashable, Queue] = field(default_factory=dict)
    chats: dict[int, Chat] = field(default_factory=dict)
    people: dict[int, dict[str, Any]] = field(default_factory=dict)
    files: dict[str, File] = field(default_factory=dict)
    links: dict[str, tuple[str, float]] = field(default_factory=dict)  # file path: file id, end
    polls: dict[str, Poll] = field(default_factory=dict)
    callbacks: dict[str, Callback] = field(default_factory=dict)
    tried: set[int] = field(default_factory=set)  # magic chats that had their first time
    changed: threading.Condition = field(default_factory=threading.Condition, repr=False)

    @property
    def username(self) -> str:
        return f"shop_{self.id % 100_000}_bot"

    def user(self) -> dict[str, Any]:
        name = f"Shop {self.id % 100_000}"
        return {"id": self.id, "is_bot": True, "first_name": name, "username": self.username}

    def forget_people(self) -> None:
        """Counters go on: an identifier must never come back."""
        for held in (self.queues, self.people, self.polls, self.callbacks, self.links, self.tried):
            held.clear()
        self.next_webhook_at = 0.0
        for chat in self.chats.values():
            chat.messages.clear()
            chat.reactions.clear()
            chat.blocked, chat.started = False, chat.type != "private"


class State:
    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.bots: dict[int, Bot] = {}
        self.revoked: set[str] = set()

    def bot(self, bot_id: int) -> Bot | None:
        """Every identifier of the range is a bot; it begins to exist when it is first spoken of."""
        if not FIRST_BOT <= bot_id <= LAST_BOT:
            return None
        with self.lock:
            if bot_id not in self.bots:
                self.bots[bot_id] = Bot(bot_id)
            return self.bots[bot_id]
