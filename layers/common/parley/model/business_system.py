"""A system of the business that a channel calls: its address, and the signature by which it knows us."""

import json
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
    """Makes a new signature and signing secret; the old ones stay valid beside them for `grace` seconds, 0 ends them at
    once."""

    organization_id: OrganizationWish = None
    grace: Grace = GRACE


class BusinessSystem(Model):
    """`signature` and `signing_secret` appear once, in the answer that made them. Every call carries the signature in
    the header `parley-signature-token` (while old ones hold, all of them, with spaces between), and is signed after
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
    old_signature_until: Instant | None = Field(
        default=None, description="Until then calls carry the old signature too, and are signed with both secrets"
    )
    intent_count: int = 0
    secret_version: int = Field(default=1, exclude=True)
    fingerprint: str = Field(default="", exclude=True)
    created_at: Instant
    updated_at: Instant


class CallTest(Model):
    """What came of a test call: `ok` for any 2xx, else `problem` says why not. `answer` is how the answer began."""

    ok: bool
    status: int | None = None
    milliseconds: int
    problem: str | None = Field(default=None, examples=["refused", "timed_out", "address_not_allowed"])
    answer: str | None = None


def _small(data: JsonObject) -> JsonObject:
    if len(json.dumps(data, ensure_ascii=False).encode()) > DATA_BYTES:
        raise ValueError(f"Default data holds at most {DATA_BYTES} bytes.")
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
    version: int = Field(default=0, exclude=True)
    fingerprint: str = Field(default="", exclude=True)
    created_at: Instant
    updated_at: Instant

    @property
    def words(self) -> list[str]:
        """Its keywords, bare, each once."""
        return list(dict.fromkeys(map(keywords.bare, self.keywords)))
