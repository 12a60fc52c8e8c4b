"""What the control API may change about the business's server: its bad days, and what it answers."""

from dataclasses import dataclass

from local.simulators.common.settings import Settings


@dataclass
class BusinessSettings(Settings):
    failing: float = 0.0  # the share of calls that are answered with 500, 502 or 503
    hanging: float = 0.0  # the share of calls that are cut after hang_seconds, without an answer
    hang_seconds: float = 15.0
    dead: bool = False  # every call is answered with 503
    answers_code: bool = True  # receipts are answered with {"code": 0}, else with nothing
    reply: str = "Noted: {intent}."  # to the person whose intent it was; empty: nothing is replied
