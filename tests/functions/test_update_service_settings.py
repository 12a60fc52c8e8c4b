"""update_service_settings: only what is given changes."""

import pytest

from tests.support import builders, kept
from tests.support.events import LEFT_OUT, Json, call, refused


@pytest.fixture(autouse=True)
def _channel() -> None:
    builders.organization()
    builders.channel(service={})


def test_activates_sms_and_paces_the_sender() -> None:
    answer = call("update_service_settings")
    assert (answer.status, answer.body) == (200, {"activate_sms": True, "messages_per_second": 40})
    assert kept.items("CHANNEL#")[0]["service"] == answer.body
    assert call("get_service_settings").body == answer.body


def test_one_at_a_time() -> None:
    call("update_service_settings")
    changes = {"activate_sms": False, "messages_per_second": LEFT_OUT}
    assert call("update_service_settings", changes).body == {"activate_sms": False, "messages_per_second": 40}


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
