"""report_otp_result: what became of a one-time code is kept once, counted once, and guards the prefix from then on."""

import pytest
from parley.model import ids
from parley.model.lane import Category
from parley.model.status import Status
from parley.model.times import DAY, HOUR

from tests.support import builders, kept
from tests.support.bodies import BY_SMS
from tests.support.builders import MESSAGE, PERSON, SMS
from tests.support.events import Answer, Json, call, refused
from tests.support.metrics import counted
from tests.support.time import NOW, Clock

CODE = BY_SMS | {"text": "Your code is 482913.", "category": "AUTHENTICATION"}
YES, NO = {"converted": True}, {"converted": False}


@pytest.fixture(autouse=True)
def _cast() -> None:
    builders.story()


def sent(**changes: object) -> None:
    builders.message(**{"channel": SMS, "category": Category.AUTHENTICATION, "status": Status.DELIVERED, **changes})


def code(to: str = PERSON) -> Answer:
    return call("send_message", CODE | {"to": to}, headers={"idempotency-key": None})


def result(answer: Answer, body: Json) -> int:
    return call("report_otp_result", body, path={"message_id": answer.body["id"]}).status


def learned(rule: str = "otp_daily_cap") -> list[tuple[int, int]]:
    """(reported, converted) of each window of a rule."""
    items = [item for item in kept.items("ORG#", "runtime") if f"#CODES#{rule}#" in item["pk"]]
    return [(item.get("reported", 0), item.get("converted", 0)) for item in items]


@pytest.mark.parametrize(("body", "counts"), [(YES, (1, 1)), (NO, (1, 0))])
def test_is_kept_with_the_message_and_counted(
    body: Json, counts: tuple[int, int], capsys: pytest.CaptureFixture[str]
) -> None:
    sent()
    answer = call("report_otp_result", body)
    assert (answer.status, answer.body["converted"]) == (200, body["converted"])
    assert call("get_message").body == answer.body
    assert learned() == learned("otp_velocity_prefix") == [counts]
    assert kept.states()[0]["converted"] is body["converted"]
    assert counted(capsys) == {"OtpConverted" if body["converted"] else "OtpNotConverted": 1}


def test_before_anybody_tells_it_is_unknown() -> None:
    sent()
    assert call("get_message").body["converted"] is None


@pytest.mark.parametrize("body", [YES, NO])
def test_a_repeat_changes_nothing(body: Json) -> None:
    sent()
    first = call("report_otp_result", body)
    with kept.nothing_changes():
        assert call("report_otp_result", body) == first


def test_a_false_may_become_true_once_and_never_back() -> None:
    sent()
    answers = [call("report_otp_result", body) for body in (NO, YES, NO, YES)]
    assert [(answer.status, answer.body["converted"]) for answer in answers] == [(200, False), *[(200, True)] * 3]
    assert learned() == [(1, 1)]


def test_it_counts_in_the_windows_in_which_the_code_went_out(time: Clock) -> None:
    code_at = NOW - 2 * DAY
    sent(created_at=code_at)
    time.forward(HOUR / 1000)
    call("report_otp_result", YES)
    (day,) = [item for item in kept.items("ORG#", "runtime") if "#CODES#otp_daily_cap#" in item["pk"]]
    assert day["sk"] == f"{DAY}#{code_at - code_at % DAY}"


def test_it_holds_for_the_copies_too() -> None:
    sent(channel=builders.WHATSAPP, fired_at=NOW, step=1)
    copy = ids.copy_of(MESSAGE, 1)
    sent(id=copy, copy_of=MESSAGE, copy_step=1)
    call("report_otp_result", YES)
    assert [state["converted"] for state in kept.states()] == [True, True]
    assert learned() == [(1, 1), (1, 1)]


@pytest.mark.parametrize(
    "changes",
    [
        {"category": Category.UTILITY},
        {"category": None},
        {"direction": "in", "status": Status.RECEIVED},
    ],
)
def test_other_messages_have_no_result(changes: Json) -> None:
    sent(**changes)
    with kept.nothing_changes():
        assert refused(call("report_otp_result"))[:2] == (409, "not_a_code")


