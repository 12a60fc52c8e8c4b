"""The magic recipients of End User Messaging SMS."""

from dataclasses import dataclass

from local.simulators.common.numbers import behaviour_code


@dataclass(frozen=True)
class Behaviour:
    events: tuple[str, ...] = ("TEXT_SENT", "TEXT_DELIVERED")
    refuse: tuple[str, str] | None = None  # exception, reason
    throttled_first: bool = False
    html: bool = False
    cut: bool = False


TABLE = {
    5001: Behaviour(("TEXT_SENT", "TEXT_CARRIER_UNREACHABLE")),
    5002: Behaviour(()),
    5003: Behaviour(refuse=("ValidationException", "INVALID_PARAMETER")),
    5004: Behaviour(cut=True),
    5005: Behaviour(throttled_first=True),
    5006: Behaviour(html=True),
    5007: Behaviour(refuse=("ConflictException", "DESTINATION_PHONE_NUMBER_OPTED_OUT")),
    5008: Behaviour((), cut=True),
    5011: Behaviour(("TEXT_SENT", "TEXT_TTL_EXPIRED")),
    5012: Behaviour(("TEXT_BLOCKED",)),
}


def behaviour_of(to: str) -> Behaviour:
    return TABLE.get(behaviour_code(to) or 0, Behaviour())
