"""A consumer of ChatAppStatus, ChatAppInbound and ChatAppAudit, written from their published fields alone: it shares no
word with our code, so that it can judge what our code sends. What is not published is refused."""

import json
from collections.abc import Callable
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, model_validator

Given = Annotated[str, Field(min_length=1)]
Moment = Annotated[int, Field(ge=1_000_000_000_000, lt=100_000_000_000_000)]
"""Epoch milliseconds."""
MediaType = Literal["image", "video", "document", "audio", "none", "TEMPLATE", "INTERACTIVE"]


class Pushed(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    @model_validator(mode="before")
    @classmethod
    def _nothing_is_null(cls, given: Any) -> Any:
        if isinstance(given, dict) and None in given.values():
            raise ValueError("what is not known is left out")
        return given


class ChatAppStatus(Pushed):
    MessageId: Given
    From: str
    To: Given
    Timestamp: Moment
    Status: Literal["Sent", "Delivered", "Read", "Failed", "Deleted", "unsubscribe", "subscribe"]
    StatusDescription: Given
    ErrorCode: Given | None = None
    ErrorDescription: Given | None = None
    ConversationType: Literal["service", "utility", "marketing", "authentication"] | None = None
    ConversationId: Given | None = None
    ConversationExpirationTime: Moment | None = None
    MsgFrameType: Literal["message", "template"]
    Type: MediaType | None = None
    TaskId: Given | None = None
    OriginPhoneNumber: Given | None = None
    TemplateCode: Given | None = None
    TemplateName: Given | None = None
    Language: Given | None = None
    FromUserId: Given | None = None
    FromParentUserId: Given | None = None
    FromUserName: Given | None = None

    @model_validator(mode="after")
    def _belong_together(self) -> Self:
        told = (self.ErrorCode or "", self.ErrorDescription or "")
        if (self.Status == "Failed") != bool(self.ErrorCode) or not told[1].startswith(told[0]):
            raise ValueError("a failure, and nothing else, has its code and its code:text")
        if self.MsgFrameType == "message" and (self.TemplateCode or self.TemplateName or self.Language):
            raise ValueError("only a template has a code, a name and a language")
        return self


class Address(Pushed):
    address: str
    latitude: float | int
    longitude: float | int
    name: str


class Image(Pushed):
    caption: str
    id: str
    mimeType: str
    url: str


class Video(Pushed):
    name: str
    id: str
    mimeType: str
    url: str


class Audio(Pushed):
    name: str
    filename: str
    id: str
    mimeType: str
    url: str
    animated: bool


class Document(Pushed):
    name: str
    id: str
    filename: str
    mimeType: str
    url: str


class Reply(Pushed):
    text: str
    payload: str


class Context(Pushed):
    model_config = ConfigDict(populate_by_name=True)

    sender: str = Field(alias="from")
    id: Given


READERS: dict[str, Callable[[str], Any]] = {
    "TEXT": str,
    "LOCATION": Address.model_validate_json,
    "IMAGE": Image.model_validate_json,
    "VIDEO": Video.model_validate_json,
    "AUDIO": Audio.model_validate_json,
    "DOCUMENT": Document.model_validate_json,
    "REPLY": Reply.model_validate_json,
    "CONTACTS": TypeAdapter(list[dict[str, Any]]).validate_json,
    "SYSTEM": TypeAdapter(dict[str, Any]).validate_json,
}


class ChatAppInbound(Pushed):
    MessageId: Given
    CustSpaceId: Given
    WabaId: str
    From: Given
    To: str
    Timestamp: Moment
    DisplayName: str
    Name: str
    Type: Literal["TEXT", "LOCATION", "IMAGE", "VIDEO", "AUDIO", "DOCUMENT", "REPLY", "CONTACTS", "SYSTEM"]
    Message: str
    NoticeType: Literal["inbound"]
    FromUserId: Given | None = None
    FromParentUserId: Given | None = None
    FromUserName: Given | None = None
    context: Context | None = Field(default=None, alias="Context")

    @property
    def said(self) -> Any:
        """The text, or the fields of its type."""
        return READERS[self.Type](self.Message)

    @model_validator(mode="after")
    def _can_be_read(self) -> Self:
        assert self.said is not None
        return self


Decision = Literal["pass", "fail", "auditing", "unaudit", "disabled", "paused"]


class ChatAppAudit(Pushed):
    """Version 1."""

    WabaId: str
    TemplateCode: Given
    Language: Given
    AuditStatus: Decision
    Reason: str


class ChatAppAuditV2(Pushed):
    WabaId: str
    Type: Literal[
        "template",
        "phoneNameUpdate",
        "phoneQualityUpdate",
        "wabaReviewUpdate",
        "wabaAccountUpdate",
        "templateCategoryUpdate",
        "templateQualityUpdate",
    ]
    TemplateCode: Given | None = None
    Language: Given | None = None
    AuditStatus: Decision | None = None
    Reason: str | None = None
    PhoneNumber: Given | None = None
    Status: Given | None = None

    @model_validator(mode="after")
    def _as_its_type_wants(self) -> Self:
        of_template = self.Type.startswith("template")
        if (bool(self.TemplateCode), bool(self.Language)) != (of_template, of_template):
            raise ValueError("a template has its code and language, nothing else does")
        if bool(self.AuditStatus) != (self.Type == "template") or bool(self.Status) == (self.Type == "template"):
            raise ValueError("a review has an AuditStatus, all others a Status")
        with_number = self.Type in ("phoneNameUpdate", "phoneQualityUpdate", "wabaAccountUpdate")
        if bool(self.PhoneNumber) != with_number:
            raise ValueError("three types have a PhoneNumber")
        if self.Type.endswith("QualityUpdate") and self.Status not in ("GREEN", "YELLOW", "RED", "UNKNOWN"):
            raise ValueError("a quality is one of four")
        return self


Receipt = ChatAppStatus | ChatAppInbound | ChatAppAudit | ChatAppAuditV2


def read(kind: str, raw: bytes | str) -> list[Receipt]:
    """Every object of a push. Raises ValueError for a body or an object that does not follow the published fields."""
    pushed = json.loads(raw)
    if not isinstance(pushed, list) or not pushed:
        raise ValueError("a push is an array of at least one object")
    return [read_one(kind, each) for each in pushed]


def read_one(kind: str, told: dict[str, Any]) -> Receipt:
    """One object, as each message of a queue holds one."""
    match kind:
        case "ChatAppStatus":
            return ChatAppStatus.model_validate(told)
        case "ChatAppInbound":
            return ChatAppInbound.model_validate(told)
        case "ChatAppAudit":
            return ChatAppAuditV2.model_validate(told) if "Type" in told else ChatAppAudit.model_validate(told)
    raise ValueError(f"no such kind: {kind}")
