"""send_message: what an accepted message leaves behind."""

import json
from typing import Any

import pytest
from parley.cloud.clients import client
from parley.model.channel import Connection
from parley.model.lane import Category
from parley.model.times import DAY
from parley.settings import settings

from tests.support import builders, kept
from tests.support.bodies import BY_SMS, TEXT, policy
from tests.support.builders import MESSAGE, ORGANIZATION, PERSON, PHONE, PHONE_ID, SMS, TEMPLATE, WHATSAPP
from tests.support.cloud import QUEUES
from tests.support.events import LEFT_OUT, Json, call, refused, sample
from tests.support.time import NOW, Clock


@pytest.fixture(autouse=True)
def _cast() -> None:
    builders.story()


def lanes() -> list[str]:
    """The lanes on which messages wait."""
    return [name.removesuffix("Queue").lower() for name in QUEUES[:3] for _ in kept.queued(name)]


def test_is_kept_and_queued() -> None:
    answer = call("send_message")
    asked = json.loads(sample("send_message")["body"])
    assert (answer.status, answer.body["status"], answer.body["type"]) == (202, "queued", "template")
    assert answer.body["to"] == {"type": "phone", "value": PERSON}
    assert {name: answer.body[name] for name in ("variables", "language", "reference")}.items() <= asked.items()
    assert answer.body["fallback"] | asked["fallback"] | {"message_id": None} == answer.body["fallback"] | {
        "text": asked["fallback"]["text"]
    }
    (state,) = kept.states()
    assert {"status": "queued", "template": TEMPLATE, "sender": PHONE_ID, "wait": 600}.items() <= state.items()
    (content,) = kept.items("CONTENT#")
    assert content["content"]["variables"] == {"name": "Ana", "order": "A-19"}
    assert content["steps"][0]["to"] == f"phone:{PERSON}"
    assert kept.queued("TransactionalQueue") == [
        {"organization": ORGANIZATION, "message": answer.body["id"], "lane": "transactional"}
    ]


@pytest.mark.parametrize("category", [*Category, None])
def test_the_category_chooses_the_lane_and_the_time_to_live(category: Category | None) -> None:
    lane = {"AUTHENTICATION": "otp", "MARKETING": "marketing"}.get(str(category), "transactional")
    answer = call("send_message", BY_SMS | {"category": category})
    assert lanes() == [lane]
    seconds = {"otp": 300, "transactional": 86_400, "marketing": 259_200}[lane]
    assert kept.states()[0]["expires_at"] == NOW + seconds * 1000
    assert answer.body["category"] == category


def test_a_template_has_its_own_category() -> None:
    builders.template(MESSAGE, name="code", **builders.one_time_code())
    call("send_message", {"template": "code", "category": "MARKETING", "variables": {"code": "482913"}})
    assert lanes() == ["otp"]


def test_a_ttl_of_its_own() -> None:
    call("send_message", {"ttl": 30})
    assert kept.states()[0]["expires_at"] == NOW + 30_000


@pytest.mark.parametrize(
    "to", ["34600111222", "0034 600 111 222", " +34 (600) 111-222 ", {"type": "phone", "value": "34600111222"}]
)
def test_a_number_is_read_however_it_is_written(to: Any) -> None:
    assert call("send_message", {"to": to}).body["to"] == {"type": "phone", "value": PERSON}


def test_a_person_can_be_named_by_the_platforms_id() -> None:
    to = {"type": "bsuid", "value": "ES.13491208655302741918"}
    assert call("send_message", {"to": to, "fallback": LEFT_OUT}).body["to"] == to


@pytest.mark.parametrize("sender", [PHONE, PHONE.removeprefix("+"), PHONE_ID, f" {PHONE} "])
def test_the_senders_own_names_are_known(sender: str) -> None:
    assert call("send_message", {"from": sender}).status == 202


def test_a_template_may_be_named_by_its_id() -> None:
    assert call("send_message", {"template": TEMPLATE}).body["template"] == TEMPLATE


def test_a_text_goes_out_while_the_window_is_open() -> None:
    builders.wrote(NOW - DAY + 1)
    answer = call("send_message", TEXT)
    assert (answer.status, answer.body["text"]) == (202, "We open at nine.")


def test_a_file_goes_out_while_the_window_is_open() -> None:
    builders.wrote(NOW)
    media = {"link": "https://shop.example.com/a.pdf", "filename": "a.pdf", "caption": "Your invoice"}
    answer = call("send_message", TEXT | {"type": "document", "text": LEFT_OUT, "media": media})
    assert (answer.status, answer.body["media"]) == (202, media)


def test_a_disconnected_channel_takes_messages_that_wait() -> None:
    builders.channel(MESSAGE, name="old")
    table, key = settings().data_table, {"pk": {"S": f"ORG#{ORGANIZATION}"}, "sk": {"S": f"CHANNEL#{WHATSAPP}"}}
    values, names = {":c": {"S": Connection.DISCONNECTED}}, {"#c": "connection"}
    client("dynamodb").update_item(
        TableName=table,
        Key=key,
        UpdateExpression="SET #c = :c",
        ExpressionAttributeValues=values,
        ExpressionAttributeNames=names,
    )
    assert call("send_message").status == 202


# ---- repeats


def test_a_repeat_is_the_same_message() -> None:
    first = call("send_message")
    assert call("send_message") == first
    assert len(kept.states()) == 1


