"""create_broadcast: kept with all that is settled, and given to the check; what can be known before is refused."""

import json
from typing import Any

import pytest
from parley.model.template import TemplateStatus
from parley.store import broadcasts, groups
from parley.store.table import Item

from tests.support import audience, builders, kept, media_files, runs
from tests.support.audience import GROUP
from tests.support.builders import ORGANIZATION, PHONE_ID, POLICY, RULE, SMS, STRANGER, TELEGRAM, TEMPLATE, WHATSAPP
from tests.support.events import LEFT_OUT, Answer, Json, call, refused, request
from tests.support.media_files import MEDIA
from tests.support.time import Clock

OTHER = "5d3c9a10-0d5e-4a55-8f0e-6c7a1b2d3e4f"
OTHER_TEMPLATE = "0de4814e-9894-4ea5-be8c-3d96d03edfb5"
ANA: Json = {"to": "+34600111222", "variables": {"name": "Ana", "order": "A-19"}}
UPLOADED = {"recipients": LEFT_OUT, "upload": MEDIA}
GROUPED = {"recipients": LEFT_OUT, "group_id": GROUP}
WALL = {"send_at": "2026-03-02T09:30:00", "time_zone": "Europe/Madrid", "local_time": True}


@pytest.fixture(autouse=True)
def _cast() -> None:
    builders.story()


def create(body: Json | None = None, **changes: Any) -> Answer:
    return call("create_broadcast", body, **changes)


def checks() -> list[Json]:
    return kept.queued("JobsQueue")


def keys() -> list[Item]:
    return [item for item in kept.items("BROADCAST#") if item["sk"].startswith("BROADCAST#")]


def other_number(**template: Any) -> None:
    """Another number of the business, with the template under an id of its own."""
    builders.whatsapp(OTHER, number="106540352249999", service={"messages_per_second": 20})
    builders.template(OTHER_TEMPLATE, channel_id=OTHER, provider_id="2", **template)


# ---- what is right


def test_it_is_kept_and_shown_and_its_check_waits(time: Clock) -> None:
    answer = create()
    asked = json.loads(request("create_broadcast")["body"])
    same = ("name", "channel_id", "language", "speed", "delivery_window", "on_bad_rows", "reference")
    wanted = {name: asked[name] for name in same} | {"status": "checking", "source": "recipients"}
    wanted |= {"organization_id": ORGANIZATION, "channel_ids": [WHATSAPP], "template": TEMPLATE}
    wanted |= {"template_name": "order_ready", "category": "UTILITY", "report": None, "progress": None, "errors": []}
    wanted |= {"created_at": time.text(), "updated_at": time.text(), "started_at": None, "done_at": None}
    assert (answer.status, answer.body) == (202, answer.body | wanted)
    assert checks() == [{"kind": "check", "organization": ORGANIZATION, "broadcast": answer.body["id"]}]
    assert runs.shown(answer.body["id"]) == answer.body
    assert call("list_broadcasts", query={"status": None}).body["items"] == [answer.body]


def test_what_was_settled_is_kept_for_the_run() -> None:
    run = runs.kept(create().body["id"])
    assert [(each.channel, each.sender, each.template) for each in run.accounts] == [(WHATSAPP, PHONE_ID, TEMPLATE)]
    assert (run.lane, run.variables, run.ttl) == ("marketing", ["order", "name"], 72 * 3600)
    assert [(step.channel_id, step.trigger, step.wait) for step in run.steps] == [(SMS, "undelivered", 600)]


def test_the_people_of_the_request_lie_in_a_file_of_its_own() -> None:
    run = runs.kept(create({"recipients": [ANA, {"to": {"type": "phone", "value": "+34600111333"}}]}).body["id"])
    (file,) = kept.files()
    assert file == f"broadcasts/{ORGANIZATION}/{run.id}/{run.fingerprint}.json"


def test_plain_numbers_are_enough_for_a_template_without_variables() -> None:
    builders.template(OTHER_TEMPLATE, name="closed", samples={}, components=[{"type": "BODY", "text": "Closed."}])
    assert create({"template": "closed", "recipients": [runs.number(at) for at in range(10_000)]}).status == 202


