"""The magic chats: 9KKKKNNNN is a private chat that exists at once, KKKK is its behaviour and NNNN a serial."""

import re
from dataclasses import dataclass
from enum import Enum

from local.simulators.telegram.errors import TelegramError, bad, forbidden, too_many

_MAGIC = re.compile(r"9(\d{4})\d{4}")


class Answer(Enum):
    NORMAL = "normal"
    CUT = "cut"
    SLOW = "slow"
    RESTART = "restart"  # 500 although the message goes out


@dataclass(frozen=True)
class Behaviour:
    answer: Answer = Answer.NORMAL
    refuse: TelegramError | None = None  # always, and for questions about the chat too
    refuse_sends: TelegramError | None = None  # always, but only what is sent
    refuse_first: TelegramError | None = None  # at the first send only
    unreachable: str | None = None  # "reset" or "html": never accepted


TABLE = {
    2: Behaviour(refuse=forbidden("bot can't initiate conversation with a user")),
    3: Behaviour(refuse=forbidden("bot was blocked by the user")),
    4: Behaviour(refuse=forbidden("user is deactivated")),
    5: Behaviour(refuse=bad("chat not found")),
    6: Behaviour(Answer.CUT),
    7: Behaviour(unreachable="reset"),
    8: Behaviour(unreachable="html"),
    9: Behaviour(refuse_first=too_many(2)),
    10: Behaviour(Answer.SLOW),
    11: Behaviour(Answer.RESTART),
    12: Behaviour(refuse_sends=TelegramError(500, "Internal Server Error")),
    13: Behaviour(refuse_first=TelegramError(401, "Unauthorized")),
    14: Behaviour(refuse_sends=bad("not enough rights to send text messages to the chat")),
    15: Behaviour(refuse_first=too_many(3600)),
}


def is_magic(chat_id: int) -> bool:
    return bool(_MAGIC.fullmatch(str(chat_id)))


def behaviour_of(chat_id: int) -> Behaviour:
    match = _MAGIC.fullmatch(str(chat_id))
    return TABLE.get(int(match[1]), Behaviour()) if match else Behaviour()
