"""The fields of SendTextMessage."""

import re
from typing import Any

from local.simulators.sms_voice.errors import ServiceError, invalid

FIELDS = {
    "DestinationPhoneNumber",
    "OriginationIdentity",
    "MessageBody",
    "MessageType",
    "Keyword",
    "ConfigurationSetName",
    "MaxPrice",
    "TimeToLive",
    "Context",
    "DestinationCountryParameters",
    "DryRun",
    "ProtectConfigurationId",
    "MessageFeedbackEnabled",
}
COUNTRY_KEYS = {"IN_TEMPLATE_ID", "IN_ENTITY_ID"}


def check(body: dict[str, Any], identities: list[Any]) -> None:
    unknown = set(body) - FIELDS
    if unknown:
        raise ServiceError("SerializationException", f"Unknown fields {sorted(unknown)}")
    _pattern(body, "DestinationPhoneNumber", r"\+?[1-9][0-9]{1,18}", required=True)
    _pattern(body, "OriginationIdentity", r"[A-Za-z0-9_:/\+-]{1,256}")
    _pattern(body, "ConfigurationSetName", r"[A-Za-z0-9_:/-]{1,256}")
    _pattern(body, "ProtectConfigurationId", r"[A-Za-z0-9_:/-]{1,256}")
    _pattern(body, "Keyword", r"[ \S]{1,30}")
    _pattern(body, "MaxPrice", r"[0-9]{0,2}\.[0-9]{1,5}")
    _body(body.get("MessageBody"))
    _rest(body)
    identity = body.get("OriginationIdentity")
    if identity and identities and identity not in identities:
        raise ServiceError(
            "ResourceNotFoundException",
            "The origination identity does not exist.",
            ResourceType="phone-number",
            ResourceId=identity,
        )


def _pattern(body: dict[str, Any], field: str, pattern: str, required: bool = False) -> None:
    value = body.get(field)
    if value is None and not required:
        return
    if not isinstance(value, str) or not re.fullmatch(pattern, value):
        raise invalid(field, f"must match {pattern}")


def _body(value: Any) -> None:
    """Optional in the model, but a text without a body has nothing to say."""
    if not isinstance(value, str) or not 1 <= len(value) <= 1600 or not value.strip():
        raise invalid("MessageBody", "must have 1 to 1600 characters and not only blanks")


def _rest(body: dict[str, Any]) -> None:
    if body.get("MessageType", "TRANSACTIONAL") not in ("TRANSACTIONAL", "PROMOTIONAL"):
        raise invalid("MessageType", "must be TRANSACTIONAL or PROMOTIONAL")
    ttl = body.get("TimeToLive")
    if ttl is not None and (not isinstance(ttl, int) or not 5 <= ttl <= 259200):
        raise invalid("TimeToLive", "must be between 5 and 259200")
    _context(body.get("Context") or {})
    if not set(body.get("DestinationCountryParameters") or {}) <= COUNTRY_KEYS:
        raise invalid("DestinationCountryParameters", f"keys must be of {sorted(COUNTRY_KEYS)}")


def _context(context: dict[str, Any]) -> None:
    if len(context) > 5:
        raise invalid("Context", "at most 5 pairs")
    for key, value in context.items():
        if not re.fullmatch(r"\S{1,100}", key) or not isinstance(value, str) or not 1 <= len(value) <= 800:
            raise invalid("Context", "keys have 1-100 characters without blanks, values 1-800")