def test_the_template_may_be_named_by_its_id_and_the_language_by_the_channel() -> None:
    call("update_service_settings", {"default_language": "en"})
    assert create({"template": TEMPLATE, "language": LEFT_OUT}).body["language"] == "en"


@pytest.mark.parametrize("sender", ["+34600000001", "34600000001", PHONE_ID])
def test_the_sender_may_be_named(sender: str) -> None:
    assert create({"from": sender}).status == 202


def test_an_upload_and_a_group_are_sources() -> None:
    media_files.media(channel_id=None, filename="people.csv")
    assert create(UPLOADED, headers={"idempotency-key": None}).body["source"] == "upload"
    audience.group()
    answer = create(GROUPED, headers={"idempotency-key": None})
    assert (answer.body["source"], answer.body["group_id"]) == ("group", GROUP)
    assert kept.files() == []


def test_a_group_needs_the_scope_of_contacts_too() -> None:
    """Its members can be read in the rows."""
    audience.group()
    with kept.nothing_changes():
        assert refused(call("create_broadcast", GROUPED, scopes="messages,read"))[:2] == (403, "scope_missing")
    assert call("create_broadcast", GROUPED, scopes="messages,contacts").status == 202


def test_a_group_stays_until_its_people_were_read() -> None:
    audience.group(members=audience.crowd(2))
    made = create(GROUPED).body["id"]
    assert refused(call("groups.delete_group"))[:2] == (409, "group_in_use")
    assert groups.users(ORGANIZATION, GROUP) == [f"broadcast {made}"]
    assert runs.do("cancel", id=made).status == 200
    assert call("groups.delete_group").status == 204


def test_rows_are_shared_out_among_several_numbers_by_their_rates() -> None:
    other_number()
    answer = create({"more_channel_ids": [OTHER]})
    assert (answer.status, answer.body["channel_ids"]) == (202, [WHATSAPP, OTHER])
    run = runs.kept(answer.body["id"])
    assert [(each.template, each.weight) for each in run.accounts] == [(TEMPLATE, 4), (OTHER_TEMPLATE, 1)]


def test_its_time_may_be_an_instant_or_everybodys_own() -> None:
    at_once = {"headers": {"idempotency-key": None}}
    timed = create({"send_at": "2026-03-02T09:30:00", "time_zone": "Europe/Madrid"}, **at_once).body
    assert (timed["send_at"], timed["time_zone"], timed["local_time"]) == (
        "2026-03-02T08:30:00.000Z",
        "Europe/Madrid",
        False,
    )
    local = create(WALL, **at_once).body
    assert (local["send_at"], local["local_time"]) == ("2026-03-02T08:30:00.000Z", True)
    assert runs.kept(local["id"]).wall_time == "2026-03-02T09:30:00"


def test_the_steps_of_its_policy_are_those_of_that_moment() -> None:
    builders.fallback_rule()
    builders.fallback_policy()
    made = create({"fallback": LEFT_OUT, "fallback_policy_id": POLICY}).body
    assert made["fallback_policy_id"] == POLICY
    call("fallback_policies.update_fallback_policy", {"steps": [{"rule_id": RULE, "wait": 60}]})
    assert [step.wait for step in runs.kept(made["id"]).steps] == [600]
    assert call("fallback_policies.delete_fallback_policy").status == 204


# ---- repeats


def test_a_repeat_answers_the_same_one_as_it_is_now_whatever_has_changed_meanwhile(time: Clock) -> None:
    soon = {"send_at": time.text(60)}
    first = create(soon).body
    runs.do("cancel", id=first["id"])
    time.forward(3600)
    assert call("archive_template").status == 200
    again = create(soon)
    assert (again.status, again.body["id"], again.body["status"]) == (202, first["id"], "cancelled")
    assert len(keys()) == 1


def test_a_repeat_has_it_checked_again_while_it_was_not() -> None:
    """Whoever made the first request may have died before its check was asked for."""
    create()
    create()
    assert len(checks()) == 2


