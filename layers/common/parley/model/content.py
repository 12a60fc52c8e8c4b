"""What a message says, in one form for all channels; what a channel can show of it is its capabilities' word."""

from enum import StrEnum
from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator

from parley.model.types import Id, Model, Strict


class Kind(StrEnum):
    TEMPLATE = "template"
    TEXT = "text"
    IMAGE = "image"
    VIDEO = "video"
    ANIMATION = "animation"
    AUDIO = "audio"
    VOICE = "voice"
    DOCUMENT = "document"
    STICKER = "sticker"
    LOCATION = "location"
    CONTACT = "contact"
    POLL = "poll"
    ALBUM = "album"


MEDIA = frozenset(
    {Kind.IMAGE, Kind.VIDEO, Kind.ANIMATION, Kind.AUDIO, Kind.VOICE, Kind.DOCUMENT, Kind.STICKER},
)
FIELDS: dict[Kind, str] = {
    Kind.TEMPLATE: "template",
    Kind.TEXT: "text",
    Kind.LOCATION: "location",
    Kind.CONTACT: "contact",
    Kind.POLL: "poll",
    Kind.ALBUM: "album",
    **dict.fromkeys(MEDIA, "media"),
}
"""The field that holds the content of each kind; no other one may be given."""


class Source(StrEnum):
    """Where a file comes from: fetched by the platform, given to Parley before, or known to the platform already."""

    LINK = "link"
    UPLOAD = "upload"
    PROVIDER_ID = "provider_id"


class Media(Strict):
    """A file: one of `link`, `upload` and `provider_id`."""

    link: Annotated[
        str | None,
        Field(
            max_length=2000,
            pattern=r"^https://",
            examples=["https://example.com/invoice.pdf"],
            description="An address that the platform fetches itself",
        ),
    ] = None
    upload: Annotated[Id | None, Field(description="The id of a file given to POST /media")] = None
    provider_id: Annotated[
        str | None, Field(min_length=1, max_length=512, description="The platform's own id of a file it has")
    ] = None
    caption: Annotated[str | None, Field(max_length=4096)] = None
    filename: Annotated[str | None, Field(max_length=240)] = None

    @model_validator(mode="before")
    @classmethod
    def _one_source(cls, given: Any) -> Any:
        if isinstance(given, dict) and sum(given.get(source) is not None for source in Source) != 1:
            raise ValueError("a file has exactly one of link, upload and provider_id")
        return given

    @property
    def source(self) -> Source:
        return Source.LINK if self.link else Source.UPLOAD if self.upload else Source.PROVIDER_ID


class AlbumItem(Media):
    type: Literal[Kind.IMAGE, Kind.VIDEO, Kind.AUDIO, Kind.DOCUMENT]


class Location(Strict):
    """A place on the map; with `name` and `address` it is a venue."""

    latitude: Annotated[float, Field(ge=-90, le=90)]
    longitude: Annotated[float, Field(ge=-180, le=180)]
    name: Annotated[str | None, Field(min_length=1, max_length=256)] = None
    address: Annotated[str | None, Field(min_length=1, max_length=512)] = None

    @model_validator(mode="after")
    def _whole_venue(self) -> Self:
        if bool(self.name) != bool(self.address):
            raise ValueError("a venue has both a name and an address")
        return self


class ContactCard(Strict):
    phone: Annotated[str, Field(min_length=3, max_length=32, examples=["+34600000001"])]
    first_name: Annotated[str, Field(min_length=1, max_length=64)]
    last_name: Annotated[str | None, Field(max_length=64)] = None


class Poll(Strict):
    """`correct` makes it a quiz: the index of the right option. `open_for` are seconds."""

    question: Annotated[str, Field(min_length=1, max_length=300)]
    options: Annotated[list[Annotated[str, Field(min_length=1, max_length=100)]], Field(min_length=1, max_length=12)]
    anonymous: bool = True
    multiple: bool = False
    correct: Annotated[int | None, Field(ge=0, le=11)] = None
    explanation: Annotated[str | None, Field(max_length=200)] = None
    open_for: Annotated[int | None, Field(ge=5, le=2_628_000)] = None

    @model_validator(mode="after")
    def _one_right_answer(self) -> Self:
        if self.correct is not None and (self.multiple or self.correct >= len(self.options)):
            raise ValueError("a quiz has one right answer, which is one of its options")
        if self.explanation is not None and (self.correct is None or self.explanation.count("\n") > 2):
            raise ValueError("an explanation is of a quiz and has at most three lines")
        return self


