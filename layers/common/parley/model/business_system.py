"""A system of the business that a channel calls: its address, and the signature by which it knows us."""

from typing import Annotated

from pydantic import AfterValidator, Field

from parley.model import keywords
from parley.model.components import IntentCode
from parley.model.receipt_endpoint import GRACE, Grace, Url
from parley.model.types import Description, Id, Instant, JsonObject, Model, Name, OrganizationWish, Strict

DATA_BYTES = 4096


class NewBusinessSystem(Strict):
    organization_id: OrganizationWish = None
    channel_id: Id
    name: Name
    url: Url
    remarks: Description = ""


class BusinessSystemChanges(Strict):
    """Only the given fields change."""

    organization_id: OrganizationWish = None
    name: Name | None = None
    url: Url | None = None
    remarks: Description | None = None


class NewSignature(Strict):
    """Makes a new signature and signing secret; the old ones stay valid beside them for `grace` seconds."""

    organization_id: OrganizationWish = None
    grace: Grace = GRACE


class BusinessSystem(Model):
    """`signature` and `signing_secret` appear once, in the answer that made them. Every call carries the signature in
    the header `parley-signature-token` (while an old one is valid, both, with a space between), and is signed after
    Standard Webhooks with the signing secret."""

    id: Id
    organization_id: Id
    channel_id: Id
    name: str
    url: str
    remarks: str = ""
    signature: str | None = Field(default=None, examples=["sig_5bW2hC0S6uK1"])
    signing_secret: str | None = Field(default=None, examples=["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"])
    signature_hint: str = Field(default="", description="The last four characters, to tell signatures apart")
    old_signature_until: Instant | None = None
    intent_count: int = 0
    secret_version: int = Field(default=1, exclude=True)
    fingerprint: str = Field(default="", exclude=True)
    created_at: Instant
    updated_at: Instant


class CallTest(Model):
    """What came of a test call. `answer` is how the answer began."""

    ok: bool
    status: int | None = None
    milliseconds: int
    problem: str | None = None
    answer: str | None = None


class NewTest(Strict):
    organization_id: OrganizationWish = None


def _small(data: JsonObject) -> JsonObject:
    if len(str(data).encode()) > DATA_BYTES:
        raise ValueError(f"default data holds at most {DATA_BYTES} bytes")
    return data


Keywords = Annotated[
    list[keywords.Keyword],
    Field(max_length=20, description="A text that is nothing but one of these, in whatever case, fires the intent"),
]
IntentData = Annotated[
    JsonObject, AfterValidator(_small), Field(description="What every call carries unless the press says otherwise")
]


class NewIntent(Strict):
    """`code` is what the buttons of templates name, once on a channel."""

    organization_id: OrganizationWish = None
    business_system_id: Id
    code: IntentCode
    name: Name
    default_data: IntentData = Field(default_factory=dict)
    keywords: Keywords = Field(default_factory=list)


class IntentChanges(Strict):
    """Only the given fields change; the code of an intent never does."""

    organization_id: OrganizationWish = None
    business_system_id: Id | None = Field(default=None, description="Another system of the same channel")
    name: Name | None = None
    default_data: IntentData | None = None
    keywords: Keywords | None = None


class Intent(Model):
    """An event in the business's own system that a button or a word of a person fires."""

    id: Id
    organization_id: Id
    channel_id: Id
    business_system_id: Id
    code: str
    name: str
    default_data: JsonObject = Field(default_factory=dict)
    keywords: list[str] = Field(default_factory=list)
    fingerprint: str = Field(default="", exclude=True)
    created_at: Instant
    updated_at: Instant
