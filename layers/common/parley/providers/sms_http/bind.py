"""A gateway described by data: its address, what to send it, how a success looks, and how its reports read."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from parley.errors import Invalid, Problem
from parley.model import variables
from parley.model.channel import Binding, ProbeStep
from parley.model.types import JsonObject
from parley.model.validation import validated
from parley.providers import guard
from parley.providers.provider import Bound, Secret

PLACEHOLDERS = frozenset({"to", "from", "text", "reference", "callback_url", "token"})
Template = Annotated[dict[str, str], Field(max_length=30)]


class Success(BaseModel):
    """`pattern` is a shell pattern over the answer's body; `id_path` leads to the gateway's message id."""

    model_config = ConfigDict(extra="forbid")

    pattern: str = Field(default="*", max_length=200)
    id_path: str = Field(default="id", max_length=100)
    error_path: str = Field(default="code", max_length=100)


class Reports(BaseModel):
    """Where a delivery report has its parts (dotted paths), and its words for our statuses."""

    model_config = ConfigDict(extra="forbid")

    id_path: str = "id"
    reference_path: str = "reference"
    status_path: str = "status"
    time_path: str = "time"
    error_path: str = "error"
    signature_header: str = "x-signature"
    statuses: dict[str, Literal["sent", "delivered", "failed"]] = Field(
        default={
            "DELIVRD": "delivered",
            "ACCEPTD": "sent",
            "UNDELIV": "failed",
            "EXPIRED": "failed",
            "REJECTD": "failed",
        }
    )


WEBHOOK_SECRETS = ("report_secret",)
"""What stays when a channel is deleted, so that late receipts can still be verified."""


class Settings(BaseModel):
    """Values of `body` and `headers` may hold $(to), $(from), $(text), $(reference), $(callback_url) and $(token)."""

    model_config = ConfigDict(extra="forbid")

    gateway: Literal["HTTP"] = "HTTP"
    url: str = Field(max_length=1000)
    method: Literal["POST", "GET"] = "POST"
    format: Literal["json", "form", "query"] = "json"
    body: Template = Field(
        default={
            "to": "$(to)",
            "from": "$(from)",
            "text": "$(text)",
            "reference": "$(reference)",
            "callback_url": "$(callback_url)",
        }
    )
    headers: Template = Field(default={"Authorization": "Bearer $(token)"})
    number_format: Literal["+E164", "E164"] = "+E164"
    sender_id: str = Field(min_length=1, max_length=20)
    success: Success = Field(default_factory=Success)
    reports: Reports = Field(default_factory=Reports)


class Credentials(BaseModel):
    """`token` fills $(token); `report_secret` is the key of the gateway's HMAC-SHA256 over each report's raw bytes."""

    model_config = ConfigDict(extra="forbid")

    token: str = Field(default="", max_length=1024)
    report_secret: str = Field(default="", max_length=256)


def bind(channel_id: str, settings: JsonObject, credentials: JsonObject, webhook_url: str) -> Bound:
    """A gateway has nothing to ask without sending; its address and its placeholders are checked."""
    chosen, secret = validated(Settings, settings, "settings"), validated(Credentials, credentials, "credentials")
    guard.check_url(chosen.url, "settings.url")
    used = {name for text in [*chosen.body.values(), *chosen.headers.values()] for name in variables.names(text)}
    if used - PLACEHOLDERS:
        reason = f"Only {', '.join(sorted(PLACEHOLDERS))} can be filled in."
        raise Invalid([Problem("settings.body", "unknown_placeholder", reason)])
    if not all(text.isascii() and text.isprintable() for text in [*chosen.headers.values(), secret.token]):
        raise Invalid([Problem("settings.headers", "not_ascii", "Headers and the token are plain ASCII.")])
    if not {"to", "text"} <= used:
        raise Invalid([Problem("settings.body", "placeholder_missing", "The body must hold $(to) and $(text).")])
    return Bound(
        "sms_http", chosen.sender_id, chosen.sender_id, chosen.model_dump(exclude_defaults=True), secret.model_dump()
    )


def claims(binding: Binding) -> list[tuple[str, str]]:
    return []


def unbind(binding: Binding, secret: Secret) -> None:
    """The gateway knows nothing of channels."""


def probe(binding: Binding, secret: Secret) -> list[ProbeStep]:
    return [ProbeStep(step="settings", ok=True, detail="A gateway can only be tried by sending; give `to`.")]


def health(binding: Binding, secret: Secret) -> JsonObject:
    return {}
