"""fallback_policies: checked as a whole, used by sends as they are at that moment, kept while a send is scheduled."""

from typing import Any

import pytest
from parley.store import fallback_policies

from tests.support import builders, kept
from tests.support.builders import ORGANIZATION, POLICY, RULE, SMS, STRANGER, TELEGRAM, WHATSAPP
from tests.support.events import LEFT_OUT, Answer, Json, call, refused
from tests.support.time import Clock

BY_BOT, BY_WHATSAPP = "9e8d7c6b-5a49-4838-9271-605f4e3d2c1b", "1b2c3d4e-5f60-4718-8293-a4b5c6d7e8f9"
PLAIN = {"trigger": "undelivered", "wait": None, "text": None, "template": None, "language": None, "variables": {}}
UNTIED = dict.fromkeys(("template", "language", "variables", "fallback"), LEFT_OUT)


def do(verb: str, body: Json | None = None, **changes: object) -> Answer:
    """The operation `<verb>_fallback_policy` on its sample."""
    noun = "fallback_policies" if verb == "list" else "fallback_policy"
    return call(f"fallback_policies.{verb}_{noun}", body, **changes)


def step(rule: str = RULE, **fields: Any) -> Json:
    return {"rule_id": rule, "wait": 600, **fields}


def send(**fields: Any) -> Answer:
    """The sample of a send, with the policy in place of its own fallback."""
    return call("send_message", {"fallback": LEFT_OUT, "fallback_policy_id": POLICY, **fields})


def planned(**fields: Any) -> list[Json]:
    return list(send(dry_run=True, **fields).body["steps"])


@pytest.fixture(autouse=True)
def _cast() -> None:
    builders.story()
    builders.telegram()
    builders.fallback_rule()
    builders.fallback_rule(BY_BOT, name="By bot", type="TELEGRAM", channel_id=TELEGRAM)
    builders.fallback_rule(BY_WHATSAPP, name="By WhatsApp", type="WHATSAPP_CLOUD", channel_id=WHATSAPP)


def test_a_policy_is_kept_and_shown(time: Clock) -> None:
    answer = do("create")
    only = {**PLAIN, "rule_id": RULE, "wait": 600, "text": "Hello $(name), order $(order) is ready."}
    wanted = {"organization_id": ORGANIZATION, "name": "SMS after ten minutes", "steps": [only]}
    stamps = {"created_at": time.text(), "updated_at": time.text()}
    assert (answer.status, answer.body) == (201, {"id": answer.body["id"], **wanted, **stamps})
    assert do("get", path={"policy_id": answer.body["id"]}).body == answer.body
    assert do("list").body["items"] == [answer.body]


def test_a_repeat_answers_the_same_policy_as_it_is_now() -> None:
    first = do("create").body
    do("update", {"steps": LEFT_OUT, "name": "Other"}, path={"policy_id": first["id"]})
    assert do("create").body == first | {"name": "Other"}
    assert refused(do("create", {"name": "Third"}))[:2] == (409, "idempotency_key_reused")
    assert len(kept.items("USES#")) == 1


TOGETHER: list[tuple[list[Json], list[tuple[str, str]]]] = [
    ([step(builders.KEY)], [("steps.0.rule_id", "unknown_rule")]),
    ([step(wait=9)], [("steps.0.wait", "wait_out_of_range")]),
    ([step(wait=72 * 3600 + 1)], [("steps.0.wait", "wait_out_of_range")]),
    ([step(trigger="unread", wait=None)], [("steps.0.wait", "field_missing")]),
    ([step(BY_WHATSAPP), step(), step(BY_WHATSAPP)], [("steps.2.rule_id", "same_channel")]),
    ([step(BY_BOT), step()], [("steps.1.trigger", "no_such_receipt")]),
    ([step(), step(BY_BOT, trigger="unread")], [("steps.1.trigger", "no_such_receipt")]),
    ([step(template="order_ready", language="en")], [("steps.0.template", "unknown_template")]),
    ([step(BY_WHATSAPP, template="order_ready")], [("steps.0.language", "field_missing")]),
    ([step(template="a", language="en", text="b")], [("steps.0.template", ""), ("steps.0.text", "field_not_expected")]),
    ([step(text="a", language="en", variables={"a": "b"})], [("steps.0.language", ""), ("steps.0.variables", "")]),
    (
        [step(builders.KEY, wait=1), step(trigger="unread", wait=None), step()],
        [
            ("steps.0.rule_id", "unknown_rule"),
            ("steps.0.wait", "wait_out_of_range"),
            ("steps.1.wait", "field_missing"),
            ("steps.2.rule_id", "same_channel"),
        ],
    ),
]


