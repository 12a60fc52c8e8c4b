"""Bots of the simulated Telegram, and the chats they write to."""

import itertools
import random
from dataclasses import dataclass, field
from typing import Any

from tests.support.stack_client import Json, Organization
from tests.support.stack_simulators import Simulators

_serials = itertools.count(random.randrange(1000))


def token(bot: str, letter: str = "A") -> str:
    """A bot has as many tokens as there are letters."""
    return f"{bot}:{letter * 35}"


def chat(behaviour: int = 1) -> str:
    """A private chat that nobody has written to before; the behaviour is the KKKK of the simulators' README."""
    return f"9{behaviour:04}{next(_serials) % 10_000:04}"


@dataclass(frozen=True)
class Bot:
    """A bot that is bound to a channel of its own."""

    owner: Organization
    simulators: Simulators
    id: str = field(default_factory=lambda: str(7_000_000_001 + random.randrange(99_000)))
    channel: str = ""

    def send(self, to: str, **fields: Any) -> Json:
        said = {} if "type" in fields else {"type": "text", "text": "Hello"}
        return self.owner.send(self.channel, to, **{**said, **fields} if said else fields)

    def sent(self, to: str, **fields: Any) -> Json:
        """The message, once it is sent."""
        return self.owner.reaches(self.send(to, **fields)["id"], "sent")

    def bind(self, letter: str = "A", expect: int = 200) -> Json:
        return self.owner.bind(self.channel, {}, {"token": token(self.id, letter)}, expect)

    def tell(self, path: str, **body: Any) -> Json:
        """A call of the control API about this bot; `sender` is its field `from`."""
        named = {"from" if name == "sender" else name: value for name, value in body.items()}
        return self.simulators.post(f"/telegram/{path}", **{"bot": self.id, **named})

    def stands_in(self, where: str) -> list[Json]:
        """The messages that stand in a chat now."""
        return list(self.simulators.get("/telegram/messages", bot=self.id, chat=where))

    def limits(self) -> Json:
        return dict(self.simulators.get("/telegram/limits", bot=self.id))


def bound(owner: Organization, simulators: Simulators) -> Bot:
    new = {"name": "Bot", "type": "TELEGRAM"}
    bot = Bot(owner, simulators, channel=owner.call("POST", "/channel_accounts", new, expect=201)["id"])
    bot.bind()
    return bot
