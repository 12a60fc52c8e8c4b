"""Files in Telegram: uploads, addresses, identifiers, albums, getFile and the download."""

import base64
import json
from typing import Any

import pytest

CHAT = 900010001
KINDS = ("photo", "video", "animation", "audio", "voice", "document", "sticker")
PAGES = {"document": "https://x.example/a.pdf?v=1", "sticker": "https://x.example/a.webp"}


def method(kind: str) -> str:
    return f"send{kind.title()}"


def file_id(message: dict[str, Any], kind: str) -> str:
    shown = message[kind]
    return str((shown[-1] if kind == "photo" else shown)["file_id"])


@pytest.mark.parametrize("kind", KINDS)
def test_by_address_then_by_identifier(bot: Any, kind: str) -> None:
    url = PAGES.get(kind, "https://x.example/a")
    first = bot.ok(method(kind), chat_id=CHAT, **{kind: url})
    again = bot.ok(method(kind), chat_id=CHAT, **{kind: file_id(first, kind)})
    assert file_id(again, kind) == file_id(first, kind)
    media = [entry["media"] for entry in bot.sims.control("GET", "/log")]
    assert media == [{"by": "url", "value": url}, {"by": "file_id", "value": file_id(first, kind)}]


def test_photos_have_sizes_the_largest_last(bot: Any) -> None:
    sizes = bot.ok("sendPhoto", chat_id=CHAT, photo="https://x.example/a.jpg")["photo"]
    assert [size["width"] for size in sizes] == sorted(size["width"] for size in sizes)
    assert bot.ok("sendPhoto", chat_id=CHAT, photo=sizes[0]["file_id"])


@pytest.mark.parametrize(
    ("kind", "given", "words"),
    [
        ("photo", "", "there is no photo in the request"),
        ("photo", "AgAC-unknown", "wrong file identifier/HTTP URL specified"),
        ("photo", "ftp://x.example/a.jpg", "wrong file identifier/HTTP URL specified"),
        ("photo", "attach://nothing", "wrong file identifier/HTTP URL specified"),
        ("photo", "https://x.example/broken.jpg", "failed to get HTTP URL content"),
        ("document", "https://x.example/a.docx", "wrong type of the web page content"),
        ("sticker", "https://x.example/a.tgs", "wrong type of the web page content"),
    ],
)
def test_files_that_are_refused(bot: Any, kind: str, given: str, words: str) -> None:
    assert bot.refused(method(kind), chat_id=CHAT, **{kind: given}) == (400, f"Bad Request: {words}")


def test_identifiers_belong_to_one_bot_and_kind(bot: Any) -> None:
    known = file_id(bot.ok("sendPhoto", chat_id=CHAT, photo="https://x.example/a.jpg"), "photo")
    other = type(bot)(bot.sims, 7000000002)
    assert other.refused("sendPhoto", chat_id=CHAT, photo=known)[1].endswith("wrong file identifier/HTTP URL specified")
    answer = bot.refused("sendVideo", chat_id=CHAT, video=known)
    assert answer == (400, "Bad Request: can't use file of type Photo as Video")


def test_uploads_can_be_fetched_again(bot: Any) -> None:
    parts = {"document": ("bill.pdf", b"\r\n%PDF\r\n--\r\n\x00\xff", "application/pdf")}
    sent = bot.ok("sendDocument", chat_id=CHAT, caption="Bill", files=parts)
    assert (sent["document"]["file_name"], sent["document"]["mime_type"]) == ("bill.pdf", "application/pdf")
    found = bot.ok("getFile", file_id=sent["document"]["file_id"])
    assert found["file_size"] == 14
    url = f"{bot.sims.urls['telegram_url']}/file/bot{bot.token}/{found['file_path']}"
    assert bot.sims.http.get(url).content == parts["document"][1]
    bot.sims.control("POST", "/telegram/clock", advance=3601)
    assert bot.sims.http.get(url).status_code == 404


def test_attached_uploads(bot: Any) -> None:
    parts = {"f1": ("a.jpg", b"jpeg", "image/jpeg")}
    assert bot.ok("sendPhoto", chat_id=CHAT, photo="attach://f1", files=parts)["photo"][-1]["file_size"] == 4
    [entry] = bot.sims.control("GET", "/log")
    assert entry["media"] == {"by": "upload", "filename": "a.jpg", "mime_type": "image/jpeg", "size": 4}


def test_uploads_that_are_too_large_or_strange(bot: Any) -> None:
    too_large = {"photo": ("a.jpg", b"x" * (10 * 1024 * 1024 + 1))}
    assert bot.refused("sendPhoto", chat_id=CHAT, files=too_large) == (413, "Request Entity Too Large")
    assert bot.refused("sendPhoto", chat_id=CHAT, files={"photo": ("a.jpg", b"")})[0] == 400
    png = b"\x89PNG\r\n\x1a\n" + b"\0" * 8 + (9000).to_bytes(4, "big") + (2000).to_bytes(4, "big")
    answer = bot.refused("sendPhoto", chat_id=CHAT, files={"photo": ("a.png", png)})
    assert answer == (400, "Bad Request: PHOTO_INVALID_DIMENSIONS")


def test_files_of_people(bot: Any) -> None:
    content = base64.b64encode(b"voice").decode()
    message = bot.play("inbound", **{"from": 4211}, kind="voice", file_bytes=content)["message"]
    path = bot.ok("getFile", file_id=message["voice"]["file_id"])["file_path"]
    url = f"{bot.sims.urls['telegram_url']}/file/bot{bot.token}/{path}"
    assert bot.sims.http.get(url).content == b"voice"
    huge = bot.play("inbound", **{"from": 4211}, kind="video", file_size=20 * 1024 * 1024 + 1)["message"]
    assert bot.refused("getFile", file_id=huge["video"]["file_id"]) == (400, "Bad Request: file is too big")
    assert bot.refused("getFile", file_id="x") == (400, "Bad Request: invalid file_id")


def test_albums(bot: Any) -> None:
    media = [
        {"type": "photo", "media": "attach://f1", "caption": "<b>one</b>", "parse_mode": "HTML"},
        {"type": "video", "media": "https://x.example/b.mp4"},
    ]
    parts = {"f1": ("a.jpg", b"jpeg", "image/jpeg")}
    sent = bot.ok("sendMediaGroup", chat_id=CHAT, media=json.dumps(media), files=parts)
    assert (sent[0]["caption"], "video" in sent[1]) == ("one", True)
    assert sent[0]["media_group_id"] == sent[1]["media_group_id"]
    assert sent[1]["message_id"] == sent[0]["message_id"] + 1
    [entry] = bot.sims.control("GET", "/log")
    assert (entry["type"], entry["message_ids"]) == ("media_group", [1, 2])


@pytest.mark.parametrize(
    ("kinds", "words"),
    [
        (["photo"], "too few messages to send as an album"),
        (["photo"] * 11, "too many messages to send as an album"),
        (["photo", "document"], "document can't be mixed with other media types"),
        (["video", "audio"], "audio can't be mixed with other media types"),
        (["photo", "animation"], "type 'animation' can't be used in an album"),
    ],
)
def test_albums_that_are_refused(bot: Any, kinds: list[str], words: str) -> None:
    media = [{"type": kind, "media": PAGES.get(kind, "https://x.example/a")} for kind in kinds]
    assert bot.refused("sendMediaGroup", chat_id=CHAT, media=media) == (400, f"Bad Request: {words}")
