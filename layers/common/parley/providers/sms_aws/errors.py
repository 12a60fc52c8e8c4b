"""AWS End User Messaging's refusals: the Reason decides, not the exception's class."""

from typing import Any

from botocore.exceptions import (
    ClientError,
    ConnectTimeoutError,
    EndpointConnectionError,
    NoCredentialsError,
    ParamValidationError,
)

from parley.errors import Disconnected, OutcomeUnknown, ProviderError, Rejected, Throttled, Unavailable

NEVER_LEFT = (EndpointConnectionError, ConnectTimeoutError, NoCredentialsError)
OUR_FAULTS = frozenset({"ExpiredTokenException", "RequestExpired", "InvalidSignatureException"})
"""Of our own session or clock; the message is as good as before."""

STOPPED = frozenset({"ACCOUNT_DISABLED", "INSUFFICIENT_ACCOUNT_REPUTATION", "MONTHLY_SPEND_LIMIT_REACHED_FOR_TEXT"})
OPTED_OUT = "DESTINATION_PHONE_NUMBER_OPTED_OUT"
CODES = {
    OPTED_OUT: "person_opted_out",
    "DESTINATION_PHONE_NUMBER_NOT_VERIFIED": "recipient_not_in_test_list",
    "DESTINATION_COUNTRY_BLOCKED": "country_not_allowed",
    "DESTINATION_COUNTRY_BLOCKED_BY_PROTECT_CONFIGURATION": "country_not_allowed",
    "COUNTRY_NOT_ENABLED": "country_not_allowed",
    "INVALID_PARAMETER": "invalid_number",
    "PRICE_OVER_THRESHOLD": "price_over_threshold",
}


def translate(error: Exception) -> ProviderError:
    if isinstance(error, NEVER_LEFT):
        return Unavailable(f"AWS could not be reached ({type(error).__name__}).")
    if isinstance(error, ParamValidationError):
        return Rejected("rejected", "The SDK refused the message before it left.")
    if not isinstance(error, ClientError):
        return OutcomeUnknown(f"The connection broke during the call ({type(error).__name__}).")
    return _answered(error.response)


def _answered(response: Any) -> ProviderError:
    name, reason = response["Error"]["Code"], str(response.get("Reason") or response["Error"].get("Reason") or "")
    if name == "ThrottlingException":
        return Throttled("AWS asked to slow down.", 1.0, name)
    if name in OUR_FAULTS:
        return Unavailable("AWS did not accept our signature.", name)
    if reason in STOPPED or name in ("AccessDeniedException", "UnrecognizedClientException"):
        return Disconnected("AWS does not let this account send.", reason or name)
    if response.get("ResponseMetadata", {}).get("HTTPStatusCode", 500) >= 500:
        return OutcomeUnknown("AWS had an internal failure; the message may have been accepted.", name)
    scope = "everything" if reason == OPTED_OUT else "message"
    return Rejected(CODES.get(reason, "rejected"), "AWS refused the message.", reason or name, scope)
