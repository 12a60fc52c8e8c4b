"""send_message: one-time codes and the guard against SMS pumping. What is refused leaves nothing but an event."""

import pytest
from parley.cloud.clients import client
from parley.model.template import TemplateStatus
from parley.model.times import DAY, HOUR, rfc3339
from parley.settings import settings

from tests.support import builders, kept
from tests.support.bodies import BY_SMS, policy
from tests.support.builders import MESSAGE, PERSON, SMS, WHATSAPP
from tests.support.events import LEFT_OUT, Answer, Json, call, refused
from tests.support.metrics import counted
from tests.support.time import NOW, Clock

OTHER, ELSEWHERE, ABROAD = "+34600111333", "+34700111222", "+4915112345678"
CODE = BY_SMS | {"text": "Your code is 482913.", "category": "AUTHENTICATION"}
OFF: Json = dict.fromkeys(("per_number", "per_prefix", "per_organization", "conversion"))
HOURLY = {"most": 2, "seconds": 3600}


@pytest.fixture(autouse=True)
def _cast() -> None:
    builders.story()


def guard(channel: str = SMS, **rules: object) -> None:
    """These rules and no others."""
    answer = call("update_service_settings", {"otp_guard": OFF | rules}, path={"channel_id": channel})
    assert answer.status == 200, answer


def code(to: str = PERSON, key: str | None = None, **changes: object) -> Answer:
    return call("send_message", CODE | {"to": to, **changes}, headers={"idempotency-key": key})


def counters() -> dict[str, int]:
    """Rule → the codes that count for it, over all windows."""
    found: dict[str, int] = {}
    for item in kept.items("ORG#", "runtime"):
        rule = item["pk"].partition("#CODES#")[2].partition("#")[0]
        found |= {rule: found.get(rule, 0) + item["codes"]} if rule else {}
    return found


def events(channel: str = SMS) -> list[tuple[str, int]]:
    rows = call("list_channel_events", path={"channel_id": channel}).body["items"]
    return [(row["kind"], row["count"]) for row in rows]


@pytest.mark.parametrize(
    ("rules", "numbers", "rule", "wait"),
    [
        ({"per_number": HOURLY}, [PERSON] * 3, "otp_velocity_number", 1800),
        ({"per_prefix": HOURLY}, [PERSON, OTHER, PERSON], "otp_velocity_prefix", 1800),
        ({"per_prefix": HOURLY, "range_digits": 7}, [PERSON, "+34609111222", OTHER], "otp_velocity_prefix", 1800),
        ({"per_organization": HOURLY}, [PERSON, ELSEWHERE, ABROAD], "otp_velocity_organization", 1800),
        ({"daily_cap": 2}, [PERSON, ELSEWHERE, ABROAD], "otp_daily_cap", 14 * 3600 + 1800),
    ],
)
def test_what_is_too_much(rules: Json, numbers: list[str], rule: str, wait: int) -> None:
    guard(**rules)
    assert [code(to).status for to in numbers[:-1]] == [202, 202]
    before = kept.items(), kept.queued("OtpQueue"), counters()
    answer = code(numbers[-1])
    assert refused(answer)[:2] == (429, rule)
    assert answer.headers["retry-after"] == str(wait)
    assert (kept.items(), kept.queued("OtpQueue"), counters()) == before
    assert numbers[-1] not in str(answer.body)


def test_a_new_window_begins_with_nothing(time: Clock) -> None:
    guard(per_number=HOURLY)
    assert [code().status for _ in range(3)] == [202, 202, 429]
    time.forward(1799)
    assert code().status == 429
    time.forward(1)
    assert code().status == 202


def test_a_country_that_is_not_allowed() -> None:
    guard(countries=["DE"])
    before = kept.items(), counters()
    assert refused(code()) == (422, "otp_country_not_allowed", ["to"])
    assert (kept.items(), counters()) == before
    assert code(ABROAD).status == 202


def test_a_channel_begins_with_five_codes_for_a_number_in_ten_minutes(time: Clock) -> None:
    assert [code().status for _ in range(6)] == [202] * 5 + [429]
    assert code(OTHER).status == 202
    time.forward(600)
    assert code().status == 202


def test_a_refusal_is_in_the_channels_log_and_among_the_metrics(capsys: pytest.CaptureFixture[str]) -> None:
    guard(per_number=HOURLY, countries=["ES"])
    counted(capsys)
    assert [code().status for _ in range(5)] == [202, 202, 429, 429, 429]
    assert code(ABROAD).status == 422
    metrics = {"OtpRefused": 4, "OtpVelocityNumber": 3, "OtpCountryNotAllowed": 1}
    assert counted(capsys) == metrics
    assert sorted(events()) == [("otp_country_not_allowed", 1), ("otp_velocity_number", 3)]
    assert PERSON[1:] not in str(kept.items("EVENT#", "runtime"))


