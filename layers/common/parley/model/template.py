"""A template: what a business may say first, in one language, on one channel."""

from enum import StrEnum
from typing import Annotated, Literal, NamedTuple

from pydantic import Field, StringConstraints

from parley.model import variables
from parley.model.lane import Category
from parley.model.types import Id, Instant, Model, OrganizationWish, Strict

TemplateName = Annotated[str, StringConstraints(pattern=r"^[a-z0-9_]{1,512}$")]
Language = Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}(_[A-Z]{2})?$"), Field(examples=["en", "es_MX"])]


class TemplateStatus(StrEnum):
    DRAFT = "draft"
    IN_REVIEW = "in_review"
    APPROVED = "approved"
    REJECTED = "rejected"
    PAUSED = "paused"
    DISABLED = "disabled"


EDITABLE = frozenset({TemplateStatus.DRAFT, TemplateStatus.REJECTED})


class QuickReply(Strict):
    type: Literal["QUICK_REPLY"]
    text: str
    payload: str | None = Field(default=None, max_length=256, description="Comes back when the button is pressed")


class UrlButton(Strict):
    type: Literal["URL"]
    text: str
    url: str = Field(description="May end in one $(variable)", examples=["https://example.com/t/$(code)"])


Button = Annotated[QuickReply | UrlButton, Field(discriminator="type")]


class Header(Strict):
    type: Literal["HEADER"]
    format: Literal["TEXT"] = "TEXT"
    text: str


class Body(Strict):
    type: Literal["BODY"]
    text: str


class Footer(Strict):
    type: Literal["FOOTER"]
    text: str


class Buttons(Strict):
    type: Literal["BUTTONS"]
    buttons: Annotated[list[Button], Field(min_length=1, max_length=10)]


Component = Annotated[Header | Body | Footer | Buttons, Field(discriminator="type")]


class ParameterFormat(StrEnum):
    NAMED = "NAMED"
    POSITIONAL = "POSITIONAL"


class NewTemplate(Strict):
    organization_id: OrganizationWish = None
    channel_id: Id
    name: TemplateName
    language: Language
    category: Category
    parameter_format: ParameterFormat = ParameterFormat.NAMED
    components: Annotated[list[Component], Field(min_length=1, max_length=4)]
    samples: dict[str, str] = Field(
        default_factory=dict, description="An example value of every variable, for the review"
    )


class TemplateChanges(Strict):
    """Replaces the whole of a draft's or a rejected template's content."""

    organization_id: OrganizationWish = None
    category: Category | None = None
    parameter_format: ParameterFormat | None = None
    components: Annotated[list[Component] | None, Field(min_length=1, max_length=4)] = None
    samples: dict[str, str] | None = None


class Template(Model):
    id: Id
    organization_id: Id
    channel_id: Id
    name: str
    language: str
    category: Category
    parameter_format: ParameterFormat
    components: list[Component]
    samples: dict[str, str] = Field(default_factory=dict)
    status: TemplateStatus = TemplateStatus.DRAFT
    reason: str | None = Field(default=None, description="Why it was rejected, paused or disabled, and what to change")
    provider_id: str | None = None
    fingerprint: str = Field(default="", exclude=True)
    created_at: Instant
    updated_at: Instant

    @property
    def variables(self) -> list[str]:
        """The names a send must fill, in order of first use."""
        return signature(self.components).names


class TemplateState(NamedTuple):
    """A template as its platform has it; `category` may differ from the one that was asked for."""

    provider_id: str
    status: TemplateStatus
    category: str | None = None
    reason: str | None = None


class Signature(Model):
    """The exact parameter list of a template: what each part of the wire form is filled with."""

    header: list[str] = Field(default_factory=list)
    body: list[str] = Field(default_factory=list)
    buttons: dict[int, list[str]] = Field(default_factory=dict)

    @property
    def names(self) -> list[str]:
        in_buttons = [name for names in self.buttons.values() for name in names]
        return list(dict.fromkeys([*self.header, *self.body, *in_buttons]))


def signature(components: list[Component]) -> Signature:
    found = Signature()
    for component in components:
        match component:
            case Header(text=text):
                found.header = variables.names(text)
            case Body(text=text):
                found.body = variables.names(text)
            case Buttons(buttons=buttons):
                urls = ((i, variables.names(b.url)) for i, b in enumerate(buttons) if isinstance(b, UrlButton))
                found.buttons = {index: names for index, names in urls if names}
            case Footer():
                pass
    return found


def render(components: list[Component], values: dict[str, str]) -> str:
    """The text a person would read, buttons as lines; for dry runs and for channels that show plain text."""
    return "\n".join(line for component in components for line in _lines(component, values))


def _lines(component: Component, values: dict[str, str]) -> list[str]:
    if isinstance(component, Buttons):
        return [
            f"[{b.text}]" + (f" {variables.fill(b.url, values)}" if isinstance(b, UrlButton) else "")
            for b in component.buttons
        ]
    return [variables.fill(component.text, values)]
