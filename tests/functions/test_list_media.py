"""list_media: the library of a channel, the newest first."""

import pytest

from tests.support import builders, media_files
from tests.support.builders import ORGANIZATION, SMS, WHATSAPP
from tests.support.events import call, refused
from tests.support.time import Clock


@pytest.fixture(autouse=True)
def _cast(time: Clock) -> None:
    builders.organization()
    builders.channel()
    for name, kind in (("c", "image"), ("a", "video"), ("b", "image")):
        media_files.media(name, kind=kind, status="ready")
        time.forward(1)


def names(**query: str) -> list[str]:
    return [item["id"] for item in call("list_media", query=query).body["items"]]


def test_the_newest_first() -> None:
    assert names() == ["b", "a", "c"]


def test_by_kind() -> None:
    assert names(kind="image") == ["b", "c"]
    assert names(kind="audio") == []
    assert refused(call("list_media", query={"kind": "sticker"}))[::2] == (422, ["kind"])


def test_each_that_is_ready_has_a_link() -> None:
    media_files.media("waiting")
    links = {item["id"]: item["link"] for item in call("list_media").body["items"]}
    assert links["waiting"] is None
    assert all(f"media/{ORGANIZATION}/{name}?" in links[name] for name in "abc")


def test_another_channel_has_its_own() -> None:
    builders.channel(SMS)
    media_files.media("theirs", channel_id=SMS)
    assert names(channel_id=SMS) == ["theirs"]


def test_what_is_just_to_be_sent_is_in_no_library() -> None:
    call("create_media")
    assert names(channel_id=WHATSAPP) == ["b", "a", "c"]


def test_an_unknown_channel_and_none() -> None:
    assert refused(call("list_media", query={"channel_id": SMS}))[:2] == (404, "not_found")
    assert refused(call("list_media", query={"channel_id": None}))[::2] == (422, ["channel_id"])
