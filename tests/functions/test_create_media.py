"""create_media: a place for a file, known only to the organization that asked for it."""

import pytest

from tests.support import builders, kept, media_files
from tests.support.builders import ORGANIZATION, WHATSAPP
from tests.support.events import LEFT_OUT, Json, call, refused
from tests.support.time import Clock


@pytest.fixture(autouse=True)
def _cast() -> None:
    builders.organization()


def test_answers_an_address_that_ends_soon(time: Clock) -> None:
    answer = call("create_media")
    assert answer.status == 201
    assert (answer.body["filename"], answer.body["content_type"]) == ("menu.pdf", "application/pdf")
    assert answer.body["created_at"] == time.text()
    url = answer.body["url"]
    assert url.startswith("https://")
    assert f"media/{ORGANIZATION}/{answer.body['id']}" in url


def test_the_address_is_not_kept() -> None:
    answer = call("create_media")
    (item,) = kept.items("UPLOAD#")
    assert item["pk"] == f"ORG#{ORGANIZATION}"
    assert answer.body["url"] not in str(item)
    assert "known_as" not in answer.body


def test_a_repeat_is_the_same_file_with_an_address() -> None:
    first = call("create_media").body
    again = call("create_media").body
    assert again["id"] == first["id"]
    assert again["url"].startswith("https://")
    assert len(kept.items("UPLOAD#")) == 1


def test_without_a_key_there_are_two() -> None:
    ids = {call("create_media", headers={"idempotency-key": None}).body["id"] for _ in range(2)}
    assert len(ids) == len(kept.items("UPLOAD#")) == 2


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"filename": LEFT_OUT}, "filename"),
        ({"filename": ""}, "filename"),
        ({"filename": "../menu.pdf"}, "filename"),
        ({"filename": "a\\b"}, "filename"),
        ({"filename": "a\nb"}, "filename"),
        ({"filename": "x" * 241}, "filename"),
        ({"content_type": LEFT_OUT}, "content_type"),
        ({"content_type": "pdf"}, "content_type"),
        ({"content_type": "application/pdf\r\nx: y"}, "content_type"),
        ({"content_type": "text/html; charset=utf-8"}, "content_type"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_bad_fields(change: Json, field: str) -> None:
    with kept.nothing_changes():
        assert refused(call("create_media", change))[::2] == (422, [field])


def test_for_a_library_it_is_put_where_it_is_looked_at_first() -> None:
    builders.channel()
    answer = call("create_media", {"channel_id": WHATSAPP})
    assert answer.status == 201
    assert (answer.body["channel_id"], answer.body["status"], answer.body["kind"]) == (WHATSAPP, "waiting", None)
    assert f"unchecked/{ORGANIZATION}/{answer.body['id']}" in answer.body["url"]
    assert [item["id"] for item in call("list_media").body["items"]] == [answer.body["id"]]


def test_of_a_channel_that_never_was() -> None:
    with kept.nothing_changes():
        assert refused(call("create_media", {"channel_id": WHATSAPP}))[:2] == (404, "not_found")


def test_a_repeat_for_something_else() -> None:
    call("create_media")
    with kept.nothing_changes():
        assert refused(call("create_media", {"filename": "a.pdf"}))[:2] == (409, "idempotency_key_reused")


def test_a_repeat_after_the_look_has_no_address_any_more() -> None:
    builders.channel()
    made = call("create_media", {"channel_id": WHATSAPP}).body
    media_files.put(media_files.PNG, made["id"])
    call("complete_media", path={"media_id": made["id"]})
    again = call("create_media", {"channel_id": WHATSAPP}).body
    assert (again["id"], again["status"], again["url"]) == (made["id"], "ready", None)
