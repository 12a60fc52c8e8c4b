"""update_service_settings: only what is given changes."""

from typing import Any

import pytest
from parley.model.channel import ServiceSettings

from tests.support import builders, kept
from tests.support.events import LEFT_OUT, Json, call, refused

DEFAULTS = ServiceSettings().model_dump()
GUARD = DEFAULTS["otp_guard"]
SAMPLE: Json = {"activate_sms": True, "messages_per_second": 40}
WHOLE: Json = {
    "countries": ["DE", "ES"],
    "per_number": {"most": 3, "seconds": 60},
    "per_prefix": {"most": 50, "seconds": 3600},
    "range_digits": 3,
    "per_organization": None,
    "daily_cap": 20_000,
    "conversion": {"least": 0.25, "after": 20},
    "allowed_numbers": ["+34600111222"],
    "allowed_prefixes": ["+34600"],
}


@pytest.fixture(autouse=True)
def _channel() -> None:
    builders.organization()
    builders.channel(service={})


def test_activates_sms_and_paces_the_sender() -> None:
    answer = call("update_service_settings")
    settings = {"activate_sms": True, "messages_per_second": 40}
    assert (answer.status, answer.body) == (200, DEFAULTS | settings)
    assert kept.items("CHANNEL#")[0]["service"] == settings
    assert call("get_service_settings").body == answer.body


def test_one_at_a_time() -> None:
    call("update_service_settings")
    changes = {"activate_sms": False, "messages_per_second": LEFT_OUT}
    settings = {"activate_sms": False, "messages_per_second": 40}
    assert call("update_service_settings", changes).body == DEFAULTS | settings


def _guard(**changes: Any) -> Json:
    return dict(call("update_service_settings", {"otp_guard": changes}).body["otp_guard"])


def test_the_guard_changes_rule_by_rule() -> None:
    assert _guard(**WHOLE) == WHOLE
    assert _guard(daily_cap=9, countries=["fr"]) == WHOLE | {"daily_cap": 9, "countries": ["FR"]}
    assert call("get_service_settings").body["otp_guard"] == WHOLE | {"daily_cap": 9, "countries": ["FR"]}


def test_a_rule_that_is_taken_away_stays_away() -> None:
    off = {"per_number": None, "per_prefix": None, "conversion": None}
    assert _guard(**off) == GUARD | off
    assert _guard(range_digits=5) == GUARD | off | {"range_digits": 5}
    assert call("get_service_settings").body["otp_guard"] == GUARD | off | {"range_digits": 5}


@pytest.mark.parametrize(
    ("change", "code", "field"),
    [
        ({"countries": ["DE", "XX"]}, "unknown_country", "countries.1"),
        ({"countries": ["Germany"]}, "string_too_long", "countries.0"),
        ({"countries": []}, "too_short", "countries"),
        ({"countries": "DE"}, "list_type", "countries"),
        ({"per_number": {"most": 0, "seconds": 600}}, "greater_than_equal", "per_number.most"),
        ({"per_number": {"most": 5, "seconds": 9}}, "greater_than_equal", "per_number.seconds"),
        ({"per_number": {"most": 5, "seconds": 86_401}}, "less_than_equal", "per_number.seconds"),
        ({"per_number": {"most": 5}}, "field_missing", "per_number.seconds"),
        ({"per_prefix": {"most": 1.5, "seconds": 60}}, "int_from_float", "per_prefix.most"),
        ({"per_prefix": {"most": 5, "hours": 1, "seconds": 60}}, "unknown_field", "per_prefix.hours"),
        ({"per_prefix": None}, "prefixes_not_counted", "conversion"),
        ({"range_digits": 1}, "greater_than_equal", "range_digits"),
        ({"range_digits": None}, "int_type", "range_digits"),
        ({"per_organization": 7}, "model_attributes_type", "per_organization"),
        ({"daily_cap": 0}, "greater_than_equal", "daily_cap"),
        ({"conversion": {"least": 1.01, "after": 5}}, "less_than_equal", "conversion.least"),
        ({"conversion": {"least": 0, "after": 5}}, "greater_than_equal", "conversion.least"),
        ({"conversion": {"least": 0.5, "after": 0}}, "greater_than_equal", "conversion.after"),
        ({"allowed_numbers": ["600111222"]}, "string_pattern_mismatch", "allowed_numbers.0"),
        ({"allowed_numbers": ["+34600111222"] * 51}, "too_long", "allowed_numbers"),
        ({"allowed_prefixes": ["+"]}, "string_pattern_mismatch", "allowed_prefixes.0"),
        ({"allow": []}, "unknown_field", "allow"),
    ],
)
def test_bad_rules(change: Json, code: str, field: str) -> None:
    with kept.nothing_changes():
        answer = call("update_service_settings", {"otp_guard": change})
        assert refused(answer) == (422, code, [f"otp_guard.{field}"])