def test_what_a_refused_code_took_on_its_way_is_given_back() -> None:
    guard(per_number=HOURLY, per_prefix={"most": 1, "seconds": 3600}, per_organization=HOURLY, daily_cap=9)
    assert code(OTHER).status == 202
    for _ in range(3):
        assert refused(code())[:2] == (429, "otp_velocity_prefix")
    one_each = dict.fromkeys(("velocity_number", "velocity_prefix", "velocity_organization", "daily_cap"), 1)
    assert counters() == {f"otp_{rule}": number for rule, number in one_each.items()}
    guard(per_number=HOURLY, per_organization=HOURLY, daily_cap=9)
    assert [code().status, code(ELSEWHERE).status] == [202, 429]


def test_what_the_operator_lets_through_meets_no_rule_and_costs_nothing() -> None:
    rules = {"per_number": {"most": 1, "seconds": 3600}, "daily_cap": 1, "countries": ["DE"]}
    guard(**rules, allowed_numbers=[PERSON], allowed_prefixes=["+3470"])
    assert [code().status for _ in range(3)] == [202] * 3
    assert [code(ELSEWHERE).status for _ in range(3)] == [202] * 3
    assert counters() == {}
    assert code(OTHER).status == 422


@pytest.mark.parametrize("category", ["UTILITY", "MARKETING", None])
def test_other_messages_are_not_counted(category: str | None) -> None:
    guard(per_number={"most": 1, "seconds": 3600}, countries=["DE"])
    assert [code(category=category).status for _ in range(3)] == [202] * 3
    assert counters() == {}


def test_a_repeat_of_the_key_counts_once() -> None:
    guard(per_number=HOURLY)
    first = code(key="k")
    assert [code(key="k").body["id"] for _ in range(5)] == [first.body["id"]] * 5
    assert counters()["otp_velocity_number"] == 1
    assert [code(key="l").status, code(key="m").status] == [202, 429]
    assert code(key="k").status == 202
    assert refused(code(key="k", text="Another"))[:2] == (409, "idempotency_key_reused")
    assert refused(code(key="m"))[:2] == (429, "otp_velocity_number")


def test_a_dry_run_counts_nothing_but_knows_the_country() -> None:
    guard(per_number={"most": 1, "seconds": 3600}, countries=["ES"])
    for _ in range(3):
        assert code(dry_run=True).status == 202
    assert counters() == {}
    with kept.nothing_changes():
        assert refused(code(ABROAD, dry_run=True)) == (422, "otp_country_not_allowed", ["to"])


def test_a_timed_code_counts_when_it_is_accepted() -> None:
    guard(per_number={"most": 1, "seconds": 3600})
    assert code(send_at=rfc3339(NOW + 2 * HOUR)).status == 202
    assert code().status == 429


def test_what_cannot_be_accepted_is_not_counted() -> None:
    guard(per_number=HOURLY)
    assert code("12").status == 422
    call("update_channel", {"is_active": False}, path={"channel_id": SMS})
    assert code().status == 409
    assert counters() == {}


def test_of_a_code_whose_fault_lets_the_fallback_go_out_only_the_copy_is_counted() -> None:
    guard(WHATSAPP, per_number=HOURLY)
    builders.template(MESSAGE, name="code", status=TemplateStatus.PAUSED, **builders.one_time_code())
    body = {"template": "code", "variables": {"code": "482913"}, "fallback": policy("send_failed")}
    assert call("send_message", body).body["status"] == "failed"
    assert counters()["otp_velocity_number"] == 1


def test_each_channel_has_its_own_windows_but_an_organization_has_one() -> None:
    builders.template(MESSAGE, name="code", **builders.one_time_code())
    for channel in (SMS, WHATSAPP):
        guard(channel, per_number=HOURLY, per_organization={"most": 3, "seconds": 3600})
    by_whatsapp = {"template": "code", "variables": {"code": "482913"}, "fallback": LEFT_OUT}
    assert [code().status, code().status] == [202, 202]
    keyless = {"idempotency-key": None}
    assert call("send_message", by_whatsapp, headers=keyless).status == 202
    assert refused(call("send_message", by_whatsapp, headers=keyless))[:2] == (429, "otp_velocity_organization")
    assert refused(code())[:2] == (429, "otp_velocity_number")


def test_counters_are_forgotten_a_week_after_their_window() -> None:
    guard(per_number=HOURLY)
    code()
    (number,) = [item for item in kept.items("ORG#", "runtime") if "otp_velocity_number" in item["pk"]]
    assert number["expires"] == (NOW + HOUR // 2 + 7 * DAY) // 1000


def test_a_code_costs_four_writes_more_and_another_message_none() -> None:
    asked: list[str] = []
    dynamodb = client("dynamodb")
    dynamodb.meta.events.register(
        "before-call.dynamodb", lambda model, params, **_: asked.append(_table(model, params))
    )
    assert code().status == 202
    runtime = [each for each in asked if settings().runtime_table in each]
    assert len([each for each in runtime if each.startswith("UpdateItem")]) == 4
    asked.clear()
    assert code(category="UTILITY").status == 202
    assert not [each for each in asked if each.startswith("UpdateItem")]


def _table(model: object, params: Json) -> str:
    return f"{getattr(model, 'name', '')} {params['body']}"