@pytest.mark.parametrize(("steps", "wanted"), TOGETHER)
def test_all_that_is_wrong_is_told_at_once_and_nothing_is_kept(
    steps: list[Json], wanted: list[tuple[str, str]]
) -> None:
    builders.fallback_policy()
    for verb in ("create", "update"):
        with kept.nothing_changes():
            answer = do(verb, {"steps": steps})
        assert answer.status == 422
        found = [(each["field"], each["code"]) for each in answer.body["errors"]]
        assert [field for field, _ in found] == [field for field, _ in wanted]
        assert all(code in ("", told) for (_, code), (_, told) in zip(wanted, found, strict=True))


@pytest.mark.parametrize("steps", [[], [step()] * 6, [{"wait": 60}], [step(trigger="bored")], [step(wait="soon")]])
def test_steps_that_are_none_are_refused(steps: list[Json]) -> None:
    with kept.nothing_changes():
        assert do("create", {"steps": steps}).status == 422


def test_what_is_right_is_taken() -> None:
    steps = [step(BY_WHATSAPP, template="order_ready", language="en"), step(BY_BOT), step(trigger="send_failed")]
    assert do("create", {"steps": steps}).status == 201


def test_a_rule_of_others_does_not_exist() -> None:
    builders.organization(STRANGER)
    assert refused(do("create", organization=STRANGER))[:2] == (422, "unknown_rule")


def test_two_who_change_it_at_once_do_not_both_succeed(monkeypatch: pytest.MonkeyPatch) -> None:
    builders.fallback_policy()
    seen = fallback_policies.get(ORGANIZATION, POLICY)
    assert do("update", {"name": "First", "steps": LEFT_OUT}).status == 200
    monkeypatch.setattr(fallback_policies, "get", lambda *_: seen)
    for verb in ("update", "delete"):
        with kept.nothing_changes():
            assert refused(do(verb))[:2] == (409, "policy_changed")


def test_a_rule_that_goes_meanwhile_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("parley.operations.fallback_policies.problems", lambda *_: [])
    with kept.nothing_changes():
        assert refused(do("create", {"steps": [step(builders.KEY)]}))[:2] == (409, "rule_gone")


# ---- sends with a policy


def test_a_send_goes_through_the_steps_of_its_policy() -> None:
    builders.fallback_policy(POLICY, step(text="Hello $(name), order $(order) is ready."))
    [_, sms] = planned()
    assert (sms["channel_id"], sms["trigger"], sms["wait"]) == (SMS, "undelivered", 600)
    assert sms["text"] == "Hello Ana, order A-19 is ready."
    answer = send()
    assert (answer.status, answer.body["fallback_policy_id"]) == (202, POLICY)
    assert answer.body["fallback"]["channel_id"] == SMS


def test_a_step_without_content_says_what_the_message_says() -> None:
    builders.fallback_policy()
    [main, sms] = planned()
    assert sms["text"] == main["text"]
    free = send(**UNTIED, fallback_policy_id=POLICY, channel_id=TELEGRAM, to="4211", type="text", text="Hi")
    assert free.status == 422  # by the bot nobody is known by a phone number


def test_a_template_takes_its_variables_from_the_message() -> None:
    other = builders.whatsapp("5d3c9a10-0d5e-4a55-8f0e-6c7a1b2d3e4f", number="106540352249999")
    builders.template("0de4814e-9894-4ea5-be8c-3d96d03edfb5", channel_id=other.id, provider_id="2")
    builders.fallback_rule(builders.KEY, type="WHATSAPP_CLOUD", channel_id=other.id)
    named = {"template": "order_ready", "language": "en", "variables": {"name": "Mrs Marín"}}
    builders.fallback_policy(POLICY, step(builders.KEY, **named))
    [main, other_number] = planned()
    assert other_number["text"] == main["text"].replace("Ana", "Mrs Marín")


