"""SendTextMessage: one call, no retries; our id travels in the context and comes back in the events."""

from functools import lru_cache
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from parley.errors import OutcomeUnknown
from parley.model.channel import Binding
from parley.providers.plain import text_of
from parley.providers.provider import Accepted, Outbound, Secret
from parley.providers.sms_aws import errors
from parley.settings import settings

TTL = (5, 259_200)


@lru_cache(maxsize=1)
def client() -> Any:
    """Without the SDK's own retries: a repeated call may be a second SMS."""
    config = Config(connect_timeout=3, read_timeout=settings().call_timeout, retries={"total_max_attempts": 1})
    return boto3.client("pinpoint-sms-voice-v2", config=config)


def send(outbound: Outbound, binding: Binding, secret: Secret) -> Accepted:
    try:
        answer = client().send_text_message(**payload(outbound, binding))
    except (ClientError, BotoCoreError) as error:
        raise errors.translate(error) from error
    if not answer.get("MessageId"):  # botocore reads a body that broke off as an empty one
        raise OutcomeUnknown("AWS answered a success without a message id.")
    return Accepted(answer["MessageId"])


def payload(outbound: Outbound, binding: Binding) -> dict[str, Any]:
    """A time to live is always set: the default is 72 hours, long after the fallback's purpose is over."""
    chosen = {
        "OriginationIdentity": binding.settings.get("sender_id"),
        "ConfigurationSetName": binding.settings.get("configuration_set"),
    }
    return {
        "DestinationPhoneNumber": outbound.to.value,
        "MessageBody": text_of(outbound.content, outbound.template),
        "MessageType": "PROMOTIONAL" if outbound.marketing else "TRANSACTIONAL",
        "TimeToLive": max(TTL[0], min(outbound.ttl, TTL[1])),
        "Context": {"parley": outbound.echo},
        **{name: value for name, value in chosen.items() if value},
    }
