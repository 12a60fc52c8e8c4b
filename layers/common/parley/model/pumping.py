"""The guard against SMS pumping: who lets a form send one-time codes to a range of numbers earns a share of the price.

A code is counted in windows of a fixed length, and each rule looks at one of them.
"""

from enum import StrEnum
from typing import NamedTuple

from pydantic import Field

from parley.model import countries
from parley.model.otp_guard import Conversion, OtpGuard, Velocity
from parley.model.times import DAY, SECOND
from parley.model.types import Model, OrganizationWish, Strict


class Rule(StrEnum):
    """Why a code is refused."""

    COUNTRY = "otp_country_not_allowed"
    NUMBER = "otp_velocity_number"
    PREFIX = "otp_velocity_prefix"
    ORGANIZATION = "otp_velocity_organization"
    DAY = "otp_daily_cap"
    CONVERSION = "otp_conversion_low"


REASONS = {
    Rule.COUNTRY: "The channel sends no one-time codes to this country.",
    Rule.NUMBER: "This number got as many one-time codes as it may for now.",
    Rule.PREFIX: "Numbers that begin like this one got as many one-time codes as they may for now.",
    Rule.ORGANIZATION: "The organization sent as many one-time codes as it may for now.",
    Rule.DAY: "The channel sent as many one-time codes as it may on a day.",
    Rule.CONVERSION: "Too few of the one-time codes to numbers that begin like this one were typed in.",
}


class Counts(Model):
    """One-time codes that went out, and what became of them as far as it was told."""

    codes: int = 0
    reported: int = 0
    converted: int = 0


class NewOtpResult(Strict):
    """What became of a one-time code."""

    organization_id: OrganizationWish = None
    converted: bool = Field(description="Whether the person typed it in; a false may become true later, never back")


class Window(NamedTuple):
    """A counter: the rule that looks at it, whose codes it counts, from when to when, and how many may go out."""

    rule: Rule
    whose: str
    start: int
    end: int
    most: int | None


def windows(guard: OtpGuard, number: str, now: int) -> list[Window]:
    """Where a code to this number counts, from the person outwards; on its day it always does."""
    limits = [
        (Rule.NUMBER, number, guard.per_number),
        (Rule.PREFIX, guard.prefix_of(number), guard.per_prefix),
        (Rule.ORGANIZATION, "", guard.per_organization),
    ]
    found = [_window(rule, whose, limit, now) for rule, whose, limit in limits if limit]
    return [*found, today(now)._replace(most=guard.daily_cap)]


def _window(rule: Rule, whose: str, limit: Velocity, now: int) -> Window:
    length = limit.seconds * SECOND
    return Window(rule, whose, now - now % length, now - now % length + length, limit.most)


def today(now: int) -> Window:
    """Where all codes of a channel count on one UTC day."""
    return Window(Rule.DAY, "", now - now % DAY, now - now % DAY + DAY, None)


def learning(guard: OtpGuard, number: str, sent_at: int) -> list[Window]:
    """Where the result of a code counts: in the windows in which it went out."""
    return [each for each in windows(guard, number, sent_at) if each.rule in (Rule.PREFIX, Rule.DAY)]


def is_low(conversion: Conversion, before: Counts) -> bool:
    """Whether too few of the codes that went out before were typed in."""
    return before.codes >= conversion.after and before.converted < conversion.least * before.codes


def country_allowed(guard: OtpGuard, number: str) -> bool:
    return guard.countries is None or not countries.of_number(number).isdisjoint(guard.countries)
