"""The magic recipients of the SMS gateway."""

from dataclasses import dataclass

from local.simulators.common.numbers import behaviour_code


@dataclass(frozen=True)
class Behaviour:
    report: str | None = "DELIVRD"
    error: str | None = None  # in the report
    refuse: str | None = None  # 200 with status ERROR and this code
    throttled_first: bool = False
    html: bool = False
    cut: bool = False


TABLE = {
    5001: Behaviour("UNDELIV", "absent subscriber"),
    5002: Behaviour(None),
    5003: Behaviour(refuse="INVALID_NUMBER"),
    5004: Behaviour(cut=True),
    5005: Behaviour(throttled_first=True),
    5006: Behaviour(html=True),
    5007: Behaviour(refuse="BLOCKED"),
    5008: Behaviour(None, cut=True),
    5011: Behaviour("EXPIRED", "validity period over"),
    5012: Behaviour("REJECTD", "rejected by the carrier"),
}


def behaviour_of(to: str) -> Behaviour:
    return TABLE.get(behaviour_code(to) or 0, Behaviour())