def test_a_free_form_message_may_have_variables_for_its_policy() -> None:
    builders.wrote(builders.clock.now())
    builders.fallback_policy(POLICY, step(text="Order $(order) waits."))
    said = {**UNTIED, "type": "text", "text": "Come and see."}
    assert planned(**said | {"variables": {"order": "A-19"}})[1]["text"] == "Order A-19 waits."
    assert refused(send(**said)) == (422, "variable_missing", ["variables.order"])


def test_what_the_message_lacks_is_named_once() -> None:
    builders.fallback_policy(POLICY, step(text="$(name): $(link) $(link)"), step(BY_BOT, text="$(link)", wait=60))
    with kept.nothing_changes():
        assert refused(send()) == (422, "variable_missing", ["variables.link"])


@pytest.mark.parametrize("more", [{"fallback": {"channel_id": SMS, "text": "a"}}, {"fallbacks": [{"channel_id": SMS}]}])
def test_a_policy_and_steps_exclude_each_other(more: Json) -> None:
    builders.fallback_policy()
    with kept.nothing_changes():
        answer = send(**more)
    assert ("fallback_policy_id", "field_not_expected") in [
        (each["field"], each["code"]) for each in answer.body["errors"]
    ]


def test_an_unknown_policy_is_refused() -> None:
    with kept.nothing_changes():
        assert refused(send()) == (422, "unknown_policy", ["fallback_policy_id"])


def test_sms_is_to_be_activated_on_the_first_channel() -> None:
    builders.fallback_policy()
    call("update_service_settings", {"activate_sms": False})
    with kept.nothing_changes():
        assert refused(send())[:2] == (422, "sms_not_activated")


def test_the_first_trigger_needs_receipts_of_the_first_channel() -> None:
    builders.fallback_policy(POLICY, step(BY_WHATSAPP, template="order_ready", language="en"))
    said = {**UNTIED, "channel_id": SMS, "type": "text", "text": "Hi"}
    assert planned(**said | {"fallback_policy_id": POLICY, "variables": {"name": "Ana", "order": "A-19"}})
    call("fallback_policies.update_fallback_policy", {"steps": [step(BY_WHATSAPP, trigger="unread")]})
    assert refused(send(**said))[1] == "no_such_receipt"


def test_a_step_that_cannot_reach_the_person_is_skipped_and_the_next_goes_in_its_place() -> None:
    later = step(trigger="send_failed", wait=None)
    builders.fallback_policy(POLICY, step(BY_BOT, wait=60), later)
    [_, sms] = planned()
    assert (sms["channel_id"], sms["trigger"], sms["wait"]) == (SMS, "undelivered", 60)
    assert len(sms["notes"]) == 1


def test_if_no_step_can_the_send_is_refused() -> None:
    builders.fallback_policy(POLICY, step(BY_BOT))
    with kept.nothing_changes():
        assert refused(send()) == (422, "address_missing", ["fallback_policy_id"])


def test_the_channel_of_a_rule_may_be_gone() -> None:
    builders.fallback_policy()
    call("delete_channel", path={"channel_id": SMS})
    answer = send()
    assert refused(answer) == (422, "channel_gone", ["fallback_policy_id.steps.0.rule_id"])
    assert refused(do("update", {"steps": [step()]})) == (422, "channel_gone", ["steps.0.rule_id"])


def test_what_was_accepted_keeps_its_steps() -> None:
    builders.fallback_policy()
    message = send().body
    do("update", {"steps": [step(wait=60, text="Other")]})
    shown = call("get_message", path={"message_id": message["id"]}).body
    assert shown["fallback"]["wait"] == 600


# ---- in use


def test_a_policy_of_scheduled_messages_stays_and_tells_whose(time: Clock) -> None:
    builders.fallback_policy()
    message = send(send_at=time.text(3600)).body["id"]
    with kept.nothing_changes():
        answer = do("delete")
    assert refused(answer) == (409, "policy_in_use", ["fallback_policy_id"])
    assert answer.body["errors"][0]["reason"] == f"Message {message} is scheduled with it."
    call("cancel_message", path={"message_id": message})
    assert do("delete").status == 204
    assert kept.items("POLICY#") == kept.items("USES#") == []
    assert refused(do("get"))[:2] == (404, "not_found")


def test_messages_on_their_way_do_not_need_it_any_more() -> None:
    builders.fallback_policy()
    assert send().status == 202
    assert do("delete").status == 204
