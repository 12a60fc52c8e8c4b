"""How each platform is spoken to: one folder per provider, found by name and loaded on first use."""

from importlib import import_module
from typing import Any

from parley.errors import Invalid, Problem
from parley.model.address import Forms
from parley.model.capabilities import Capabilities
from parley.model.channel import PROVIDERS, Binding, Channel
from parley.settings import settings


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
    return abilities(channel.binding.provider if channel.binding else choose(channel, None))


def abilities(provider: str) -> Capabilities:
    declared: Capabilities = part(provider, "capabilities").CAPABILITIES
    return declared


def account_of(binding: Binding | None) -> str:
    """The platform's id of the business account that a binding is of; empty where there is none."""
    return str(binding.settings.get(abilities(binding.provider).account, "")) if binding else ""


def every_form() -> Forms:
    """Every form of address by which some channel knows people."""
    names = [name for gateways in PROVIDERS.values() for name in gateways.values()]
    return tuple(dict.fromkeys(form for name in names for form in abilities(name).people))


def webhook_url(provider: str) -> str:
    """Where its platform's webhooks go, ending with a slash; the channel's id may follow."""
    return settings().webhook_urls.get(abilities(provider).receiver, "")
