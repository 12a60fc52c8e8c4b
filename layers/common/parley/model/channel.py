"""A channel: one identity of the business on one platform."""

from enum import StrEnum
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, ConfigDict, Field

from parley.model.components import Language
from parley.model.keywords import Keywords
from parley.model.otp_guard import BEGINNING, OtpGuard
from parley.model.otp_scheduling import OtpScheduling
from parley.model.pumping import Counts
from parley.model.quiet import QuietHours
from parley.model.types import Description, Id, Instant, JsonObject, Model, Name, OrganizationWish, Strict


class ChannelType(StrEnum):
    WHATSAPP_CLOUD = "WHATSAPP_CLOUD"
    WHATSAPP_LITE = "WHATSAPP_LITE"
    MESSENGER = "MESSENGER"
    INSTAGRAM = "INSTAGRAM"
    TELEGRAM = "TELEGRAM"
    VIBER = "VIBER"
    TIKTOK = "TIKTOK"
    EMAIL = "EMAIL"
    LINKEDIN = "LINKEDIN"
    SHOPIFY_INBOX = "SHOPIFY_INBOX"
    SMS = "SMS"
    WEB_PUSH = "WEB_PUSH"
    APP_PUSH = "APP_PUSH"


ALIASES = {"WHATSAPP": ChannelType.WHATSAPP_CLOUD}
ChannelTypeField = Annotated[ChannelType, BeforeValidator(lambda given: ALIASES.get(given, given))]

PROVIDERS: dict[ChannelType, dict[str, str]] = {
    ChannelType.WHATSAPP_CLOUD: {"META": "whatsapp_cloud"},
    ChannelType.SMS: {"AWS": "sms_aws", "HTTP": "sms_http"},
    ChannelType.TELEGRAM: {"BOT_API": "telegram"},
}
"""The folder under `providers` that serves a type, by the binding's setting `gateway`; the first is the default."""

SETTINGS_BYTES = 4096


def _small(settings: JsonObject) -> JsonObject:
    if len(str(settings).encode()) > SETTINGS_BYTES:
        raise ValueError(f"settings hold at most {SETTINGS_BYTES} bytes")
    if not _plain(settings):
        raise ValueError("settings hold texts, truth values and numbers of at most 15 digits")
    return settings


def _plain(value: Any) -> bool:
    """Nothing that the table could not keep as it is."""
    if isinstance(value, dict):
        return all(map(_plain, value.values()))
    if isinstance(value, list):
        return all(map(_plain, value))
    return not isinstance(value, int | float) or value == 0 or 1e-15 < abs(value) < 1e15


SettingsField = Annotated[JsonObject, AfterValidator(_small), Field(description="Checked when the channel is bound")]


class Connection(StrEnum):
    UNBOUND = "unbound"
    CONNECTING = "connecting"
    CONNECTED = "connected"
    DISCONNECTED = "disconnected"


class Life(StrEnum):
    """`deleting` stops accepts and deliveries at once; `deleted` is a tombstone that late receipts still find."""

    PRESENT = "present"
    DELETING = "deleting"
    DELETED = "deleted"


class NewChannel(Strict):
    organization_id: OrganizationWish = None
    name: Name
    type: ChannelTypeField
    description: Description = ""
    settings: SettingsField = Field(default_factory=dict)
    is_active: bool = True


class ChannelChanges(Strict):
    """Only the given fields change; the type of a channel never does."""

    organization_id: OrganizationWish = None
    name: Name | None = None
    description: Description | None = None
    settings: SettingsField | None = None
    is_active: bool | None = None


class NewBinding(Strict):
    """What connects a channel to its platform. Which settings and credentials it takes is its provider's word:
    docs/providers.md lists them. Credentials are stored encrypted and never come back."""

    organization_id: OrganizationWish = None
    settings: SettingsField = Field(default_factory=dict)
    credentials: JsonObject = Field(default_factory=dict)


class Binding(Model):
    """What a provider learned when it bound the channel; nothing in it is secret."""

    provider: str
    sender: str = Field(description="What messages come from: a phone number, a sender id")
    sender_id: str = Field(description="The platform's id of the sender, which its webhooks name")
    settings: JsonObject = Field(default_factory=dict)
    version: int = 1
    bound_at: Instant


class Channel(Model):
    model_config = ConfigDict(validate_default=False)

    id: Id
    organization_id: Id
    name: str
    type: ChannelType
    description: str = ""
    settings: JsonObject = Field(default_factory=dict)
    is_active: bool = True
    connection: Connection = Connection.UNBOUND
    binding: Binding | None = None
    binding_version: int = Field(default=0, exclude=True)
    life: Life = Field(default=Life.PRESENT, exclude=True)
    service: JsonObject = Field(default_factory=dict, exclude=True)
    created_at: Instant
    updated_at: Instant

    @property
    def bound(self) -> Binding:
        """The binding, where it is known to exist."""
        if self.binding is None:
            raise LookupError("the channel is not bound")
        return self.binding

    @property
    def can_send(self) -> bool:
        return self.life is Life.PRESENT and self.is_active and self.connection is Connection.CONNECTED


class ServiceSettings(Model):
    """Settings of one channel's services; `messages_per_second` paces its sender."""

    activate_sms: bool = False
    messages_per_second: float = 80.0
    otp_guard: OtpGuard = BEGINNING
    otp_scheduling: OtpScheduling | None = Field(default=None, description="Of channels whose platform has it")
    quiet_hours: QuietHours | None = None
    default_language: Language | None = Field(
        default=None, description="Of template sends that name none, and where a template lacks their language"
    )
    category_change_paused: bool = Field(
        default=False, description="Whether new templates stop when the platform makes them MARKETING"
    )
    opt_out_keywords: Keywords | None = Field(
        default=None,
        description="Texts that stop marketing everywhere for who writes them; null: those of every language",
    )
    opt_in_keywords: Keywords | None = Field(default=None, description="Texts that let it go on; null: as above")


class ServiceSettingsChanges(Strict):
    organization_id: OrganizationWish = None
    activate_sms: bool | None = None
    messages_per_second: Annotated[float | None, Field(ge=0.1, le=1000)] = None
    otp_guard: OtpGuard | None = None
    otp_scheduling: OtpScheduling | None = None
    quiet_hours: QuietHours | None = Field(default=None, description="null takes them away")
    default_language: Language | None = None
    category_change_paused: bool | None = None
    opt_out_keywords: Keywords | None = Field(
        default=None, description="null: those of every language; none: nothing is a stop word"
    )
    opt_in_keywords: Keywords | None = None


class Health(Model):
    """What the channel and its platform say of themselves; `platform` are the provider's own words."""

    channel_id: Id
    is_active: bool
    connection: Connection
    can_send: bool
    platform: dict[str, Any] = Field(default_factory=dict)
    codes_today: Counts = Field(default_factory=Counts, description="One-time codes that its guard counted, a UTC day")
    checked_at: Instant


class ProbeStep(Model):
    step: str
    ok: bool
    detail: str = ""


class Probe(Model):
    """The outcome of a channel's test, step by step."""

    ok: bool
    steps: list[ProbeStep]


class NewProbe(Strict):
    organization_id: OrganizationWish = None
    to: str | None = Field(
        default=None, description="Also send a test message to this person (outside a window it may be refused)"
    )


class ChannelEvent(Model):
    """One line of a channel's log, kept 30 days; repeats within an hour are folded into `count`."""

    kind: str
    first_at: Instant
    last_at: Instant
    count: int = 1
    detail: str = ""
