"""What a template is made of. Texts, links and codes may hold $(name) variables, where the channel's dialect allows
them."""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from parley.model.types import Id, Strict

NAME, LANGUAGE = r"^[a-z0-9_]{1,512}$", r"^[a-z]{2,3}(_[A-Z]{2})?$"
TemplateName = Annotated[str, StringConstraints(pattern=NAME)]
Language = Annotated[str, StringConstraints(pattern=LANGUAGE), Field(examples=["en", "es_MX"])]
IntentCode = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,64}$")]


class Press(Strict):
    """What a press does besides coming in as a message: the next template goes out, or an intent is called."""

    template: TemplateName | None = None
    language: Language | None = None
    intent: IntentCode | None = None


class QuickReply(Strict):
    """`opt_out`: pressing it asks for no more marketing."""

    type: Literal["QUICK_REPLY"]
    text: str
    payload: str | None = Field(default=None, max_length=256, description="Comes back when the button is pressed")
    opt_out: bool = False
    press: Press | None = None


class UrlButton(Strict):
    type: Literal["URL"]
    text: str
    url: str = Field(description="May end in one $(variable)", examples=["https://example.com/t/$(code)"])


class PhoneButton(Strict):
    type: Literal["PHONE_NUMBER"]
    text: str
    phone_number: str = Field(examples=["+34600000001"])


class CopyCode(Strict):
    """Copies `code`, a coupon; in AUTHENTICATION templates the one-time code, and `code` is left out."""

    type: Literal["COPY_CODE"]
    text: str = "Copy code"
    code: str = Field(default="", examples=["$(coupon)", "25OFF"])


class App(Strict):
    """An Android app that may take the code."""

    package_name: Annotated[str, Field(pattern=r"^[A-Za-z][\w]*(\.[A-Za-z][\w]*)+$", max_length=224)]
    signature_hash: Annotated[str, Field(pattern=r"^[A-Za-z0-9+/=]{11}$")]


Apps = Annotated[list[App], Field(min_length=1, max_length=5)]


class OneTap(Strict):
    type: Literal["ONE_TAP"]
    text: str = "Copy code"
    autofill_text: str = "Autofill"
    apps: Apps


class ZeroTap(Strict):
    """The app takes the code by itself; `terms_accepted` says that its users agreed to that."""

    type: Literal["ZERO_TAP"]
    text: str = "Copy code"
    autofill_text: str = "Autofill"
    apps: Apps
    terms_accepted: Literal[True]


class CatalogButton(Strict):
    type: Literal["CATALOG"]
    text: str = "View catalog"


class ProductsButton(Strict):
    """Multi-product: each send names its products."""

    type: Literal["MPM"]
    text: str = "View items"


class FlowButton(Strict):
    type: Literal["FLOW"]
    text: str
    flow_id: Annotated[str, Field(pattern=r"^\d{5,32}$")]
    action: Literal["navigate", "data_exchange"] = "navigate"
    screen: str | None = None


OtpButton = OneTap | ZeroTap
Button = Annotated[
    QuickReply | UrlButton | PhoneButton | CopyCode | OneTap | ZeroTap | CatalogButton | ProductsButton | FlowButton,
    Field(discriminator="type"),
]


class Place(Strict):
    """Of a location header; texts, so that each may be a variable."""

    latitude: str
    longitude: str
    name: str = ""
    address: str = ""


class Header(Strict):
    """One of `text` and, for IMAGE, VIDEO and DOCUMENT, a file: `upload` from the library or a `link`, which may be one
    $(variable); for LOCATION a `place`."""

    type: Literal["HEADER"]
    format: Literal["TEXT", "IMAGE", "VIDEO", "DOCUMENT", "LOCATION"] = "TEXT"
    text: str | None = None
    link: Annotated[str | None, Field(max_length=2000)] = None
    upload: Id | None = None
    filename: Annotated[str | None, Field(max_length=240)] = None
    place: Place | None = None


class Body(Strict):
    """Of AUTHENTICATION templates the platform writes the text; `security_advice` adds its warning not to share it."""

    type: Literal["BODY"]
    text: str = ""
    security_advice: bool = False


class Footer(Strict):
    type: Literal["FOOTER"]
    text: str = ""
    code_expires_in: Annotated[int | None, Field(ge=1, le=90, description="Minutes; AUTHENTICATION only")] = None


class Buttons(Strict):
    type: Literal["BUTTONS"]
    buttons: Annotated[list[Button], Field(min_length=1, max_length=10)]


class LimitedTimeOffer(Strict):
    """With `has_expiration` each send fills $(offerExpirationTimeMs)."""

    type: Literal["LIMITED_TIME_OFFER"]
    text: str
    has_expiration: bool = True


CardPart = Annotated[Header | Body | Buttons, Field(discriminator="type")]


class Card(Strict):
    components: Annotated[list[CardPart], Field(min_length=1, max_length=3)]


class Carousel(Strict):
    type: Literal["CAROUSEL"]
    cards: Annotated[list[Card], Field(min_length=2, max_length=10)]


Component = Annotated[Header | Body | Footer | Buttons | LimitedTimeOffer | Carousel, Field(discriminator="type")]
