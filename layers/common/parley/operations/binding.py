"""Binding: verify the credential, seal it, claim the sender, subscribe the webhook; in this order, so a crash leaves
either no binding or one that another bind completes."""

from parley import providers
from parley.cloud import clock, credentials
from parley.errors import Conflict, NotFound, ProviderError
from parley.model.channel import Binding, Channel, Health, NewBinding
from parley.model.times import rfc3339
from parley.operations import channels, timers
from parley.providers.provider import Bound, Secret
from parley.store import bindings, channel_events, keys, velocity


def bind(organization: str, channel_id: str, new: NewBinding) -> Channel:
    """Connects the channel, or replaces what it was connected to. Raises Invalid, or Conflict for a taken sender."""
    channel = channels.get(organization, channel_id)
    wanted = {**channel.settings, **new.settings}
    provider = providers.choose(channel, wanted.get("gateway"))
    part = providers.part(provider, "bind")
    bound: Bound = part.bind(channel_id, wanted, new.credentials, providers.webhook_url(provider))
    before = _other_sender(channel, bound)
    connected = _keep(channel, bound)
    if hasattr(part, "subscribe"):
        part.subscribe(channel_id, connected.binding, bound.secret, providers.webhook_url(provider))
    if before:
        leave(channel, *before)
    channel_events.log(organization, channel_id, "bound", clock.now(), bound.sender)
    timers.release_soon(keys.held_by_channel(organization, channel_id))
    return connected


def _other_sender(channel: Channel, bound: Bound) -> tuple[Binding, Secret] | None:
    """The binding of another sender that this one replaces, with its credential while there still is one."""
    if channel.binding is None or channel.binding.sender_id == bound.sender_id:
        return None
    return channel.binding, secret_of(channel)


def _keep(channel: Channel, bound: Bound) -> Channel:
    now = clock.now()
    version = channel.binding_version + 1  # never repeats, so a cached credential cannot be mistaken for a newer one
    binding = Binding(
        provider=bound.provider,
        sender=bound.sender,
        sender_id=bound.sender_id,
        settings=bound.settings,
        version=version,
        bound_at=rfc3339(now),
    )
    sealed = credentials.seal(channel.organization_id, channel.id, bound.secret)
    gone = [claim for claim in _claims(channel.binding) if claim not in bound.claims] if channel.binding else []
    account = (providers.abilities(bound.provider).platform, providers.account_of(binding))
    return bindings.bind(channel, binding, sealed, bound.claims, gone, now, account)


def unbind(organization: str, channel_id: str) -> Channel:
    """Disconnects the channel and gives its sender free. What it holds waits for another binding, or expires."""
    channel = channels.get(organization, channel_id)
    if channel.binding is None:
        raise Conflict("not_bound", "The channel is not bound.")
    leave(channel, channel.binding, secret_of(channel))
    if not bindings.unbind(channel, _claims(channel.binding), clock.now()):
        raise Conflict("channel_changed", "The channel was changed meanwhile; look again.")
    channel_events.log(organization, channel_id, "unbound", clock.now(), channel.binding.sender)
    return channels.get(organization, channel_id)


def leave(channel: Channel, binding: Binding, secret: Secret) -> None:
    """The platform is told where it can be; a dead credential is no reason to stay bound."""
    try:
        providers.part(binding.provider, "bind").unbind(binding, secret)
    except ProviderError as error:
        channel_events.log(channel.organization_id, channel.id, "platform_not_told", clock.now(), error.code)


def secret_of(channel: Channel) -> Secret:
    """The channel's credential. Raises NotFound when it is gone."""
    kept = bindings.get_credential(channel.organization_id, channel.id)
    if kept is None:
        raise NotFound("credential")
    return credentials.unseal(channel.organization_id, channel.id, kept[1], kept[0])


def health(organization: str, channel_id: str) -> Health:
    """What we and the platform know of the channel; a platform that cannot be asked says so in `platform`."""
    channel = channels.get(organization, channel_id)
    return Health(
        channel_id=channel_id,
        is_active=channel.is_active,
        connection=channel.connection,
        can_send=channel.can_send,
        platform=_platform_words(channel),
        codes_today=velocity.of_today(organization, channel_id, clock.now()),
        checked_at=rfc3339(clock.now()),
    )


def _platform_words(channel: Channel) -> dict[str, object]:
    if channel.binding is None:
        return {}
    try:
        words: dict[str, object] = providers.part(channel.binding.provider, "bind").health(
            channel.binding, secret_of(channel)
        )
    except ProviderError as error:
        return {"error": error.message, "code": error.provider_code}
    return words


def _claims(binding: Binding) -> list[tuple[str, str]]:
    claims: list[tuple[str, str]] = providers.part(binding.provider, "bind").claims(binding)
    return claims