def test_a_channel_may_have_stop_and_start_words_of_its_own() -> None:
    words = {"opt_out_keywords": ["Enough", "Basta!"], "opt_in_keywords": ["More"]}
    assert call("update_service_settings", words).body == DEFAULTS | SAMPLE | words
    assert call("update_service_settings", {"opt_in_keywords": []}).body == DEFAULTS | SAMPLE | words | {
        "opt_in_keywords": []
    }
    back = dict.fromkeys(words)
    assert call("update_service_settings", back).body == call("get_service_settings").body == DEFAULTS | SAMPLE
    assert DEFAULTS | back == DEFAULTS


@pytest.mark.parametrize(
    ("change", "code", "field"),
    [
        ({"opt_out_keywords": ["."]}, "value_error", "opt_out_keywords.0"),
        ({"opt_out_keywords": ["ok", " "]}, "string_too_short", "opt_out_keywords.1"),
        ({"opt_in_keywords": ["x" * 41]}, "string_too_long", "opt_in_keywords.0"),
        ({"opt_in_keywords": [f"word {n}" for n in range(51)]}, "too_long", "opt_in_keywords"),
        ({"opt_out_keywords": "STOP"}, "list_type", "opt_out_keywords"),
        ({"opt_out_keywords": ["Start"]}, "keyword_twice", "opt_in_keywords"),
        ({"opt_in_keywords": ["St\u00f3p"]}, "keyword_twice", "opt_in_keywords"),
        ({"opt_out_keywords": ["ya"], "opt_in_keywords": ["YA!"]}, "keyword_twice", "opt_in_keywords"),
    ],
)
def test_bad_words(change: Json, code: str, field: str) -> None:
    with kept.nothing_changes():
        assert refused(call("update_service_settings", change)) == (422, code, [field])


SCHEDULING: Json = {"enabled": True, "countries": ["ES", "PT"], "use_own_numbers": False}


def test_scheduling_is_set_as_a_whole() -> None:
    answer = call("update_service_settings", {"otp_scheduling": SCHEDULING | {"countries": ["es", "pt"]}})
    assert answer.body["otp_scheduling"] == SCHEDULING
    off = {"enabled": False, "countries": [], "use_own_numbers": True}
    assert call("update_service_settings", {"otp_scheduling": {}}).body["otp_scheduling"] == off


@pytest.mark.parametrize(
    ("change", "code", "field"),
    [
        ({"countries": []}, "countries_missing", ".countries"),
        ({"countries": ["ES", "XX"]}, "unknown_country", ".countries.1"),
        ({"countries": ["E"]}, "string_too_short", ".countries.0"),
        ({"countries": "ES"}, "list_type", ".countries"),
        ({"use_own_numbers": "perhaps"}, "bool_parsing", ".use_own_numbers"),
        ({"pool": []}, "unknown_field", ".pool"),
    ],
)
def test_bad_scheduling(change: Json, code: str, field: str) -> None:
    with kept.nothing_changes():
        answer = call("update_service_settings", {"otp_scheduling": SCHEDULING | change})
        assert refused(answer) == (422, code, [f"otp_scheduling{field}"])


@pytest.mark.parametrize("kind", ["SMS", "TELEGRAM", "TIKTOK"])
def test_scheduling_of_another_platform(kind: str) -> None:
    builders.channel("another", type=kind, service={})
    with kept.nothing_changes():
        answer = call("update_service_settings", {"otp_scheduling": SCHEDULING}, path={"channel_id": "another"})
        assert refused(answer) == (422, "otp_scheduling_not_available", ["otp_scheduling"])


@pytest.mark.parametrize(
    ("change", "code", "field"),
    [
        ({"messages_per_second": 0.09}, "greater_than_equal", "messages_per_second"),
        ({"messages_per_second": 1001}, "less_than_equal", "messages_per_second"),
        ({"activate_sms": "perhaps"}, "bool_parsing", "activate_sms"),
        ({"activate_fax": True}, "unknown_field", "activate_fax"),
    ],
)
def test_bad_settings(change: Json, code: str, field: str) -> None:
    with kept.nothing_changes():
        assert refused(call("update_service_settings", change)) == (422, code, [field])
