"""complete_media: what was put is looked at once, and stands in the library or is gone with a reason."""

import json
from collections.abc import Callable, Iterator

import pytest
from parley.cloud.clients import client
from parley.settings import settings

from tests.support import builders, kept, media_files
from tests.support.builders import ORGANIZATION
from tests.support.events import Answer, call, refused
from tests.support.media_files import MEDIA, OF_FORMAT, mp4, webm

READY, UNCHECKED = f"media/{ORGANIZATION}/{MEDIA}", f"unchecked/{ORGANIZATION}/{MEDIA}"
KINDS = {"image": "jpg png", "video": "mp4 webm", "audio": "mp3 ogg m4a aac", "document": "txt pdf"}
KIND = {format: kind for kind, formats in KINDS.items() for format in formats.split()}


@pytest.fixture(autouse=True)
def _cast() -> None:
    builders.organization()
    builders.channel()
    media_files.media()


def completed(body: bytes) -> Answer:
    media_files.put(body)
    return call("complete_media")


def why(body: bytes) -> str:
    """The reason of a refusal."""
    answer = completed(body)
    assert (answer.status, answer.body["status"], answer.body["link"]) == (200, "refused", None)
    assert kept.files() == []
    return str(answer.body["reason"])


@pytest.mark.parametrize(("format", "body"), OF_FORMAT.items())
def test_every_format_is_taken_and_shown_as_what_it_is(format: str, body: bytes) -> None:
    """The sample declares each of them as a PDF."""
    answer = completed(body)
    assert (answer.status, answer.body["status"], answer.body["reason"]) == (200, "ready", None)
    assert (answer.body["kind"], answer.body["size"]) == (KIND[format], len(body))
    stored = client("s3").get_object(Bucket=settings().files_bucket, Key=READY)
    assert (stored["Body"].read(), stored["ContentType"]) == (body, answer.body["content_type"])
    assert READY in answer.body["link"]
    assert answer.body["url"] is None


def test_what_was_put_is_gone_after_the_look() -> None:
    completed(OF_FORMAT["png"])
    assert kept.files() == [READY]


def test_bytes_that_come_after_the_look_change_nothing() -> None:
    first = completed(OF_FORMAT["png"]).body
    media_files.put(b"MZ\x90\x00 something else")
    again = call("complete_media").body
    assert {**again, "link": None} == {**first, "link": None}
    assert client("s3").get_object(Bucket=settings().files_bucket, Key=READY)["Body"].read() == OF_FORMAT["png"]
    assert kept.files() == [READY]


def test_a_repeat_after_a_refusal_says_the_same() -> None:
    first = completed(b"MZ\x90\x00").body
    assert completed(OF_FORMAT["png"]).body == first
    assert kept.files() == []


def test_nothing_was_put_yet() -> None:
    with kept.nothing_changes():
        assert refused(call("complete_media")) == (409, "nothing_uploaded", [])


def test_a_file_that_is_in_no_library() -> None:
    plain = call("create_media").body["id"]
    with kept.nothing_changes():
        assert refused(call("complete_media", path={"media_id": plain}))[:2] == (409, "not_in_library")


def test_wrong_bytes_are_refused_with_what_is_taken() -> None:
    assert why(b"MZ\x90\x00") == (
        "The bytes of the file are of none of the formats that are taken here: "
        "JPG, PNG, MP4, WEBM, MP3, OGG, M4A, AAC, TXT, PDF."
    )


def test_a_known_format_that_is_not_taken_is_refused_too() -> None:
    assert "none of the formats" in why(b"GIF89a\x01\x00\xff")


def test_nothing_is_refused() -> None:
    assert why(b"") == "The file is empty."


@pytest.mark.parametrize(
    ("format", "most", "called"),
    [("png", 2, "an image"), ("pdf", 10, "a document"), ("webm", 10, "a video")],
)
def test_a_file_may_be_as_large_as_its_kind_may(format: str, most: int, called: str) -> None:
    body = OF_FORMAT[format].ljust(most * 1_000_000, b"\x00")
    assert completed(body).body["status"] == "ready"
    media_files.media("another")
    media_files.put(body + b"\x00", "another")
    answer = call("complete_media", path={"media_id": "another"}).body
    assert answer["reason"] == f"The file has more than the {most} MB that {called} may have."
    assert (answer["kind"], answer["size"]) == (KIND[format], most * 1_000_000 + 1)


def test_a_file_larger_than_everything_is_not_even_read() -> None:
    assert why(bytes(16_000_001)) == "The file has more than 16 MB, which no file here may have."


@pytest.mark.parametrize("video", [mp4, webm])
def test_a_video_may_play_a_minute(video: Callable[..., bytes]) -> None:
    assert completed(video(seconds=60)).body["status"] == "ready"


@pytest.mark.parametrize("video", [mp4, webm])
def test_but_not_longer(video: Callable[..., bytes]) -> None:
    assert why(video(seconds=61)) == "The file plays for 61.0 seconds; a video may have 60."


@pytest.fixture
def _only_small_gifs(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("MEDIA_RULES", json.dumps({"image": {"formats": ["gif"], "megabytes": 1}}))
    settings.cache_clear()
    yield
    settings.cache_clear()


@pytest.mark.usefixtures("_only_small_gifs")
def test_limits_are_settings_of_the_deployment() -> None:
    assert completed(b"GIF89a\x01\x00\xff").body["content_type"] == "image/gif"
    media_files.media("another")
    media_files.put(OF_FORMAT["png"], "another")
    answer = call("complete_media", path={"media_id": "another"}).body
    assert answer["reason"].endswith("taken here: GIF.")


def test_one_that_is_deleted_meanwhile() -> None:
    call("delete_media")
    assert refused(completed(OF_FORMAT["png"]))[:2] == (404, "not_found")