def test_the_key_of_another_broadcast_is_refused_and_changes_nothing() -> None:
    create()
    with kept.nothing_changes():
        assert refused(create({"name": "Other"}))[:2] == (409, "idempotency_key_reused")


def test_of_two_at_once_with_one_key_the_first_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    first = create().body["id"]
    found, answers = broadcasts.get, iter([None])
    monkeypatch.setattr(broadcasts, "get", lambda *key: next(answers, None) or found(*key))
    assert create().body["id"] == first
    assert len(keys()) == 1


def test_without_a_key_each_is_a_new_one() -> None:
    made = {create(headers={"idempotency-key": None}).body["id"] for _ in range(2)}
    assert len(made) == 2


# ---- what is wrong

WRONG: list[tuple[Json, str, list[str]]] = [
    ({"recipients": LEFT_OUT}, "one_source", ["recipients"]),
    ({"upload": MEDIA}, "one_source", ["upload"]),
    (GROUPED | {"upload": MEDIA}, "one_source", ["group_id"]),
    ({"recipients": ["+34600111222"]}, "variables_need_sheet", ["recipients"]),
    ({"recipients": [ANA, "+34600111333"]}, "variables_need_sheet", ["recipients"]),
    ({"recipients": []}, "too_short", ["recipients"]),
    ({"recipients": ["+34600111222"] * 10_001}, "too_long", ["recipients"]),
    (GROUPED, "unknown_group", ["group_id"]),
    (UPLOADED, "unknown_upload", ["upload"]),
    ({"channel_id": OTHER}, "unknown_channel", ["channel_id"]),
    ({"more_channel_ids": [OTHER]}, "unknown_channel", ["more_channel_ids.0"]),
    ({"more_channel_ids": [SMS]}, "another_type", ["more_channel_ids.0"]),
    ({"more_channel_ids": [WHATSAPP]}, "repeated_channel", ["more_channel_ids.0"]),
    ({"more_channel_ids": [WHATSAPP] * 20}, "too_long", ["more_channel_ids"]),
    ({"from": "+34600000002"}, "unknown_sender", ["from"]),
    ({"template": "order_late"}, "unknown_template", ["template"]),
    ({"language": "de"}, "unknown_template", ["template"]),
    ({"language": LEFT_OUT}, "field_missing", ["language"]),
    ({"template": LEFT_OUT}, "field_missing", ["template"]),
    ({"send_at": "2026-03-01T09:30:00Z"}, "in_the_past", ["send_at"]),
    ({"send_at": "2027-03-03T09:30:00Z"}, "beyond_horizon", ["send_at"]),
    ({"send_at": "2026-03-02T09:30:00"}, "zone_missing", ["send_at"]),
    ({"send_at": "tomorrow"}, "invalid_time", ["send_at"]),
    ({"time_zone": "Europe/Madrid"}, "field_missing", ["send_at"]),
    ({"time_zone": "Mars/Olympus"}, "value_error", ["time_zone"]),
    ({"send_at": "2026-03-29T02:30:00", "time_zone": "Europe/Madrid"}, "time_does_not_exist", ["send_at"]),
    ({"local_time": True}, "field_missing", ["send_at"]),
    (WALL | {"time_zone": LEFT_OUT}, "field_missing", ["time_zone"]),
    (WALL | {"send_at": "2026-03-02T09:30:00Z"}, "offset_not_expected", ["send_at"]),
    (WALL | {"send_at": "at nine"}, "invalid_time", ["send_at"]),
    (WALL | {"send_at": "2026-03-01T09:30:00"}, "in_the_past", ["send_at"]),
    ({"fallback": LEFT_OUT, "fallback_policy_id": POLICY}, "unknown_policy", ["fallback_policy_id"]),
    ({"fallback_policy_id": POLICY}, "field_not_expected", ["fallback_policy_id"]),
    ({"fallback": {"channel_id": OTHER, "text": "Hi"}}, "unknown_channel", ["fallback.channel_id"]),
    ({"fallback": {"channel_id": WHATSAPP, "text": "Hi"}}, "same_channel", ["fallback.channel_id"]),
    ({"fallback": {"channel_id": SMS}}, "field_missing", ["fallback.text"]),
    ({"fallback": {"channel_id": SMS, "text": "Hi", "to": "+34600111999"}}, "field_not_expected", ["fallback.to"]),
    ({"fallback": LEFT_OUT, "fallbacks": [{"channel_id": SMS, "text": "Hi", "wait": 9}]}, "", ["fallbacks.0.wait"]),
    ({"fallbacks": [{"channel_id": SMS, "text": "Hi"}]}, "field_not_expected", ["fallbacks"]),
    ({"speed": 0}, "greater_than", ["speed"]),
    ({"speed": "fast"}, "float_parsing", ["speed"]),
    ({"ttl": 29}, "greater_than_equal", ["ttl"]),
    ({"delivery_window": {"start": "24:00", "end": "25:00"}}, "", ["delivery_window.start", "delivery_window.end"]),
    ({"quiet_hours": {"start": "21:00", "end": "08:00", "categories": []}}, "too_short", ["quiet_hours.categories"]),
    ({"default_country": "Spain"}, "string_pattern_mismatch", ["default_country"]),
    ({"on_bad_rows": "send"}, "unknown_value", ["on_bad_rows"]),
    ({"name": ""}, "string_too_short", ["name"]),
    ({"name": "x" * 61}, "string_too_long", ["name"]),
    ({"reference": "x" * 257}, "string_too_long", ["reference"]),
    ({"recipients": [1]}, "model_attributes_type", ["recipients.0"]),
    ({"recipients": [{"variables": {}}]}, "field_missing", ["recipients.0.to"]),
    ({"recipients": [{**ANA, "colour": "red"}]}, "unknown_field", ["recipients.0.colour"]),
    ({"recipients": [ANA, {**ANA, "time_zone": "Mars"}]}, "value_error", ["recipients.1.time_zone"]),
]


