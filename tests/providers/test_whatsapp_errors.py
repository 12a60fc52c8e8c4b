"""Every row of Meta's error table by what the caller does next; 5xx codes as the sending rules want it."""

import httpx
import pytest
from parley.errors import Disconnected, OutcomeUnknown, ProviderError, Rejected, Throttled, Unavailable
from parley.providers.whatsapp_cloud import errors

UNKNOWN = [1, 131000]
UNAVAILABLE = [2, 131016, 131057, 133004, 134101, 2494100]
THROTTLED = {
    4: (60, 3600),
    17: (60, 3600),
    32: (60, 3600),
    613: (60, 60),
    80007: (60, 3600),
    130429: (1, 5),
    131048: (1800, 86_400),
    131056: (1, 60),
    131064: (1800, 86_400),
    131208: (1, 3600),
    132069: (60, 3600),
    133015: (300, 300),
}
"""Code → the shortest and longest reasonable wait in seconds (meta.md §6 "Waits")."""

DISCONNECTED = [0, 3, 10, 33, 102, 104, 190, 200, 219, 250, 299, 368, 131005, 131031, 131037, 131042, 131044, 131045]
DISCONNECTED += [133010, 134011]
TEMPLATE = {132001: "template_not_approved", 132015: "template_paused", 132016: "template_disabled"}
TEMPLATE |= dict.fromkeys((131063, 132007, 132068), "rejected")
MESSAGE = {
    130403: "person_blocked",
    130472: "marketing_experiment",
    131026: "undeliverable",
    131047: "window_closed",
    131049: "marketing_limit_of_person",
    131051: "unsupported_content",
    131053: "media_failed",
    132000: "template_parameters",
    132005: "text_too_long",
    132012: "template_parameters",
}
SENDER = {130497: "country_not_allowed", 131030: "recipient_not_in_test_list"}
PLAIN = [100, 131008, 131009, 131020, 131041, 131021, 131052, 131055, 131062, 132008, 132018, 133005, 133006]
PLAIN += [134100, 134102, 135000, 137000, 147001, 300, 199, 999999]


def classified(code: int, subcode: str = "") -> ProviderError:
    found = errors.classify(str(code), subcode)
    assert found.provider_code == str(code)
    return found


@pytest.mark.parametrize("code", UNKNOWN)
def test_what_may_hide_an_accepted_message(code: int) -> None:
    assert type(classified(code)) is OutcomeUnknown


@pytest.mark.parametrize("code", UNAVAILABLE)
def test_what_was_certainly_not_accepted(code: int) -> None:
    assert type(classified(code)) is Unavailable


@pytest.mark.parametrize("code", THROTTLED)
def test_what_asks_to_wait(code: int) -> None:
    found = classified(code)
    assert isinstance(found, Throttled)
    assert THROTTLED[code][0] <= found.retry_after <= THROTTLED[code][1]


@pytest.mark.parametrize("code", DISCONNECTED)
def test_what_concerns_the_account_or_its_credential(code: int) -> None:
    assert type(classified(code)) is Disconnected


@pytest.mark.parametrize(("code", "ours"), list(TEMPLATE.items()))
def test_what_concerns_the_template(code: int, ours: str) -> None:
    found = classified(code)
    assert isinstance(found, Rejected)
    assert (found.code, found.scope) == (ours, "template")


@pytest.mark.parametrize(("code", "ours"), [*MESSAGE.items(), *((code, "rejected") for code in PLAIN)])
def test_what_concerns_this_message_alone(code: int, ours: str) -> None:
    found = classified(code)
    assert isinstance(found, Rejected)
    assert (found.code, found.scope) == (ours, "message")


def test_who_wants_no_more_marketing() -> None:
    found = classified(131050)
    assert isinstance(found, Rejected)
    assert (found.code, found.scope) == ("person_opted_out", "marketing")


@pytest.mark.parametrize(("code", "ours"), SENDER.items())
def test_what_another_number_might_do(code: int, ours: str) -> None:
    found = classified(code)
    assert isinstance(found, Rejected)
    assert (found.code, found.scope) == (ours, "sender")


def test_a_missing_object_is_told_from_a_bad_parameter_by_its_subcode() -> None:
    assert type(classified(100, "33")) is Disconnected
    assert type(classified(100, "2388024")) is Rejected


@pytest.mark.parametrize("status", [200, 400, 401, 403, 429, 500, 503])
@pytest.mark.parametrize(("code", "meaning"), [(131026, Rejected), (190, Disconnected), (131016, Unavailable)])
def test_the_code_decides_whatever_the_status_says(status: int, code: int, meaning: type) -> None:
    with pytest.raises(meaning):
        errors.raise_for(httpx.Response(status, json={"error": {"code": code, "error_data": "plain text"}}))


@pytest.mark.parametrize(
    "body",
    [
        "",
        "<html>",
        "null",
        "[]",
        '"x"',
        "{}",
        '{"error": "x"}',
        '{"error": {}}',
        '{"error": null}',
        '{"error',
        "[" * 9999,
    ],
)
@pytest.mark.parametrize("status", [301, 400, 404, 429, 500, 502, 503, 504])
def test_an_answer_that_is_not_metas_says_nothing(status: int, body: str) -> None:
    with pytest.raises(OutcomeUnknown):
        errors.raise_for(httpx.Response(status, text=body))


@pytest.mark.parametrize("code", ["131026", 131026, "190"])
def test_codes_as_text_are_codes(code: object) -> None:
    with pytest.raises((Rejected, Disconnected)):
        errors.raise_for(httpx.Response(400, json={"error": {"code": code}}))


def test_a_success_raises_nothing() -> None:
    errors.raise_for(httpx.Response(200, json={"success": True}))


def test_what_a_later_try_may_mend_is_marked_for_the_business() -> None:
    assert {"131026", "131049", "130472"} <= errors.RETRYABLE_LATER
    assert not errors.RETRYABLE_LATER & {"131047", "131050", "131051", "190", "132015"}
