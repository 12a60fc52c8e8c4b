"""The guard against SMS pumping at work: which one-time codes a channel sends, and which it refuses."""

from parley.cloud.metrics import count
from parley.errors import Invalid, Problem, TooMany
from parley.model.address import Address
from parley.model.channel import Channel, ServiceSettings
from parley.model.lane import Category
from parley.model.otp_guard import OtpGuard
from parley.model.pumping import REASONS, Counts, Rule, Window, country_allowed, is_low, windows
from parley.store import channel_events, velocity

Refusal = Invalid | TooMany


def guard_of(channel: Channel) -> OtpGuard:
    return ServiceSettings.model_validate(channel.service).otp_guard


def admit(channel: Channel, to: Address, category: Category | None, now: int) -> None:
    """Raises what `refusal` answers."""
    refused = refusal(channel, to, category, now)
    if refused:
        raise refused


def refusal(channel: Channel, to: Address, category: Category | None, now: int) -> Refusal | None:
    """Why this may not go out; None for all but one-time codes, and once a code is counted as one that does.

    Ask once for each message: every answer of None counts."""
    guard = guard_of(channel)
    if not guard.guards(to, category):
        return None
    refused = _wrong_country(guard, to) or _too_many(channel, guard, to.value, now)
    if refused:
        _tell(channel, refused, now)
    return refused


def check_country(channel: Channel, to: Address, category: Category | None) -> None:
    """The one rule that needs no counting. Raises Invalid."""
    guard = guard_of(channel)
    refused = _wrong_country(guard, to) if guard.guards(to, category) else None
    if refused:
        raise refused


def _wrong_country(guard: OtpGuard, to: Address) -> Invalid | None:
    if country_allowed(guard, to.value):
        return None
    return Invalid([Problem("to", Rule.COUNTRY, REASONS[Rule.COUNTRY])])


def _too_many(channel: Channel, guard: OtpGuard, number: str, now: int) -> TooMany | None:
    """Takes a place in each window, and gives all back where one of them refuses: nobody pays for what was not sent."""
    taken: list[Window] = []
    for window in windows(guard, number, now):
        counts = velocity.take(channel.organization_id, channel.id, window)
        taken += [window] if counts else []
        rule = _broken(channel, guard, window, counts, now)
        if rule:
            velocity.give_back(channel.organization_id, channel.id, taken)
            return TooMany(rule, REASONS[rule], (window.end - now) / 1000)
    return None


def _broken(channel: Channel, guard: OtpGuard, window: Window, counts: Counts | None, now: int) -> Rule | None:
    if counts is None:
        return window.rule
    if window.rule is not Rule.PREFIX or guard.conversion is None:
        return None
    before = counts.model_copy(update={"codes": counts.codes - 1})
    low = is_low(guard.conversion, before) and velocity.has_feedback(channel.organization_id, channel.id, now)
    return Rule.CONVERSION if low else None


def _tell(channel: Channel, refused: Refusal, now: int) -> None:
    """In the channel's log, folded by the hour and without the number; and counted, in all and by its rule."""
    channel_events.log(channel.organization_id, channel.id, refused.code, now, refused.message)
    count("OtpRefused")
    count(refused.code.title().replace("_", ""))