def test_what_is_wrong_is_named_and_nothing_is_kept(subtests: pytest.Subtests) -> None:
    for body, code, fields in WRONG:
        with subtests.test(str(body)[:60]), kept.nothing_changes():
            answer = create(body)
            assert refused(answer)[::2] == (422, fields)
            assert code in ("", answer.body["code"])
            assert all(not each["reason"].startswith("Value error") for each in answer.body["errors"])


def test_the_reason_tells_what_plain_numbers_lack() -> None:
    answer = create({"recipients": ["+34600111222"]})
    assert "order, name" in answer.body["errors"][0]["reason"]


def test_a_default_makes_plain_numbers_enough() -> None:
    builders.template(OTHER_TEMPLATE, name="hello", defaults={"name": "you", "order": "0"})
    assert create({"template": "hello", "recipients": ["+34600111222"]}).status == 202


def test_of_thousands_of_wrong_people_the_first_hundred_are_named() -> None:
    with kept.nothing_changes():
        assert len(create({"recipients": [1] * 10_000}).body["errors"]) == 100


def test_all_that_is_wrong_is_told_at_once() -> None:
    with kept.nothing_changes():
        body = {"template": "order_late", "from": "+1", "upload": MEDIA}
        assert refused(create(body))[2] == ["upload", "template", "from"]
        body = {"recipients": ["+34600111222"], "send_at": "2026-03-01T09:30:00Z", "fallback": {"channel_id": SMS}}
        assert refused(create(body))[2] == ["recipients", "send_at", "fallback.text"]


def test_a_template_that_is_not_approved(subtests: pytest.Subtests) -> None:
    for number, status in enumerate(each for each in TemplateStatus if each is not TemplateStatus.APPROVED):
        builders.template(f"template-{number}", name=status, status=status, provider_id=None)
        with subtests.test(str(status)), kept.nothing_changes():
            assert refused(create({"template": status})) == (422, "template_not_approved", ["template"])


@pytest.mark.parametrize(
    ("changes", "code"), [({"archived": True}, "template_archived"), ({"allow_send": False}, "category_changed")]
)
def test_a_template_that_may_not_be_sent(changes: Json, code: str) -> None:
    builders.template(OTHER_TEMPLATE, name="stopped", **changes)
    with kept.nothing_changes():
        assert refused(create({"template": "stopped"})) == (422, code, ["template"])


