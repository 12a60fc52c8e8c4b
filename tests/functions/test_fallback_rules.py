"""fallback_rules: what the steps of policies send from; a rule that is used stays."""

import pytest

from tests.support import builders, kept
from tests.support.builders import ORGANIZATION, POLICY, RULE, SMS, STRANGER, TELEGRAM, WHATSAPP
from tests.support.events import LEFT_OUT, Answer, Json, call, refused
from tests.support.time import Clock

OTHER_SMS = "5d3c9a10-0d5e-4a55-8f0e-6c7a1b2d3e4f"
OTHER_RULE = "9e8d7c6b-5a49-4838-9271-605f4e3d2c1b"


def do(verb: str, body: Json | None = None, **changes: object) -> Answer:
    """The operation `<verb>_fallback_rule` on its sample."""
    return call(f"fallback_rules.{verb}_fallback_rule{'s' if verb == 'list' else ''}", body, **changes)


@pytest.fixture(autouse=True)
def _cast() -> None:
    builders.organization()
    builders.whatsapp()
    builders.sms()
    builders.telegram()


def test_a_rule_is_kept_and_shown(time: Clock) -> None:
    answer = do("create")
    wanted = {"organization_id": ORGANIZATION, "name": "By SMS", "type": "SMS", "channel_id": SMS}
    stamps = {"created_at": time.text(), "updated_at": time.text()}
    assert (answer.status, answer.body) == (201, {"id": answer.body["id"], **wanted, **stamps})
    assert do("get", path={"rule_id": answer.body["id"]}).body == answer.body
    assert do("list").body["items"] == [answer.body]


def test_a_repeat_answers_the_same_rule_as_it_is_now() -> None:
    first = do("create").body
    do("update", path={"rule_id": first["id"]})
    assert do("create").body == first | {"name": "By SMS, number two"}
    assert refused(do("create", {"name": "Other"}))[:2] == (409, "idempotency_key_reused")
    assert len(kept.items("RULE#")) == 1


def test_a_type_may_be_called_by_its_alias() -> None:
    assert do("create", {"type": "WHATSAPP", "channel_id": WHATSAPP}).body["type"] == "WHATSAPP_CLOUD"


@pytest.mark.parametrize(
    ("changes", "code", "fields"),
    [
        ({"channel_id": builders.KEY}, "unknown_channel", ["channel_id"]),
        ({"channel_id": WHATSAPP}, "channel_type", ["channel_id"]),
        ({"type": "PIGEON", "name": LEFT_OUT}, None, ["name", "type"]),
        ({"name": ""}, "string_too_short", ["name"]),
    ],
)
def test_what_cannot_be_a_rule_is_refused(changes: Json, code: str | None, fields: list[str]) -> None:
    with kept.nothing_changes():
        status, found, named = refused(do("create", changes))
    assert (status, sorted(named)) == (422, fields)
    assert code in (None, found)


def test_a_channel_that_nobody_can_bind_yet_sends_nothing() -> None:
    builders.channel(OTHER_SMS, type="VIBER")
    assert refused(do("create", {"type": "VIBER", "channel_id": OTHER_SMS}))[:2] == (422, "not_available")


def test_neither_does_a_channel_that_was_deleted() -> None:
    call("delete_channel", path={"channel_id": SMS})
    assert refused(do("create"))[1] == "unknown_channel"


def test_a_channel_of_others_does_not_exist() -> None:
    builders.organization(STRANGER)
    assert refused(do("create", organization=STRANGER))[:2] == (422, "unknown_channel")


def test_another_name_changes_nothing_else(time: Clock) -> None:
    rule = builders.fallback_rule()
    time.forward(60)
    body = do("update").body
    assert body == rule.model_dump() | {"name": "By SMS, number two", "updated_at": time.text()}
    assert do("get").body == body


def test_another_channel_is_of_the_same_type() -> None:
    builders.fallback_rule()
    builders.sms(OTHER_SMS)
    assert refused(do("update", {"channel_id": TELEGRAM}))[:2] == (422, "channel_type")
    assert do("update", {"channel_id": OTHER_SMS}).body["channel_id"] == OTHER_SMS


def test_another_channel_breaks_no_policy() -> None:
    builders.sms(OTHER_SMS)
    builders.fallback_rule()
    builders.fallback_rule(OTHER_RULE, channel_id=OTHER_SMS)
    builders.fallback_policy(POLICY, {"rule_id": RULE, "wait": 60}, {"rule_id": OTHER_RULE, "wait": 60})
    with kept.nothing_changes():
        answer = do("update", {"channel_id": OTHER_SMS})
    assert refused(answer) == (422, "same_channel", ["channel_id"])
    assert 'The policy "SMS after ten minutes" (steps.1.rule_id)' in answer.body["detail"]


def test_a_rule_that_nobody_uses_is_deleted() -> None:
    builders.fallback_rule()
    assert do("delete").status == 204
    assert refused(do("delete"))[:2] == (404, "not_found")
    assert kept.items("RULE#") == []


def test_a_rule_in_use_stays_and_tells_by_whom() -> None:
    builders.fallback_rule()
    builders.fallback_policy()
    with kept.nothing_changes():
        answer = do("delete")
    assert refused(answer) == (409, "rule_in_use", ["rule_id"])
    assert answer.body["errors"][0]["reason"] == f'The policy "SMS after ten minutes" ({POLICY}) uses it.'


def test_it_is_free_when_the_last_policy_lets_it_go() -> None:
    for rule in (RULE, OTHER_RULE):
        builders.fallback_rule(rule)
    builders.fallback_policy()
    call("fallback_policies.update_fallback_policy", {"steps": [{"rule_id": OTHER_RULE, "wait": 60}]})
    assert refused(do("delete", path={"rule_id": OTHER_RULE}))[1] == "rule_in_use"
    assert do("delete").status == 204
    call("fallback_policies.delete_fallback_policy")
    assert do("delete", path={"rule_id": OTHER_RULE}).status == 204
    assert kept.items("USES#") == []
