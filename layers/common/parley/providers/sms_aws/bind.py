"""Binding SMS to the deployment's own AWS account: there is no credential, only what to send from."""

from botocore.exceptions import BotoCoreError, ClientError
from pydantic import BaseModel, ConfigDict, Field

from parley.errors import Disconnected, Invalid, Problem
from parley.model.channel import Binding, ProbeStep
from parley.model.types import JsonObject
from parley.model.validation import validated
from parley.providers.provider import Bound, Secret
from parley.providers.sms_aws import errors
from parley.providers.sms_aws.send import client

WEBHOOK_SECRETS: tuple[str, ...] = ()
"""What stays when a channel is deleted, so that late receipts can still be verified."""

SHOWN = ("PhoneNumber", "Status", "MessageType", "IsoCountryCode")


class Settings(BaseModel):
    """`sender_id`: a number, sender id, pool or ARN of the account; AWS picks one when it is left out."""

    model_config = ConfigDict(extra="forbid")

    gateway: str = "AWS"
    sender_id: str = Field(default="", max_length=256)
    configuration_set: str = Field(default="", max_length=256)


class Credentials(BaseModel):
    model_config = ConfigDict(extra="forbid")


def bind(channel_id: str, settings: JsonObject, credentials: JsonObject, webhook_url: str) -> Bound:
    """Raises Invalid if the account may not send."""
    validated(Credentials, credentials, "credentials")
    chosen = validated(Settings, settings, "settings")
    try:
        _ask()
    except Disconnected as error:
        reason = f"The deployment's AWS account may not send SMS ({error.provider_code})."
        raise Invalid([Problem("settings.gateway", "account_refused", reason)]) from None
    sender = chosen.sender_id or "account"
    return Bound("sms_aws", sender, sender, chosen.model_dump(exclude_defaults=True), {})


def claims(binding: Binding) -> list[tuple[str, str]]:
    return []


def unbind(binding: Binding, secret: Secret) -> None:
    """Nothing at AWS belongs to one channel."""


def probe(binding: Binding, secret: Secret) -> list[ProbeStep]:
    try:
        _ask()
    except Disconnected as error:
        return [ProbeStep(step="account", ok=False, detail=error.message)]
    return [ProbeStep(step="account", ok=True)]


def health(binding: Binding, secret: Secret) -> JsonObject:
    numbers = _ask().get("PhoneNumbers", [])
    return {"phone_numbers": [{name: row.get(name) for name in SHOWN} for row in numbers]}


def _ask() -> JsonObject:
    """Asks what IAM can grant for our own numbers alone; DescribeAccountAttributes would need every resource."""
    try:
        answer: JsonObject = client().describe_phone_numbers(MaxResults=20)
    except (ClientError, BotoCoreError) as error:
        raise errors.translate(error) from error
    return answer
