"""Rates and the customer service window."""

import time

from local.simulators.whatsapp import people
from local.simulators.whatsapp.errors import GraphError
from local.simulators.whatsapp.state import Phone
from local.simulators.whatsapp.world import World


def take_slot(world: World, phone: Phone, number: str) -> None:
    """A refused request costs nothing: both buckets are looked at before either is used."""
    rate = world.settings.phone_rates.get(phone.id, world.settings.phone_rate)
    interval, burst = world.settings.pair_interval, world.settings.pair_burst
    with world.bucket_lock:
        if rate and world.buckets.level(phone.id, rate, max(rate, 1.0)) < 1:
            raise GraphError(
                130429,
                "Message failed to send because there were too many messages sent from this phone "
                "number in a short period of time.",
            )
        if interval and world.buckets.level((phone.id, number), 1 / interval, burst) < 1:
            raise GraphError(
                131056,
                "Message failed to send because there were too many messages sent from this phone "
                "number to the same phone number in a short period of time.",
            )
        if rate:
            world.buckets.take(phone.id, rate, max(rate, 1.0))
        if interval:
            world.buckets.take((phone.id, number), 1 / interval, burst)


def count_inbound(world: World, phone: Phone) -> None:
    """Throughput counts both directions."""
    rate = world.settings.phone_rates.get(phone.id, world.settings.phone_rate)
    if rate:
        with world.bucket_lock:
            world.buckets.take(phone.id, rate, max(rate, 1.0))


def window_open(world: World, phone: Phone, number: str) -> bool:
    seconds = world.settings.window_seconds
    with world.state.lock:
        last = world.state.windows.get((phone.id, people.wa_id(number)), 0.0)
    return seconds is None or time.time() < last + seconds


def management_call(world: World, waba_id: str) -> None:
    most = world.settings.management_per_hour
    if most and world.state.count_call("management", waba_id, 3600) > most:
        raise GraphError(80007, "There have been too many calls to this WhatsApp Business account.")