class Button(Strict):
    """Under a message: it opens `url`, or `payload` comes back when it is pressed."""

    text: Annotated[str, Field(min_length=1, max_length=64)]
    payload: Annotated[str | None, Field(min_length=1, max_length=256)] = None
    url: Annotated[str | None, Field(max_length=2000, pattern=r"^https?://[^/\s.]+\.[^/\s]")] = None

    @model_validator(mode="after")
    def _one_action(self) -> Self:
        if bool(self.payload) == bool(self.url):
            raise ValueError("a button has either a payload or a url")
        return self


class Key(Strict):
    """A key of a reply keyboard: it writes its text, or shares what `request` names."""

    text: Annotated[str, Field(min_length=1, max_length=64)]
    request: Literal["contact", "location"] | None = None


class Keyboard(Strict):
    """Keys in place of the person's own keyboard; `remove` takes them away, `ask` opens the field for an answer."""

    rows: Annotated[list[Annotated[list[Key], Field(min_length=1, max_length=12)]], Field(max_length=25)] = Field(
        default_factory=list
    )
    once: bool = False
    placeholder: Annotated[str | None, Field(min_length=1, max_length=64)] = None
    remove: bool = False
    ask: bool = False

    @model_validator(mode="after")
    def _one_purpose(self) -> Self:
        if [bool(self.rows), self.remove, self.ask].count(True) != 1:
            raise ValueError("a keyboard has rows, or it removes, or it asks")
        return self


class Section(Strict):
    title: Annotated[str, Field(min_length=1, max_length=24)]
    items: Annotated[list[Annotated[str, Field(min_length=1, max_length=100)]], Field(min_length=1, max_length=30)]


class Products(Strict):
    """What a multi-product template shows: `thumbnail` and items are ids of the catalog."""

    thumbnail: Annotated[str, Field(min_length=1, max_length=100)]
    sections: Annotated[list[Section], Field(min_length=1, max_length=10)]

    @model_validator(mode="after")
    def _thirty_at_most(self) -> Self:
        if sum(len(section.items) for section in self.sections) > 30:
            raise ValueError("a message shows at most 30 products")
        return self


class Format(StrEnum):
    """How text and captions are read. `html` knows the tags that GET …/capabilities lists, nothing else."""

    PLAIN = "plain"
    HTML = "html"


Rows = Annotated[list[Annotated[list[Button], Field(min_length=1, max_length=8)]], Field(max_length=100)]


class Said(Model):
    """The fields that say something, shared by what is asked for and what is kept."""

    type: Kind
    template: Annotated[str | None, Field(max_length=512, description="Name or id of an approved template")] = None
    language: Annotated[str | None, Field(max_length=16, description="Of the template", examples=["en"])] = None
    fallback_language: Annotated[
        str | None, Field(max_length=16, description="Taken where the template is not approved in `language`")
    ] = None
    variables: dict[str, str] = Field(default_factory=dict, description="A value for each variable of the template")
    products: Products | None = Field(default=None, description="Of a multi-product template")
    text: Annotated[str | None, Field(min_length=1)] = None
    format: Format = Format.PLAIN
    media: Media | None = None
    album: list[AlbumItem] | None = None
    location: Location | None = None
    contact: ContactCard | None = None
    poll: Poll | None = None
    buttons: Rows | None = Field(default=None, description="Rows of buttons under the message")
    keyboard: Keyboard | None = None
    reply_to: Annotated[Id | None, Field(description="The message that this one answers, by our id")] = None


class Content(Said):
    """What is kept of it; `reply_to_provider` is the platform's id of the message that is answered."""

    reply_to_provider: str | None = None

    @property
    def files(self) -> list[Media]:
        return [*([self.media] if self.media else []), *(self.album or [])]

    @property
    def caption(self) -> str:
        return self.media.caption or "" if self.media else ""