def test_one_time_codes_are_not_for_lists() -> None:
    builders.template(OTHER_TEMPLATE, name="code", **builders.one_time_code())
    with kept.nothing_changes():
        assert refused(create({"template": "code"})) == (422, "one_time_codes", ["template"])


@pytest.mark.parametrize(
    ("template", "code"),
    [
        ({"name": "other"}, "unknown_template"),
        ({"language": "de"}, "unknown_template"),
        ({"status": "paused"}, "template_not_approved"),
        (builders.simple(), "another_template"),
    ],
)
def test_each_of_its_channels_needs_the_same_template(template: Json, code: str) -> None:
    other_number(**template)
    with kept.nothing_changes():
        assert refused(create({"more_channel_ids": [OTHER]})) == (422, code, ["more_channel_ids.0.template"])


def test_the_default_language_of_another_channel_is_no_way_out() -> None:
    other_number(language="de")
    call("update_service_settings", {"default_language": "de"}, path={"channel_id": OTHER})
    with kept.nothing_changes():
        assert refused(create({"more_channel_ids": [OTHER]}))[:2] == (422, "another_template")


def test_sms_is_to_be_activated_for_its_fallback() -> None:
    call("update_service_settings", {"activate_sms": False})
    builders.fallback_rule()
    builders.fallback_policy()
    for body in ({}, {"fallback": LEFT_OUT, "fallback_policy_id": POLICY}):
        with kept.nothing_changes():
            assert refused(create(body))[:2] == (422, "sms_not_activated")


def test_the_channel_of_its_fallback_can_send() -> None:
    call("update_channel", {"is_active": False}, path={"channel_id": SMS})
    with kept.nothing_changes():
        assert refused(create()) == (422, "channel_cannot_send", ["fallback.channel_id"])


def test_a_policy_whose_channels_cannot_reach_its_people() -> None:
    builders.telegram()
    builders.fallback_rule(RULE, name="By bot", type="TELEGRAM", channel_id=TELEGRAM)
    builders.fallback_policy()
    with kept.nothing_changes():
        answer = create({"fallback": LEFT_OUT, "fallback_policy_id": POLICY})
        assert refused(answer) == (422, "address_missing", ["fallback_policy_id"])


@pytest.mark.parametrize(
    ("before", "body", "code"),
    [("update_channel", {"is_active": False}, "channel_inactive"), ("unbind_channel", None, "channel_unbound")],
)
def test_a_channel_that_does_not_send(before: str, body: Json | None, code: str) -> None:
    call(before, body)
    with kept.nothing_changes():
        assert refused(create())[:2] == (409, code)


def test_a_group_that_goes_meanwhile_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    audience.group()
    seen = groups.get(ORGANIZATION, GROUP)
    call("groups.delete_group")
    monkeypatch.setattr(groups, "get", lambda *_: seen)
    assert refused(create(GROUPED)) == (422, "unknown_group", ["group_id"])
    assert keys() == []
    assert "check" not in {body["kind"] for body in checks()}


def test_what_belongs_to_others_does_not_exist() -> None:
    builders.organization(STRANGER)
    with kept.nothing_changes():
        assert refused(create(organization=STRANGER)) == (422, "unknown_channel", ["channel_id"])


@pytest.mark.parametrize("broken", ["insert", "check"])
def test_if_it_cannot_be_kept_the_caller_is_to_repeat(broken: str, monkeypatch: pytest.MonkeyPatch) -> None:
    from botocore.exceptions import EndpointConnectionError

    def fail(*_: object) -> None:
        raise EndpointConnectionError(endpoint_url="-")

    with monkeypatch.context() as patch:
        patch.setattr(f"parley.{'store.broadcasts' if broken == 'insert' else 'operations.starting'}.{broken}", fail)
        assert refused(create())[:2] == (503, "not_stored")
    assert create().status == 202
    assert (len(keys()), len(checks())) == (1, 1)
