"""The settings by which a channel sends, as they hold."""

from parley import providers
from parley.model.channel import PROVIDERS, Channel, ServiceSettings


def of(channel: Channel) -> ServiceSettings:
    """Paced as the platform grants, where nothing else was set; a type that cannot be bound yet has no platform."""
    if channel.type not in PROVIDERS:
        return ServiceSettings.model_validate(channel.service)
    granted = providers.capabilities(channel).messages_per_second
    return ServiceSettings.model_validate({"messages_per_second": granted, **channel.service})
