"""What every provider offers; the modules of its folder are checked against these words by the contract suite.

`send.send` raises a ProviderError by what the caller does next. `webhook.verify` and `webhook.read` never raise on
content they do not know. `bind.bind` raises Invalid with the field that is wrong.
"""

from dataclasses import dataclass, field
from typing import Protocol

from parley.model.address import Address
from parley.model.channel import Binding, ProbeStep
from parley.model.events import Event
from parley.model.message import Content
from parley.model.template import Template, TemplateState
from parley.model.types import JsonObject

Secret = JsonObject


@dataclass(frozen=True)
class Outbound:
    """One message, ready for one call. The platform carries `echo` where it can; `ttl` are the seconds left."""

    echo: str
    to: Address
    content: Content
    template: Template | None
    ttl: int
    marketing: bool
    callback_url: str = ""


@dataclass(frozen=True)
class Accepted:
    """The platform took the message. `person` is its own id for the recipient where it names one, `by_id`: receipts may
    come without our echo and are then found by `provider_id`."""

    provider_id: str
    person: str | None = None
    by_id: bool = False


@dataclass(frozen=True)
class Bound:
    """A verified binding. `claims` are the (platform, sender) pairs that must belong to nobody else."""

    provider: str
    sender: str
    sender_id: str
    settings: JsonObject
    secret: Secret
    claims: list[tuple[str, str]] = field(default_factory=list)


class Sender(Protocol):
    def send(self, outbound: Outbound, binding: Binding, secret: Secret) -> Accepted: ...


class Binder(Protocol):
    def bind(self, channel_id: str, settings: JsonObject, credentials: JsonObject, webhook_url: str) -> Bound: ...
    def claims(self, binding: Binding) -> list[tuple[str, str]]: ...
    def unbind(self, binding: Binding, secret: Secret) -> None: ...
    def probe(self, binding: Binding, secret: Secret) -> list[ProbeStep]: ...
    def health(self, binding: Binding, secret: Secret) -> JsonObject: ...


class WebhookReader(Protocol):
    def read(self, raw: bytes, binding: Binding | None) -> list[Event]: ...


class TemplateOffice(Protocol):
    def submit(self, template: Template, binding: Binding, secret: Secret) -> TemplateState: ...
    def fetch(self, template: Template, binding: Binding, secret: Secret) -> TemplateState | None: ...
    def delete(self, template: Template, binding: Binding, secret: Secret) -> None: ...
