"""get_media: one file, with a link to it once it is ready."""

import pytest

from tests.support import builders, media_files
from tests.support.builders import ORGANIZATION, WHATSAPP
from tests.support.events import call, refused
from tests.support.time import Clock


@pytest.fixture(autouse=True)
def _cast() -> None:
    builders.organization()
    builders.channel()


def test_one_that_waits(time: Clock) -> None:
    media_files.media()
    assert call("get_media").body == {
        "id": media_files.MEDIA,
        "channel_id": WHATSAPP,
        "kind": None,
        "filename": "menu.pdf",
        "content_type": "application/pdf",
        "size": None,
        "created_at": time.text(),
        "status": "waiting",
        "reason": None,
        "link": None,
        "url": None,
    }


def test_a_link_that_ends_soon_to_one_that_is_ready() -> None:
    media_files.media(status="ready", kind="document", size=12)
    body = call("get_media").body
    assert (body["status"], body["kind"], body["size"], body["url"]) == ("ready", "document", 12, None)
    assert f"media/{ORGANIZATION}/{media_files.MEDIA}?" in body["link"]
    assert "Expires" in body["link"]


def test_none_to_one_that_was_refused() -> None:
    media_files.media(status="refused", reason="The file is empty.", size=0)
    body = call("get_media").body
    assert (body["link"], body["reason"]) == (None, "The file is empty.")


def test_one_that_is_just_to_be_sent() -> None:
    made = call("create_media").body
    body = call("get_media", path={"media_id": made["id"]}).body
    assert body == {**made, "url": None}
    assert (body["channel_id"], body["status"]) == (None, "waiting")


def test_one_that_never_was() -> None:
    assert refused(call("get_media"))[:2] == (404, "not_found")
