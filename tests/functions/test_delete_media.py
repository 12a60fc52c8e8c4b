"""delete_media: a file goes with its bytes, unless something uses it."""

import pytest
from parley.cloud import files
from parley.store import uploads

from tests.support import builders, kept, media_files
from tests.support.builders import ORGANIZATION
from tests.support.events import call, refused
from tests.support.media_files import MEDIA, OF_FORMAT


@pytest.fixture(autouse=True)
def _cast() -> None:
    builders.organization()
    builders.channel()
    media_files.media()
    media_files.put(OF_FORMAT["png"])
    call("complete_media")


def test_the_bytes_and_every_item_go() -> None:
    media_files.put(b"put again")
    answer = call("delete_media")
    assert (answer.status, answer.body) == (204, "")
    assert kept.files() == []
    assert [item for item in kept.items() if MEDIA in str(item)] == []
    assert call("list_media").body["items"] == []


def test_a_second_time_it_is_not_there() -> None:
    call("delete_media")
    assert refused(call("delete_media"))[:2] == (404, "not_found")


def test_one_that_is_just_to_be_sent() -> None:
    plain = call("create_media").body["id"]
    assert call("delete_media", path={"media_id": plain}).status == 204
    assert len(kept.items("UPLOAD#")) == 1


def test_what_is_used_stays_and_says_by_what() -> None:
    assert uploads.use(ORGANIZATION, MEDIA, "template order_ready")
    assert uploads.use(ORGANIZATION, MEDIA, "template menu")
    with kept.nothing_changes():
        answer = call("delete_media")
    assert refused(answer)[:2] == (409, "media_in_use")
    assert answer.body["detail"] == "The file is used by template menu, template order_ready."


def test_of_many_users_a_few_are_named() -> None:
    for number in range(12):
        uploads.use(ORGANIZATION, MEDIA, f"template {number:02}")
    assert call("delete_media").body["detail"].endswith("template 09 and 2 more.")


def test_a_use_counts_once_however_often_it_is_noted() -> None:
    for _ in range(2):
        assert uploads.use(ORGANIZATION, MEDIA, "template menu")
    assert uploads.users(ORGANIZATION, MEDIA) == ["template menu"]
    for _ in range(2):
        uploads.unuse(ORGANIZATION, MEDIA, "template menu")
    assert uploads.users(ORGANIZATION, MEDIA) == []
    assert call("delete_media").status == 204


def test_nothing_begins_to_use_what_is_gone_or_going(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(key: str) -> None:
        raise TimeoutError

    with monkeypatch.context() as broken_off:
        broken_off.setattr(files, "delete", broken)
        assert call("delete_media").status == 500
    assert not uploads.use(ORGANIZATION, MEDIA, "template menu")
    assert call("delete_media").status == 204
    assert not uploads.use(ORGANIZATION, MEDIA, "template menu")
    assert kept.items("USES#") == []
