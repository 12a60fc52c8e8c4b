"""Meta's error codes by what the caller does next (Meta "Error codes", fetched 2026-09-11; stricter on 5xx).

Only a parsed error that certainly refused the message may be tried again; 1 and 131000 may hide an accepted one."""

import httpx

from parley.errors import Disconnected, OutcomeUnknown, ProviderError, Rejected, Throttled, Unavailable
from parley.providers.http import parsed

UNKNOWN = frozenset({"1", "131000"})
UNAVAILABLE = frozenset({"2", "131016", "131057", "133004", "134101", "2494100"})
THROTTLED = {
    "4": 60.0,  # the app's hourly limit
    "17": 60.0,  # the token's user
    "32": 60.0,
    "613": 60.0,
    "80007": 300.0,  # the account's hourly bucket
    "130429": 2.0,  # the number's rate
    "131056": 8.0,  # this pair of number and person
    "131048": 3600.0,  # spam limit: the number rests
    "131064": 3600.0,  # a messaging limit that lifts by itself
    "131208": 60.0,  # groups
    "132069": 360.0,  # a flow: ten messages an hour
    "133015": 300.0,
}
DISCONNECTED = frozenset(
    {"0", "3", "10", "33", "102", "104", "190", "368"}
    | {"131005", "131031", "131037", "131042", "131044", "131045", "133010", "134011"}
)
ONE_PERSON = frozenset({"131056", "131208", "132069"})
"""Limits of one pair, group or flow: the sender's other messages go on."""

TEMPLATE = frozenset({"132001", "132007", "132015", "132016", "131063", "132068"})
SENDER = frozenset({"130497", "131030"})
"""This number may not write to that country, or to anybody but its testers; another one may."""

MARKETING = frozenset({"131050"})
"""This person wants no more marketing from the business."""

RETRYABLE_LATER = frozenset({"131000", "131016", "131026", "131049", "130472", "131057"})

CODES = {
    "130403": "person_blocked",
    "130472": "marketing_experiment",
    "130497": "country_not_allowed",
    "131026": "undeliverable",
    "131030": "recipient_not_in_test_list",
    "131047": "window_closed",
    "131049": "marketing_limit_of_person",
    "131050": "person_opted_out",
    "131051": "unsupported_content",
    "131053": "media_failed",
    "132000": "template_parameters",
    "132001": "template_not_approved",
    "132005": "text_too_long",
    "132012": "template_parameters",
    "132015": "template_paused",
    "132016": "template_disabled",
}


def raise_for(response: httpx.Response) -> None:
    """Returns for a success. A body that is not Meta's JSON says nothing about what happened."""
    error = parsed(response).get("error")
    if isinstance(error, dict) and "code" in error:
        raise classify(str(error["code"]), str(error.get("error_subcode") or ""))
    if response.status_code >= 300:
        raise OutcomeUnknown(f"HTTP {response.status_code} without an error body.")


def classify(code: str, subcode: str = "") -> ProviderError:
    if code in UNKNOWN:
        return OutcomeUnknown("Meta had an unknown failure; the message may have been accepted.", code)
    if code in UNAVAILABLE:
        return Unavailable("Meta was not available and did not accept the message.", code)
    if code in THROTTLED:
        scope = "person" if code in ONE_PERSON else "sender"
        return Throttled("Meta asked to slow down.", THROTTLED[code], code, scope)
    if code in DISCONNECTED or (code.isdigit() and 200 <= int(code) <= 299) or (code, subcode) == ("100", "33"):
        return Disconnected("Meta no longer accepts the channel's credential or account.", code)
    return Rejected(CODES.get(code, "rejected"), "Meta refused the message.", code, scope_of(code))


def scope_of(code: str) -> str:
    """How far a refusal reaches."""
    scopes = {"template": TEMPLATE, "sender": SENDER, "marketing": MARKETING}
    return next((scope for scope, codes in scopes.items() if code in codes), "message")
