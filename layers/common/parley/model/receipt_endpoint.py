"""Where receipts go: an address of the business, a queue that it reads, or both; and in which words."""

from enum import StrEnum
from typing import Annotated

from pydantic import AfterValidator, Field

from parley.model.receipt import Receipt, ReceiptKind, kind_of
from parley.model.types import Id, Instant, Model, Name, OrganizationWish, Strict

GRACE = 86_400
LONGEST_GRACE = 30 * 86_400
ROLE = r"^arn:aws[a-z-]*:iam::\d{12}:role/[\w+=,.@/-]{1,512}$"


class ReceiptFormat(StrEnum):
    """`original`: the fields and their casing as in Alibaba's Chat App Message Service, so that its consumers go on
    working. `parley`: our own, one form for every kind."""

    ORIGINAL = "original"
    PARLEY = "parley"


class AuditVersion(StrEnum):
    """V1 tells of templates alone; V2, made for service providers, of numbers and accounts too."""

    V1 = "V1"
    V2 = "V2"


def _distinct(kinds: list[ReceiptKind]) -> list[ReceiptKind]:
    return list(dict.fromkeys(kinds))


Kinds = Annotated[list[ReceiptKind], Field(min_length=1), AfterValidator(_distinct)]
Url = Annotated[str, Field(max_length=1000, examples=["https://shop.example.com/receipts"])]
Number = Annotated[str, Field(min_length=3, max_length=64, examples=["+34600000001"])]
RoleArn = Annotated[str, Field(max_length=600, examples=["arn:aws:iam::123456789012:role/receipts-reader"])]
Batch = Annotated[int, Field(ge=1, le=100, description="Most events of one call; 1 gives every event a webhook id")]
Grace = Annotated[
    int, Field(ge=0, le=LONGEST_GRACE, description="Seconds for which the old secret stays valid beside the new one")
]


class NewReceiptEndpoint(Strict):
    """At least a `url` or a `queue_role_arn`; with both, everything goes both ways."""

    organization_id: OrganizationWish = None
    name: Name
    channel_id: Id | None = Field(default=None, description="Of one channel; every channel's when left out")
    number: Number | None = Field(default=None, description="Only what this number of the business sent or received")
    kinds: Kinds
    url: Url | None = Field(default=None, description="https; gets POSTs of JSON arrays")
    queue_role_arn: RoleArn | None = Field(
        default=None, description="The IAM role that may read the queues that are made: one for each kind"
    )
    format: ReceiptFormat = ReceiptFormat.ORIGINAL
    audit_version: AuditVersion = AuditVersion.V2
    expects_code: bool = Field(
        default=False, description='Whether a success must answer {"code": 0}; else any 2xx is one'
    )
    batch_size: Batch = 50


class ReceiptEndpointChanges(Strict):
    """Only the given fields change; null takes `url` or `queue_role_arn` away. `is_active: true` lets one go on that
    was disabled, with all that waits for it."""

    organization_id: OrganizationWish = None
    name: Name | None = None
    kinds: Kinds | None = None
    url: Url | None = None
    queue_role_arn: RoleArn | None = None
    format: ReceiptFormat | None = None
    audit_version: AuditVersion | None = None
    expects_code: bool | None = None
    batch_size: Batch | None = None
    is_active: bool | None = None


class ReceiptQueue(Model):
    """A queue of this organization alone; each of its messages is one event."""

    kind: ReceiptKind
    url: str
    arn: str


class ReceiptEndpoint(Model):
    """`secret` appears once, in the answer that made it. Calls are signed with it after Standard Webhooks
    (standardwebhooks.com).

    One that was disabled goes on collecting what it is not sent; one that its owner switched off does not."""

    id: Id
    organization_id: Id
    name: str
    channel_id: Id | None = None
    number: str | None = None
    kinds: list[ReceiptKind]
    url: str | None = None
    queue_role_arn: str | None = None
    queues: list[ReceiptQueue] = Field(default_factory=list)
    format: ReceiptFormat
    audit_version: AuditVersion
    expects_code: bool = False
    batch_size: int = 50
    is_active: bool = True
    disabled_at: Instant | None = Field(default=None, description="When it had failed for five days")
    disabled_reason: str | None = None
    secret: str | None = Field(default=None, examples=["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"])
    old_secret_until: Instant | None = Field(default=None, description="Until then calls are signed with both secrets")
    secret_version: int = Field(default=1, exclude=True)
    revision: int = Field(default=0, exclude=True)
    fingerprint: str = Field(default="", exclude=True)
    created_at: Instant
    updated_at: Instant

    @property
    def collects(self) -> bool:
        return self.is_active or self.disabled_at is not None

    def wants(self, receipt: Receipt) -> bool:
        """Whether this event is for it, by its kind, channel and number."""
        where, audit = receipt.where, kind_of(receipt) is ReceiptKind.AUDIT
        if kind_of(receipt) not in self.kinds or self.channel_id not in (None, where.channel):
            return False
        return self.number is None or (audit and not where.number) or digits(self.number) == digits(where.number)


class NewSecret(Strict):
    organization_id: OrganizationWish = None
    grace: Grace = GRACE


def digits(number: str) -> str:
    """Of a phone number, however it is written; another kind of sender stays as it is."""
    plain = "".join(each for each in number if each.isdigit())
    return plain if number.lstrip("+").replace(" ", "").replace("-", "").isdigit() else number