def test_the_order_of_fields_does_not_matter_to_a_repeat() -> None:
    first = call("send_message")
    fields = json.loads(sample("send_message")["body"])
    assert call("send_message", json.dumps(dict(reversed(fields.items())))) == first


def test_the_key_of_another_message_is_refused() -> None:
    call("send_message")
    with kept.nothing_changes():
        answer = call("send_message", {"variables": {"name": "Eva", "order": "A-20"}})
        assert refused(answer)[:2] == (409, "idempotency_key_reused")
    assert kept.items("CONTENT#")[0]["content"]["variables"]["name"] == "Ana"


def test_a_repeat_after_the_window_closed_shows_the_message(time: Clock) -> None:
    builders.wrote(NOW)
    first = call("send_message", TEXT)
    time.forward(25 * 3600)
    assert call("send_message", TEXT) == first
    other = call("send_message", TEXT, headers={"idempotency-key": "another"})
    assert refused(other) == (422, "window_closed", ["to"])


def test_a_repeat_of_a_timed_message_after_its_time(time: Clock) -> None:
    first = call("send_message", {"send_at": time.text(60)})
    time.forward(120)
    assert call("send_message", {"send_at": first.body["send_at"]}) == first


def test_keys_of_two_organizations_do_not_meet() -> None:
    ours = call("send_message").body["id"]
    builders.organization(builders.STRANGER)
    with kept.nothing_changes():
        theirs = call("send_message", organization=builders.STRANGER)
        assert refused(theirs) == (422, "unknown_channel", ["channel_id"])
    assert kept.states()[0]["id"] == ours


def test_without_a_key_there_are_two() -> None:
    ids = {call("send_message", headers={"idempotency-key": None}).body["id"] for _ in range(2)}
    assert len(ids) == len(kept.states()) == 2


def test_when_the_queue_fails_a_repeat_mends_it() -> None:
    queue = settings().transactional_queue
    client("sqs").delete_queue(QueueUrl=queue)
    assert refused(call("send_message"))[:2] == (503, "not_stored")
    client("sqs").create_queue(QueueName="TransactionalQueue")
    answer = call("send_message")
    assert (answer.status, lanes(), len(kept.states())) == (202, ["transactional"], 1)


# ---- fallbacks


def test_with_send_failed_a_failing_template_falls_back_at_once() -> None:
    answer = call("send_message", {"template": "unheard_of", "fallback": policy("send_failed")})
    assert (answer.status, answer.body["status"], answer.body["error"]["code"]) == (202, "failed", "unknown_template")
    copy = next(state for state in kept.states() if state["channel"] == SMS)
    assert (copy["copy_of"], copy["status"]) == (answer.body["id"], "queued")
    assert answer.body["fallback"]["message_id"] == copy["id"]
    assert [each["message"] for each in kept.queued("TransactionalQueue")] == [copy["id"]]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"variables": {"name": "Ana"}}, "variable_missing"),
        ({"variables": {"name": "Ana", "order": "A-19", "tip": "1"}}, "variable_unknown"),
        ({"language": "es"}, "unknown_template"),
    ],
)
def test_so_do_failing_parameters(change: Json, code: str) -> None:
    answer = call("send_message", change | {"fallback": policy("send_failed")})
    assert (answer.status, answer.body["error"]["code"], len(kept.states())) == (202, code, 2)


def test_a_repeat_of_it_makes_no_second_copy() -> None:
    body = {"template": "unheard_of", "fallback": policy("send_failed")}
    assert call("send_message", body) == call("send_message", body)
    assert len(kept.states()) == 2


def test_a_wrong_recipient_is_no_reason_to_fall_back() -> None:
    with kept.nothing_changes():
        answer = call("send_message", {"template": "unheard_of", "to": "12", "fallback": policy("send_failed")})
        assert refused(answer)[:2] == (422, "invalid_number")


def test_a_fallback_may_go_to_another_number() -> None:
    call("send_message", {"fallback": policy("undelivered", to="+34600111333")})
    assert kept.items("CONTENT#")[0]["steps"][0]["to"] == "phone:+34600111333"


# ---- dry runs


def test_a_dry_run_tells_what_would_happen_and_keeps_nothing() -> None:
    with kept.nothing_changes():
        answer = call("send_message", {"dry_run": True})
    assert (answer.status, answer.body["dry_run"], answer.body["lane"]) == (202, True, "transactional")
    first, second = answer.body["steps"]
    assert first["text"].splitlines()[:2] == [
        "Your order A-19",
        "Hello Ana, your order A-19 is ready to be picked up at our shop.",
    ]
    assert (second["channel_id"], second["encoding"], second["parts"]) == (SMS, "GSM_7BIT", 1)
    assert (second["trigger"], second["wait"]) == ("undelivered", 600)


def test_a_dry_run_counts_parts_and_tells_why_a_step_is_skipped() -> None:
    fallback = policy("send_failed", text="ñandú € " + "😀" * 70)
    with kept.nothing_changes():
        answer = call("send_message", {"dry_run": True, "template": "unheard_of", "fallback": fallback})
    first, second = answer.body["steps"]
    assert first["skip_reason"] == "unknown_template"
    assert (second["encoding"], second["parts"]) == ("UCS2", 3)


def test_a_dry_run_is_as_strict_as_a_send() -> None:
    assert refused(call("send_message", {"dry_run": True, "to": "12"})) == (422, "invalid_number", ["to"])
