"""create_channel: what is kept of a new channel, and what is refused."""

import json

import pytest
from parley.model.channel import ChannelType

from tests.support import builders, kept
from tests.support.builders import ORGANIZATION, PROVIDER, STRANGER
from tests.support.events import LEFT_OUT, Json, call, refused, request, sample
from tests.support.invoke import invoke

DOCUMENTED = """{
"organization_id": "org-uuid",
"name": "Sales WhatsApp",
"type": "WHATSAPP_LITE",
"settings": {
"sender_id": "123456",
"phone_number": "+1234567890"
},
"is_active": true
}"""


def channels() -> list[Json]:
    return kept.items("CHANNEL#")


def test_is_kept_unbound_and_counted() -> None:
    builders.organization()
    answer = call("create_channel")
    asked = json.loads(sample("create_channel")["body"])
    assert answer.status == 201
    assert asked.items() <= answer.body.items()
    assert (answer.body["connection"], answer.body["binding"]) == ("unbound", None)
    (item,) = channels()
    assert asked.items() <= item.items()
    assert (item["pk"], item["sk"], item["life"]) == (f"ORG#{ORGANIZATION}", f"CHANNEL#{answer.body['id']}", "present")
    assert kept.items("WEBHOOK#")[0]["channel"] == answer.body["id"]
    assert kept.items(f"ORG#{ORGANIZATION}")[-1]["channel_count"] == 1


def test_the_documents_example_word_for_word() -> None:
    builders.organization("org-uuid")
    event = request("create_channel", DOCUMENTED, organization="org-uuid")
    event["headers"] = {"content-type": "application/json"}
    reply = invoke("create_channel", event)
    assert reply["statusCode"] == 201
    assert json.loads(DOCUMENTED).items() <= json.loads(reply["body"]).items()
    assert json.loads(DOCUMENTED).items() <= channels()[0].items()


@pytest.mark.parametrize("kind", [*ChannelType, "WHATSAPP"])
def test_every_type_can_be_created(kind: str) -> None:
    builders.organization()
    answer = call("create_channel", {"type": kind, "settings": {}})
    assert (answer.status, answer.body["type"]) == (201, "WHATSAPP_CLOUD" if kind == "WHATSAPP" else kind)


def test_only_name_and_type_are_needed() -> None:
    builders.organization()
    answer = call("create_channel", '{"name": " Shop ", "type": "SMS"}')
    assert answer.status == 201
    assert {"name": "Shop", "description": "", "settings": {}, "is_active": True}.items() <= answer.body.items()


@pytest.mark.parametrize(
    ("change", "code", "field"),
    [
        ({"type": "PIGEON"}, "unknown_value", "type"),
        ({"type": LEFT_OUT}, "field_missing", "type"),
        ({"name": LEFT_OUT}, "field_missing", "name"),
        ({"name": "x" * 51}, "string_too_long", "name"),
        ({"name": "   "}, "string_too_short", "name"),
        ({"name": None}, "string_type", "name"),
        ({"description": "x" * 151}, "string_too_long", "description"),
        ({"settings": []}, "dict_type", "settings"),
        ({"settings": {"note": "x" * 4096}}, "value_error", "settings"),
        ({"is_active": "perhaps"}, "bool_parsing", "is_active"),
        ({"connection": "connected"}, "unknown_field", "connection"),
        ({"organization_id": "a b"}, "string_pattern_mismatch", "organization_id"),
    ],
)
def test_bad_fields_are_named(change: Json, code: str, field: str) -> None:
    builders.organization()
    with kept.nothing_changes():
        assert refused(call("create_channel", change)) == (422, code, [field])


def test_all_that_is_wrong_is_told_at_once() -> None:
    builders.organization()
    answer = call("create_channel", {"name": "", "type": "PIGEON", "colour": "red"})
    assert refused(answer) == (422, "string_too_short", ["name", "type", "colour"])


def test_the_longest_name_and_description_fit() -> None:
    builders.organization()
    assert call("create_channel", {"name": "ñ" * 50, "description": "ñ" * 150}).status == 201


def test_the_hundred_and_first_channel_is_refused() -> None:
    builders.organization(channel_count=99)
    assert call("create_channel").status == 201
    with kept.nothing_changes():
        assert refused(call("create_channel", headers={"idempotency-key": "another"}))[:2] == (409, "channel_limit")


def test_a_repeat_is_the_same_channel() -> None:
    builders.organization()
    first = call("create_channel")
    with kept.nothing_changes():
        assert call("create_channel") == first


def test_a_repeat_at_the_limit_still_answers() -> None:
    builders.organization(channel_limit=1)
    first = call("create_channel")
    assert call("create_channel") == first


def test_the_key_of_another_request_is_refused() -> None:
    builders.organization()
    call("create_channel")
    with kept.nothing_changes():
        assert refused(call("create_channel", {"name": "Support"}))[:2] == (409, "idempotency_key_reused")


def test_without_a_key_there_are_two() -> None:
    builders.organization()
    event = request("create_channel")
    del event["headers"]["idempotency-key"]
    invoke("create_channel", event)
    invoke("create_channel", event)
    assert len(channels()) == 2


def test_a_service_provider_creates_for_its_customer() -> None:
    builders.provider()
    answer = call("create_channel", organization=PROVIDER)
    assert (answer.status, answer.body["organization_id"]) == (201, ORGANIZATION)
    assert [item["pk"] for item in channels()] == [f"ORG#{ORGANIZATION}"]


@pytest.mark.parametrize("where", ["body", "query"])
def test_a_foreign_organization_does_not_exist(where: str) -> None:
    builders.provider()
    builders.organization(STRANGER)
    wish = {"organization_id": STRANGER}
    changes = {"query": wish} if where == "query" else {}
    with kept.nothing_changes():
        answer = call("create_channel", wish if where == "body" else None, **changes, organization=PROVIDER)
        assert refused(answer)[:2] == (404, "not_found")
