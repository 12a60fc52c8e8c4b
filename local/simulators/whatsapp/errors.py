"""Graph errors: codes with their usual HTTP status and title, and the envelope they come in."""

import secrets
from typing import Any

from local.simulators.wire.reply import Reply, graph_json

# code: (HTTP status, title)
CODES: dict[int, tuple[int, str]] = {
    0: (401, "AuthException"),
    1: (400, "API Unknown"),
    2: (503, "API Service"),
    3: (500, "API Method"),
    4: (400, "Application request limit reached"),
    10: (403, "Permission Denied"),
    33: (400, "Parameter value is not valid"),
    100: (400, "Invalid parameter"),
    190: (401, "Access token has expired"),
    200: (403, "You do not have permission to access this asset"),
    368: (403, "Temporarily blocked for policies violations"),
    613: (400, "Calls to this api have exceeded the rate limit."),
    80007: (400, "Rate limit issues"),
    130403: (400, "User is blocked by the business"),
    130429: (400, "Rate limit hit"),
    130472: (400, "User's number is part of an experiment"),
    130497: (403, "Business account is restricted from messaging users in this country."),
    131000: (500, "Something went wrong"),
    131005: (403, "Access denied"),
    131008: (400, "Required parameter is missing"),
    131009: (400, "Parameter value is not valid"),
    131016: (500, "Service unavailable"),
    131021: (400, "Recipient cannot be sender"),
    131026: (400, "Message undeliverable"),
    131030: (400, "Recipient phone number not in allowed list"),
    131031: (403, "Account has been locked"),
    131037: (400, "Display name approval needed"),
    131042: (400, "Business eligibility payment issue"),
    131045: (500, "Incorrect certificate"),
    131047: (400, "Re-engagement message"),
    131048: (400, "Spam rate limit hit"),
    131049: (400, "This message was not delivered to maintain healthy ecosystem engagement."),
    131050: (400, "User has stopped marketing messages from your business"),
    131051: (400, "Unsupported message type"),
    131052: (400, "Media download error"),
    131053: (400, "Media upload error"),
    131055: (400, "Method not allowed"),
    131056: (400, "(Business Account, Consumer Account) pair rate limit hit"),
    131057: (500, "Account in maintenance mode"),
    131062: (400, "Recipient not supported for this message"),
    131063: (400, "Marketing templates are disabled"),
    131064: (400, "Messaging limit reached"),
    132000: (400, "Number of parameters does not match the expected number of params"),
    132001: (404, "Template name does not exist in the translation"),
    132005: (400, "Translated text too long"),
    132007: (400, "Template format character policy violated"),
    132008: (400, "Parameter value is not valid"),
    132012: (400, "Parameter format does not match format in the created template"),
    132015: (400, "Template is paused"),
    132016: (400, "Template is disabled"),
    132018: (400, "There is an issue with the parameters in your template"),
    132068: (400, "Flow is blocked"),
    132069: (400, "Flow is throttled"),
    133000: (500, "Deregistration incomplete"),
    133004: (503, "Server temporarily unavailable"),
    133005: (400, "Two step verification PIN mismatch"),
    133006: (400, "Phone number re-verification needed"),
    133008: (400, "Too many two step verification PIN guesses"),
    133009: (400, "Two step verification PIN guessed too fast"),
    133010: (400, "Phone number not registered"),
    133015: (400, "Please wait a few minutes before registering"),
    133016: (400, "Registration attempts exceeded"),
    136025: (400, "Verify code error"),
    2200: (400, "Callback verification failed"),
}
NOT_PARSED = "Invalid OAuth access token - Cannot parse access token"


def title(code: int) -> str:
    return CODES.get(code, (400, "Something went wrong"))[1]


class GraphError(Exception):
    """Raised anywhere in a request; the API turns it into the envelope."""

    def __init__(
        self,
        code: int,
        details: str | None = None,
        *,
        message: str | None = None,
        http: int | None = None,
        subcode: int | None = None,
        user_title: str | None = None,
        whatsapp: bool = False,
    ) -> None:
        super().__init__(f"{code}: {details or message or title(code)}")
        self.code, self.subcode = code, subcode
        self.http = http or CODES.get(code, (400, ""))[0]
        self.error: dict[str, Any] = {
            "message": message or f"(#{code}) {title(code)}",
            "type": "OAuthException",
            "code": code,
        }
        if details and (whatsapp or code >= 130000):
            self.error["error_data"] = {"messaging_product": "whatsapp", "details": details}
        elif details:
            self.error["message"] = f"(#{code}) {details}"
        if subcode is not None:
            self.error["error_subcode"] = subcode
        if user_title:
            self.error |= {
                "is_transient": False,
                "error_user_title": user_title,
                "error_user_msg": details or user_title,
            }

    def reply(self) -> Reply:
        return graph_json({"error": {**self.error, "fbtrace_id": trace_id()}}, self.http)


def trace_id() -> str:
    return "A" + secrets.token_urlsafe(16)[:22]


def missing_object(object_id: str, method: str) -> GraphError:
    text = (
        f"Unsupported {method.lower()} request. Object with ID '{object_id}' does not exist, cannot be loaded due to "
        "missing permissions, or does not support this operation. Please read the Graph API documentation at "
        "https://developers.facebook.com/docs/graph-api"
    )
    return GraphError(100, message=text, subcode=33, http=400)


def invalid(details: str) -> GraphError:
    """Code 100 as message sends get it: the reason is in error_data."""
    return GraphError(100, details, whatsapp=True)


def asynchronous(code: int, details: str | None = None) -> dict[str, Any]:
    """An entry of errors[] in a `failed` status."""
    return {
        "code": code,
        "title": title(code),
        "message": title(code),
        "error_data": {"details": details or f"{title(code)}: forced by the recipient's number"},
        "href": "https://developers.facebook.com/docs/whatsapp/cloud-api/support/error-codes/",
    }