def test_a_message_that_does_not_exist() -> None:
    assert refused(call("report_otp_result"))[:2] == (404, "not_found")


@pytest.mark.parametrize(
    ("body", "code_"),
    [
        ({"converted": None}, "bool_type"),
        ({"converted": "perhaps"}, "bool_parsing"),
        ({"converted": True, "when": 1}, "unknown_field"),
    ],
)
def test_bad_results(body: Json, code_: str) -> None:
    sent()
    with kept.nothing_changes():
        assert refused(call("report_otp_result", body))[:2] == (422, code_)


def test_what_the_guard_does_not_count_is_only_kept() -> None:
    builders.telegram()
    builders.by_bot(category=Category.AUTHENTICATION)
    assert call("report_otp_result", YES).body["converted"] is True
    assert learned() == []


# ---- what the guard makes of it


@pytest.fixture
def after_four() -> None:
    rules = {"per_number": None, "conversion": {"least": 0.5, "after": 4}}
    call("update_service_settings", {"otp_guard": rules}, path={"channel_id": SMS})


def _numbers(begin: str = "+3460011", count: int = 4) -> list[str]:
    return [f"{begin}{i:04}" for i in range(count)]


@pytest.mark.usefixtures("after_four")
def test_a_prefix_without_conversions_gets_no_more_in_its_window(time: Clock) -> None:
    assert result(code("+34700111222"), YES) == 200  # feedback is used on this channel
    assert [code(to).status for to in _numbers()] == [202] * 4
    answer = code(PERSON)
    assert refused(answer)[:2] == (429, "otp_conversion_low")
    assert answer.headers["retry-after"] == "1800"
    assert code("+34700111222").status == 202
    kinds = [row["kind"] for row in call("list_channel_events", path={"channel_id": SMS}).body["items"]]
    assert kinds == ["otp_conversion_low"]
    time.forward(1800)
    assert code(PERSON).status == 202


@pytest.mark.usefixtures("after_four")
def test_where_nobody_reports_results_the_rule_is_silent() -> None:
    assert [code(to).status for to in _numbers(count=20)] == [202] * 20


@pytest.mark.usefixtures("after_four")
def test_who_stopped_reporting_for_a_week_is_not_refused(time: Clock) -> None:
    result(code("+34700111222"), NO)
    time.forward(6 * DAY / 1000)
    assert [code(to).status for to in _numbers(count=5)] == [202] * 4 + [429]
    time.forward(DAY / 1000)
    assert [code(to).status for to in _numbers(count=20)] == [202] * 20


@pytest.mark.usefixtures("after_four")
def test_people_who_type_their_codes_in_get_more() -> None:
    for to in _numbers(count=20):
        assert result(code(to), YES) == 200


@pytest.mark.usefixtures("after_four")
def test_a_share_that_grows_again_opens_the_prefix() -> None:
    answers = [code(to) for to in _numbers()]
    assert result(answers[0], YES) == 200
    assert code(PERSON).status == 429
    assert result(answers[1], YES) == 200
    assert code(PERSON).status == 202
    assert code(PERSON).status == 429


@pytest.mark.usefixtures("after_four")
def test_what_the_operator_lets_through_passes() -> None:
    result(code("+34700111222"), NO)
    assert [code(to).status for to in _numbers(count=5)] == [202] * 4 + [429]
    rules = {"allowed_numbers": [PERSON]}
    call("update_service_settings", {"otp_guard": rules}, path={"channel_id": SMS})
    assert [code(PERSON).status for _ in range(3)] == [202] * 3


def test_the_channels_health_shows_the_day() -> None:
    answers = [code(to) for to in _numbers(count=3)]
    result(answers[0], YES)
    result(answers[1], NO)
    health = call("get_channel_health", path={"channel_id": SMS}).body
    assert health["codes_today"] == {"codes": 3, "reported": 2, "converted": 1}
