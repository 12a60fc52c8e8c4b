"""What a channel can show and tell, declared by its provider as data and used by the one validation of content."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field

from pydantic import Field

from parley.model.address import AddressForm, AddressKind
from parley.model.content import Kind, Source
from parley.model.dialect import Dialect, EditLimit
from parley.model.status import Status
from parley.model.types import Id, Model


@dataclass(frozen=True)
class ButtonLimits:
    """Of buttons under a message; `payload_bytes` as UTF-8."""

    per_row: int
    total: int
    payload_bytes: int
    urls: bool = True


@dataclass(frozen=True)
class Capabilities:
    """`people` are the forms of address, the default one first.

    `business_starts`: the business may write first. `echoes`: receipts carry our id, else they are found by the
    platform's. `window` is how long after a person's message free-form content may be sent, in seconds; None: always.
    `platform` is the name under which senders are claimed, empty: nobody owns them. `account` is the setting of a
    binding that names the business account, empty: there is none. `receiver` is whose function URL
    the platform's webhooks go to. `html` are the tags that its formatted texts may hold. `messages_per_second` is what
    the platform grants a sender. `upload_bytes` is the largest file of each kind that is handed over, not linked.
    `schedules_otp`: one-time codes of a channel may go out from another number."""

    people: tuple[AddressForm, ...]
    kinds: frozenset[Kind]
    receipts: frozenset[Status]
    text_limit: int
    receiver: str
    platform: str = ""
    account: str = ""
    caption_limit: int = 1024
    captions: frozenset[Kind] = field(default_factory=frozenset)
    window: int | None = None
    business_starts: bool = True
    dialect: Dialect = field(default_factory=Dialect)
    counts_parts: bool = False
    echoes: bool = True
    messages_per_second: float = 80.0
    sources: frozenset[Source] = frozenset({Source.LINK})
    upload_bytes: Mapping[Kind, int] = field(default_factory=dict)
    html: frozenset[str] = frozenset()
    buttons: ButtonLimits | None = None
    keyboards: bool = False
    replies: bool = False
    album: tuple[int, int] = (2, 10)
    alone_in_albums: frozenset[Kind] = frozenset()
    edits: frozenset[Kind] = frozenset()
    deletes: bool = False
    actions: frozenset[str] = frozenset()
    schedules_otp: bool = False


class AddressView(Model):
    type: AddressKind
    example: str = ""
    seconds_between: float = Field(default=0, description="Least time between two messages to one of them")


class ButtonsView(Model):
    per_row: int
    total: int
    payload_bytes: int
    urls: bool


class TemplatesView(Model):
    """`reviewed`: the platform decides whether a template may be sent. `most` are the most buttons of a kind."""

    reviewed: bool
    components: list[str]
    headers: list[str]
    buttons: list[str]
    most: dict[str, int]
    edits: list[EditLimit] = Field(description="How many new versions of an approved template within so many days")
    header_limit: int
    body_limit: int
    footer_limit: int
    button_limit: int


class ChannelCapabilities(Model):
    """What a channel can show and tell. `window` are the seconds after a person's message in which free-form content
    may be sent; without it, always. A receipt that is not listed never comes."""

    channel_id: Id
    people: list[AddressView] = Field(description="How people are addressed; a plain `to` is of the first that it fits")
    business_starts: bool = Field(description="Whether the business may write first")
    kinds: list[Kind]
    receipts: list[Status]
    window: int | None
    templates: TemplatesView
    messages_per_second: float = Field(description="What the platform grants; the service settings may say less")
    text_limit: int
    captions: list[Kind]
    caption_limit: int
    html: list[str] = Field(description="Tags of formatted text; none: plain text only")
    sources: list[Source]
    upload_bytes: dict[Kind, int] = Field(description="The largest file of each kind that is handed over")
    album_size: list[int] | None
    buttons: ButtonsView | None
    keyboards: bool
    replies: bool
    edits: list[Kind]
    deletes: bool
    actions: list[str]
    schedules_otp: bool = Field(description="Whether one-time codes may go out from `scheduling_resources`")


def view(channel: str, able: Capabilities) -> ChannelCapabilities:
    people = [AddressView(type=each.kind, example=each.example, seconds_between=each.every) for each in able.people]
    buttons = ButtonsView(**asdict(able.buttons)) if able.buttons else None
    more = {"channel_id": channel, "people": people, "buttons": buttons, "upload_bytes": dict(able.upload_bytes)}
    templates = TemplatesView.model_validate(_plain(able.dialect, TemplatesView))
    album = list(able.album) if Kind.ALBUM in able.kinds else None
    plain = _plain(able, ChannelCapabilities)
    return ChannelCapabilities.model_validate({**plain, **more, "templates": templates, "album_size": album})


def _plain(able: Capabilities | Dialect, shape: type[Model]) -> dict[str, object]:
    """The fields that both have, sets as sorted lists."""
    found = {name: getattr(able, name) for name in shape.model_fields if hasattr(able, name)}
    return {name: sorted(value) if isinstance(value, frozenset) else value for name, value in found.items()}
