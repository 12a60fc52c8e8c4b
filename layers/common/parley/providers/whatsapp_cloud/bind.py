"""Connecting a WhatsApp number: is the token good, is the number ours and ready, does the account send us webhooks."""

import secrets
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from parley.errors import Disconnected, Invalid, Problem, ProviderError, Rejected
from parley.model.address import read_phone
from parley.model.channel import Binding, ProbeStep
from parley.model.types import JsonObject
from parley.model.validation import validated
from parley.providers.http import parsed
from parley.providers.probing import step
from parley.providers.provider import Bound, Secret
from parley.providers.whatsapp_cloud import errors, graph

FIELDS = "id,display_phone_number,verified_name,quality_rating,status,throughput"

WEBHOOK_SECRETS = ("app_secret", "verify_token")
"""What stays when a channel is deleted, so that late receipts can still be verified."""


class Settings(BaseModel):
    model_config = ConfigDict(extra="forbid")

    gateway: str = "META"
    waba_id: str = Field(pattern=r"^\d{5,32}$")
    phone_number_id: str = Field(pattern=r"^\d{5,32}$")
    graph_version: str = Field(default="", pattern=r"^(v\d{1,2}\.\d)?$")


class Credentials(BaseModel):
    """`app_secret` and `verify_token` are those of a customer's own Meta app; else the deployment's app signs."""

    model_config = ConfigDict(extra="forbid")

    access_token: str = Field(min_length=8, max_length=1024)
    app_secret: str = Field(default="", max_length=128)
    verify_token: str = Field(default="", max_length=128)


def bind(channel_id: str, settings: JsonObject, credentials: JsonObject, webhook_url: str) -> Bound:
    """Raises Invalid for a token or number that Meta does not know, Disconnected or Unavailable as Meta says."""
    chosen = validated(Settings, settings, "settings")
    secret = validated(Credentials, credentials, "credentials").model_dump()
    phone = _number(chosen, secret)
    sender = read_phone(str(phone["display_phone_number"]))
    if secret["app_secret"]:
        secret["verify_token"] = secret["verify_token"] or secrets.token_urlsafe(24)
    kept = chosen.model_dump(exclude_defaults=True)
    return Bound(
        "whatsapp_cloud", sender, chosen.phone_number_id, kept, secret, _claims(chosen.phone_number_id, sender)
    )


def subscribe(channel_id: str, binding: Binding, secret: Secret, webhook_url: str) -> None:
    """Without this call an account sends no webhooks at all. A customer's own app is pointed at its own path, which
    Meta checks at once by a challenge; so the credential must be stored before."""
    own = (
        {"override_callback_uri": f"{webhook_url}{channel_id}", "verify_token": secret["verify_token"]}
        if secret.get("app_secret")
        else None
    )
    errors.raise_for(_ask("POST", f"{binding.settings['waba_id']}/subscribed_apps", binding, secret, body=own))


def claims(binding: Binding) -> list[tuple[str, str]]:
    return _claims(binding.sender_id, binding.sender)


def unbind(binding: Binding, secret: Secret) -> None:
    """The subscription is the whole account's; it stays, because other numbers of the account may need it."""


def probe(binding: Binding, secret: Secret) -> list[ProbeStep]:
    return [
        step("credential", lambda: _number_of(binding, secret)),
        step("webhook", lambda: _subscribed(binding, secret)),
    ]


def health(binding: Binding, secret: Secret) -> JsonObject:
    phone = _number_of(binding, secret)
    return {name: phone[name] for name in FIELDS.split(",") if name in phone}


def _claims(phone_number_id: str, sender: str) -> list[tuple[str, str]]:
    """The number itself too: a number that moves to another account gets another id, but stays one number."""
    return [("whatsapp", phone_number_id), ("whatsapp", sender)]


def _number(chosen: Settings, secret: Secret) -> dict[str, Any]:
    response = graph.ask(
        "GET",
        chosen.phone_number_id,
        secret["access_token"],
        version=chosen.graph_version,
        app_secret=secret["app_secret"],
        fields=FIELDS,
    )
    try:
        errors.raise_for(response)
    except Disconnected as error:
        raise Invalid([_wrong(error)]) from None
    except Rejected as error:
        raise Invalid([Problem("credentials", "refused", f"Meta refused (code {error.provider_code}).")]) from None
    return _ready(parsed(response))


def _wrong(error: ProviderError) -> Problem:
    if error.provider_code == "100":
        return Problem("settings.phone_number_id", "unknown_number", "The token sees no such phone number.")
    return Problem(
        "credentials.access_token", "invalid_token", f"Meta does not accept this token (code {error.provider_code})."
    )


def _ready(phone: dict[str, Any]) -> dict[str, Any]:
    """Only a CONNECTED number can send; older answers have no status."""
    if phone.get("status", "CONNECTED") != "CONNECTED":
        raise Invalid(
            [Problem("settings.phone_number_id", "number_not_ready", f"Meta says the number is {phone['status']}.")]
        )
    if not phone.get("display_phone_number"):
        raise Invalid(
            [Problem("settings.phone_number_id", "unknown_number", "Meta names no phone number for this id.")]
        )
    return phone


def _number_of(binding: Binding, secret: Secret) -> dict[str, Any]:
    response = _ask("GET", binding.sender_id, binding, secret, fields=FIELDS)
    errors.raise_for(response)
    return parsed(response)


def _subscribed(binding: Binding, secret: Secret) -> None:
    response = _ask("GET", f"{binding.settings['waba_id']}/subscribed_apps", binding, secret)
    errors.raise_for(response)
    if not parsed(response).get("data"):
        raise Rejected("not_subscribed", "The account sends us no webhooks; bind the channel again.")


def _ask(method: str, path: str, binding: Binding, secret: Secret, **options: Any) -> Any:
    version, app_secret = binding.settings.get("graph_version", ""), secret.get("app_secret", "")
    return graph.ask(method, path, secret["access_token"], version=version, app_secret=app_secret, **options)
