"""create_template: a draft that keeps every rule which the platform would enforce."""

import io
import json

import pytest
from parley.cloud import files
from parley.store import uploads

from tests.support import builders, kept
from tests.support.builders import ORGANIZATION, SMS, WHATSAPP
from tests.support.events import Json, call, refused, sample
from tests.support.wire import Wire

BODY: Json = {"type": "BODY", "text": "Hello $(name), your order $(order) is ready."}


@pytest.fixture(autouse=True)
def _channels() -> None:
    builders.organization()
    builders.channel()
    builders.channel(SMS, type="SMS")


def templates() -> list[Json]:
    return kept.items("TEMPLATE#")


def test_is_kept_as_a_draft_and_nobody_is_asked(wire: Wire) -> None:
    answer = call("create_template")
    asked = json.loads(sample("create_template")["body"])
    assert (answer.status, answer.body["status"], wire.requests) == (201, "draft", [])
    assert {name: answer.body[name] for name in ("name", "language", "category", "samples")}.items() <= asked.items()
    (item,) = [item for item in templates() if item["pk"] == f"ORG#{ORGANIZATION}"]
    assert (item["status"], item["channel_id"], item["name"]) == ("draft", WHATSAPP, "order_ready")
    assert [component["type"] for component in item["components"]] == ["HEADER", "BODY", "FOOTER", "BUTTONS"]


def test_a_repeat_is_the_same_template() -> None:
    first = call("create_template")
    with kept.nothing_changes():
        assert call("create_template") == first


def test_the_key_of_another_request_is_refused() -> None:
    call("create_template")
    with kept.nothing_changes():
        answer = call("create_template", {"category": "MARKETING"})
        assert refused(answer)[:2] == (409, "idempotency_key_reused")


def test_a_name_is_taken_once_for_each_language_and_channel() -> None:
    call("create_template")
    other = {"headers": {"idempotency-key": None}}
    with kept.nothing_changes():
        assert refused(call("create_template", **other))[:2] == (409, "template_exists")
    assert call("create_template", {"language": "es"}, **other).status == 201
    assert call("create_template", {"channel_id": SMS}, **other).status == 201


def test_a_foreign_channel_does_not_exist() -> None:
    builders.organization(builders.STRANGER)
    with kept.nothing_changes():
        assert refused(call("create_template", organization=builders.STRANGER))[:2] == (404, "not_found")


@pytest.mark.parametrize(
    ("change", "code", "field"),
    [
        ({"name": "Order Ready"}, "string_pattern_mismatch", "name"),
        ({"name": "x" * 513}, "string_pattern_mismatch", "name"),
        ({"language": "english"}, "string_pattern_mismatch", "language"),
        ({"category": "SPAM"}, "unknown_value", "category"),
        ({"parameter_format": "NAMELESS"}, "unknown_value", "parameter_format"),
        ({"components": []}, "too_short", "components"),
        ({"components": [BODY | {"colour": "red"}]}, "unknown_field", "components.0.colour"),
        ({"components": [{"type": "VIDEO"}]}, "union_tag_invalid", "components.0"),
        ({"components": [{"type": "CAROUSEL"}]}, "field_missing", "components.0.cards"),
        ({"components": [{"type": "FOOTER", "text": "Bye"}], "samples": {}}, "body_missing", "components"),
        ({"components": [BODY, BODY]}, "component_repeated", "components"),
        ({"components": [BODY | {"text": " "}], "samples": {}}, "text_empty", "components.0.text"),
        ({"components": [BODY | {"text": "x" * 1025}], "samples": {}}, "text_too_long", "components.0.text"),
        ({"components": [BODY | {"text": "Hi {{1}}."}], "samples": {}}, "braces", "components.0.text"),
        ({"components": [BODY], "samples": {"name": "Ana"}}, "variable_missing", "samples.order"),
        ({"components": [BODY], "samples": {"name": "Ana", "order": "1", "x": "2"}}, "variable_unknown", "samples.x"),
    ],
)
def test_broken_rules(change: Json, code: str, field: str) -> None:
    with kept.nothing_changes():
        assert refused(call("create_template", change)) == (422, code, [field])


def test_all_that_is_wrong_is_told_at_once() -> None:
    footer = {"type": "FOOTER", "text": "$(name)"}
    answer = call("create_template", {"components": [BODY | {"text": "$(name)$(order)"}, footer], "samples": {}})
    assert refused(answer)[2] == [
        "components.0.text",
        "components.0.text",
        "components.1.text",
        "samples.name",
        "samples.order",
    ]


def _picture(upload: str) -> list[Json]:
    return [{"type": "HEADER", "format": "IMAGE", "upload": upload}, {"type": "BODY", "text": "Look at this."}]


def test_a_file_in_the_header_is_in_use_until_the_template_is_gone() -> None:
    body = json.loads(sample("create_template")["body"]) | {"samples": {}}
    upload = call("create_media").body["id"]
    refusal = refused(call("create_template", body | {"components": _picture(upload)}))
    assert refusal == (422, "nothing_uploaded", ["components.0.upload"])
    files.put(f"media/{ORGANIZATION}/{upload}", io.BytesIO(b"\x89PNG"), "image/png")
    made = call("create_template", body | {"components": _picture(upload)})
    assert made.status == 201
    assert uploads.users(ORGANIZATION, upload) == [f"template order_ready (en) {made.body['id']}"]
    assert refused(call("delete_media", path={"media_id": upload}))[:2] == (409, "media_in_use")
    call("delete_template", path={"template_id": made.body["id"]})
    assert uploads.users(ORGANIZATION, upload) == []


def test_a_numbered_rule_points_into_the_request() -> None:
    """The button, the rule and a sentence for a person; what no rule numbers has no pointer."""
    pressed = {"type": "BUTTONS", "buttons": [{"type": "URL", "text": "See", "url": "ftp://a.test"}]}
    answer = call("create_template", {"components": [BODY, pressed], "samples": {"name": "Ana"}})
    address, sample = answer.body["errors"]
    assert {name: address[name] for name in ("field", "code", "pointer", "rule")} == {
        "field": "components.1.buttons.0.url",
        "code": "url",
        "pointer": "/components/1/buttons/0/url",
        "rule": "T3.2",
    }
    assert (sample["field"], set(sample)) == ("samples.order", {"field", "code", "reason"})
