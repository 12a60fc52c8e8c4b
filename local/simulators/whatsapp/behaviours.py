"""The magic recipients of WhatsApp: what the last digits of a number make the platform do."""

from dataclasses import dataclass
from enum import Enum

from local.simulators.common.numbers import behaviour_code

HAPPY = ("sent", "delivered", "read")


class Answer(Enum):
    NORMAL = "normal"
    CUT = "cut"
    SLOW = "slow"
    ERROR = "error"  # code 131000 although the message goes out


@dataclass(frozen=True)
class Behaviour:
    statuses: tuple[str, ...] = HAPPY
    fail: int | None = None  # asynchronous error code, after the statuses
    answer: Answer = Answer.NORMAL
    refuse: int | None = None  # synchronous error code, always
    refuse_first: int | None = None  # synchronous error code, at the first request only
    unreachable: str | None = None  # "reset" or "html": never accepted
    copies: int = 1
    reverse: bool = False
    early: bool = False  # statuses arrive before the HTTP answer
    late: bool = False

    @property
    def reaches_person(self) -> bool:
        return self.fail is None


TABLE = {
    0: Behaviour(("sent", "delivered")),
    1: Behaviour(),
    2: Behaviour(()),
    3: Behaviour(("sent",)),
    4: Behaviour(("sent", "delivered"), late=True),
    5: Behaviour(("sent", "read")),
    6: Behaviour(("sent", "delivered"), answer=Answer.CUT),
    7: Behaviour((), answer=Answer.CUT),
    8: Behaviour(unreachable="reset"),
    9: Behaviour(unreachable="html"),
    10: Behaviour(("sent", "delivered"), answer=Answer.SLOW),
    11: Behaviour(refuse_first=130429),
    12: Behaviour(refuse_first=190),
    13: Behaviour(refuse_first=131016),
    14: Behaviour(refuse=1),
    15: Behaviour(copies=3),
    16: Behaviour(reverse=True),
    17: Behaviour(early=True),
    18: Behaviour(("sent", "delivered"), answer=Answer.ERROR),
}


def behaviour_of(to: str) -> Behaviour:
    code = behaviour_code(to)
    if code is None or code in TABLE:
        return TABLE[1 if code is None else code]
    family, rest = divmod(code, 1000)
    if family == 1:
        return Behaviour(("sent",), fail=131026) if rest >= 900 else Behaviour((), fail=131000 + rest)
    if family in (2, 3, 4):
        return Behaviour(refuse={2: 131000, 3: 132000, 4: 130000}[family] + rest)
    return TABLE[1]
