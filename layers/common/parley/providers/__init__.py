"""How each platform is spoken to: one folder per provider, found by name and loaded on first use."""

from importlib import import_module
from typing import Any

from parley.errors import Invalid, Problem
from parley.model.capabilities import Capabilities
from parley.model.channel import Channel, ChannelType

PROVIDERS: dict[ChannelType, dict[str, str]] = {
    ChannelType.WHATSAPP_CLOUD: {"META": "whatsapp_cloud"},
    ChannelType.SMS: {"AWS": "sms_aws", "HTTP": "sms_http"},
}
"""By channel type, then by the `gateway` setting of the binding; the first is the default."""


PLATFORMS = {"whatsapp_cloud": "whatsapp"}
"""Providers whose senders are claimed, and under which name."""


def part(provider: str, name: str) -> Any:
    """A module of a provider: send, bind, webhook, templates or capabilities; it has those that it needs."""
    return import_module(f"parley.providers.{provider}.{name}")


def choose(channel: Channel, gateway: str | None) -> str:
    """The provider that binds this channel. Raises Invalid: not_available for a type that is not built yet."""
    gateways = PROVIDERS.get(channel.type)
    if gateways is None:
        raise Invalid([Problem("type", "not_available", f"Channels of type {channel.type} cannot be bound yet.")])
    if gateway is None:
        return next(iter(gateways.values()))
    if gateway not in gateways:
        raise Invalid([Problem("settings.gateway", "unknown_gateway", f"Choose one of {', '.join(gateways)}.")])
    return gateways[gateway]


def capabilities(channel: Channel) -> Capabilities:
    """What the channel can show and tell; of a bound channel by its provider, of an unbound one by its type."""
    provider = channel.binding.provider if channel.binding else choose(channel, None)
    declared: Capabilities = part(provider, "capabilities").CAPABILITIES
    return declared
