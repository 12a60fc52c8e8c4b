"""What every provider offers; the modules of its folder are checked against these words by the contract suite.

`send.send` raises a ProviderError by what the caller does next. `webhook.verify` and `webhook.read` never raise on
content they do not know. `bind.bind` raises Invalid with the field that is wrong.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import BinaryIO, Protocol

from parley.model.address import Address
from parley.model.channel import Binding, ProbeStep
from parley.model.content import Content
from parley.model.events import Event
from parley.model.template import Existing, Template, TemplateState
from parley.model.types import JsonObject

Secret = JsonObject


@dataclass(frozen=True)
class Outbound:
    """One message, ready for one call. The platform carries `echo` where it can; `ttl` are the seconds left.

    `files` are open files by the id of their upload, for platforms that are handed files; `links` are addresses of the
    template's own files, which end soon."""

    echo: str
    to: Address
    content: Content
    template: Template | None
    ttl: int
    marketing: bool
    callback_url: str = ""
    files: Mapping[str, BinaryIO] = field(default_factory=dict)
    links: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Accepted:
    """The platform took the message. `person` is its own address for the recipient where it names one, `by_id`:
    receipts and answers may come without our echo and are then found by `provider_id`. `sent`: the answer itself proves
    that it went out, since the platform has no receipts. `known_files` are the platform's ids of files that were handed
    over, by the id of their upload."""

    provider_id: str
    person: Address | None = None
    by_id: bool = False
    sent: bool = False
    known_files: Mapping[str, str] = field(default_factory=dict)


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


class Manager(Protocol):
    """What can be done about a message that went out, and beside messages, where the capabilities say so."""

    def edit(self, provider_id: str, content: Content, binding: Binding, secret: Secret) -> None: ...
    def delete(self, provider_id: str, binding: Binding, secret: Secret) -> None: ...
    def act(self, to: Address, action: str, binding: Binding, secret: Secret) -> None: ...


class InboundOffice(Protocol):
    """What an inbound message still needs; both may be repeated. Only where a platform waits is there a `follow_up`."""

    def follow_up(self, words: JsonObject, binding: Binding, secret: Secret) -> None: ...
    def fetch(self, file: JsonObject, binding: Binding, secret: Secret, into: BinaryIO) -> str: ...


class WebhookReader(Protocol):
    def read(self, raw: bytes, binding: Binding | None) -> list[Event]: ...


class TemplateOffice(Protocol):
    def submit(
        self, template: Template, handles: Mapping[str, str], binding: Binding, secret: Secret
    ) -> TemplateState: ...
    def fetch(self, template: Template, binding: Binding, secret: Secret) -> TemplateState | None: ...
    def delete(self, template: Template, binding: Binding, secret: Secret) -> None: ...


class Archive(Protocol):
    """The templates that a platform has, those included that were made elsewhere, a page of them."""

    def page(self, binding: Binding, secret: Secret, after: str) -> tuple[list[Existing], str]: ...
