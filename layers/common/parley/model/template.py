"""A template: what a business may say first, in one language, on one channel."""

from enum import StrEnum
from typing import Annotated, NamedTuple

from pydantic import Field

from parley.model import signature
from parley.model.components import (
    Component,
    Header,
    Language,
    TemplateName,
)
from parley.model.lane import Category
from parley.model.types import Id, Instant, Model, OrganizationWish, Strict


class TemplateStatus(StrEnum):
    DRAFT = "draft"
    IN_REVIEW = "in_review"
    APPROVED = "approved"
    REJECTED = "rejected"
    PAUSED = "paused"
    DISABLED = "disabled"
    ARCHIVED = "archived"


EDITABLE = frozenset({TemplateStatus.DRAFT, TemplateStatus.REJECTED})
"""Those change in place."""
VERSIONED = frozenset({TemplateStatus.APPROVED, TemplateStatus.PAUSED, TemplateStatus.DISABLED})
"""An edit of those is a new version; the old one stays as it is until the new one is approved."""


class ParameterFormat(StrEnum):
    NAMED = "NAMED"
    POSITIONAL = "POSITIONAL"


Defaults = Annotated[dict[str, str], Field(description="What stands in where a send leaves a variable empty")]


class NewTemplate(Strict):
    organization_id: OrganizationWish = None
    channel_id: Id
    name: TemplateName
    language: Language
    category: Category
    parameter_format: ParameterFormat = ParameterFormat.NAMED
    components: Annotated[list[Component], Field(min_length=1, max_length=6)]
    samples: dict[str, str] = Field(
        default_factory=dict, description="An example value of every variable, for the review"
    )
    defaults: Defaults = Field(default_factory=dict)
    category_change_paused: bool | None = Field(
        default=None,
        description="Stop sending when the platform makes a UTILITY template MARKETING; as the service settings say"
        " where it is left out",
    )


class TemplateChanges(Strict):
    """Replaces what is given, as a whole: of a draft or a rejected template in place, else in a new version."""

    organization_id: OrganizationWish = None
    category: Category | None = None
    parameter_format: ParameterFormat | None = None
    components: Annotated[list[Component] | None, Field(min_length=1, max_length=6)] = None
    samples: dict[str, str] | None = None
    defaults: Defaults | None = None


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
    defaults: dict[str, str] = Field(default_factory=dict)
    asked_category: Category | None = Field(default=None, description="The one it was designed with")
    expected_category: Category | None = Field(
        default=None, description="What the platform announced to make of it within a day"
    )
    category_change_paused: bool = False
    allow_send: bool = Field(default=True, description="False: stopped by a change of its category; see properties")
    quality: str | None = Field(default=None, description="The platform's word: GREEN, YELLOW, RED, UNKNOWN")
    status: TemplateStatus = TemplateStatus.DRAFT
    reason: str | None = Field(default=None, description="Why it was rejected, paused or disabled, and what to change")
    provider_id: str | None = None
    version: int = Field(default=1, description="Counts the edits of what was approved")
    replaces: Id | None = Field(default=None, description="The version whose place this one takes once it is approved")
    replaced_by: Id | None = Field(default=None, description="The version that took its place; sends use that one")
    next_version: Id | None = Field(default=None, description="The version that is being worked on")
    imported: bool = Field(default=False, description="Made at the platform, and followed from there")
    archived: bool = Field(default=False, description="Put away by its owner: neither sent nor listed")
    begun_versions: int = Field(default=0, exclude=True)
    edited_at: dict[str, int] = Field(default_factory=dict, exclude=True)
    fingerprint: str = Field(default="", exclude=True)
    created_at: Instant
    updated_at: Instant

    @property
    def variables(self) -> list[str]:
        """The names a send must fill, in order of first use."""
        return signature.names(self.components, self.category)

    @property
    def sendable(self) -> bool:
        return self.status is TemplateStatus.APPROVED and self.allow_send and not self.archived

    @property
    def file(self) -> Header | None:
        """The header that is a picture, a video or a document."""
        headers = [each for each in self.components if isinstance(each, Header)]
        return next((each for each in headers if each.format in ("IMAGE", "VIDEO", "DOCUMENT")), None)

    @property
    def platform_name(self) -> str:
        """Versions are templates of their own at the platform, so that the old one is sent while it reviews the new."""
        return self.name if self.version == 1 else f"{self.name}__v{self.version}"

    def stops_as(self, category: str | None) -> bool:
        """Whether this change of its category is one that its owner wanted to be stopped by."""
        became = (self.category, category) == (Category.UTILITY, Category.MARKETING)
        return became and self.category_change_paused


class TemplateProperties(Strict):
    """What may change in any state. `allow_send` lets a template go on that a change of its category has stopped."""

    organization_id: OrganizationWish = None
    allow_send: bool | None = None
    category_change_paused: bool | None = None


class NewPreview(Strict):
    organization_id: OrganizationWish = None
    variables: dict[str, str] = Field(default_factory=dict)


class Preview(Model):
    """How it reads with these values; what is `missing` is shown as $(name)."""

    text: str
    characters: int
    variables: list[str]
    missing: list[str]


class NewCopy(Strict):
    """What is left out stays as it is."""

    organization_id: OrganizationWish = None
    to_organization_id: Annotated[
        OrganizationWish, Field(description="Another customer of the calling service provider; with a `channel_id`")
    ] = None
    channel_id: Id | None = None
    name: TemplateName | None = None
    language: Language | None = None


class Import(Strict):
    """Takes over templates that exist at the platform, a page at a time; go on with `next` until there is none."""

    organization_id: OrganizationWish = None
    channel_id: Id
    next: Annotated[str | None, Field(max_length=2000)] = None


class NotImported(Model):
    name: str
    language: str
    reason: str


class Imported(Model):
    """`known` counts those that were here before."""

    imported: list[Template]
    known: int
    refused: list[NotImported]
    next: str | None


class TemplateState(NamedTuple):
    """What is new of a template at its platform; `category` may differ from the one that was asked for. `expected` is
    a category that the platform announced, empty when it took that back."""

    provider_id: str
    status: TemplateStatus | None = None
    category: str | None = None
    reason: str | None = None
    quality: str | None = None
    expected: str | None = None


class Design(NamedTuple):
    """What a template says, apart from its name and language."""

    category: Category
    parameter_format: ParameterFormat
    components: list[Component]
    samples: dict[str, str]


class Existing(NamedTuple):
    """A template that its platform has. Without a `design` it is none that could be written here, and `problem` says
    why."""

    name: str
    language: str
    state: TemplateState
    design: Design | None
    problem: str
