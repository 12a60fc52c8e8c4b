"""What an update still needs: a pressed button its answer, a file to be fetched before its address ends."""

import io
import json
from typing import Any

import httpx
import pytest
from parley.errors import ProviderError, Rejected, Throttled, Unavailable
from parley.providers.telegram import inbound

from tests.support.platforms import BOT_TOKEN, Answer, Telegram, bot_refuses, bot_says

FILE = {"kind": "image", "file_id": "F1", "size": 5}
PATH = "photos/file_1.jpg"


def serves(body: bytes, status: int = 200, told: Any = None, **headers: str) -> Answer:
    """getFile, and behind it the file's own address."""

    def answer(request: httpx.Request) -> httpx.Response:
        if request.method == "GET":
            kinds = {name.replace("_", "-"): value for name, value in headers.items()}
            return httpx.Response(status, content=body, headers=kinds)
        return httpx.Response(200, json={"ok": True, "result": told or {"file_id": "F1", "file_path": PATH}})

    return answer


def fetched(telegram: Telegram, **file: Any) -> tuple[str, bytes]:
    into = io.BytesIO()
    kind = inbound.fetch({**FILE, **file}, telegram.binding, telegram.secret, into)
    return kind, into.getvalue()


def test_a_button_is_answered_by_its_query(telegram: Telegram) -> None:
    telegram.answer = bot_says(True)
    inbound.follow_up({"callback_query_id": "438"}, telegram.binding, telegram.secret)
    assert (telegram.method, telegram.sent()) == ("answerCallbackQuery", {"callback_query_id": "438"})


def test_an_answer_that_comes_too_late_is_a_refusal(telegram: Telegram) -> None:
    telegram.answer = bot_refuses(400, "Bad Request: query is too old and response timeout expired")
    with pytest.raises(Rejected):
        inbound.follow_up({"callback_query_id": "438"}, telegram.binding, telegram.secret)


def test_a_file_is_named_and_then_fetched(telegram: Telegram) -> None:
    telegram.answer = serves(b"bytes", content_type="image/jpeg")
    assert fetched(telegram) == ("image/jpeg", b"bytes")
    named, got = telegram.requests
    assert (named.url.path, json.loads(named.content)) == (f"/bot{BOT_TOKEN}/getFile", {"file_id": "F1"})
    assert (got.method, str(got.url)) == ("GET", f"https://api.telegram.org/file/bot{BOT_TOKEN}/{PATH}")


def test_a_file_without_a_content_type_is_bytes(telegram: Telegram) -> None:
    telegram.answer = serves(b"bytes")
    assert fetched(telegram)[0] == "application/octet-stream"


@pytest.mark.parametrize("size", [20_000_001, 2_000_000_000, "20000001"])
def test_what_is_known_to_be_too_large_is_not_asked_for(telegram: Telegram, size: Any) -> None:
    with pytest.raises(Rejected) as caught:
        fetched(telegram, size=size)
    assert (caught.value.code, telegram.requests) == ("file_too_large", [])


def test_a_file_of_the_limit_fits_and_one_byte_more_does_not(
    telegram: Telegram, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inbound, "LARGEST", 1000)
    telegram.answer = serves(b"x" * 1000)
    assert len(fetched(telegram)[1]) == 1000
    telegram.answer = serves(b"x" * 1001)
    with pytest.raises(Rejected) as caught:
        fetched(telegram)
    assert caught.value.code == "file_too_large"


@pytest.mark.parametrize("told", [{"file_id": "F1"}, {"file_path": ""}, [1], "x", True])
def test_a_file_that_telegram_does_not_name(telegram: Telegram, told: Any) -> None:
    telegram.answer = serves(b"bytes", told=told)
    with pytest.raises(Rejected) as caught:
        fetched(telegram)
    assert caught.value.code == "media_failed"


def test_a_file_that_telegram_says_is_too_big(telegram: Telegram) -> None:
    telegram.answer = bot_refuses(400, "Bad Request: file is too big")
    with pytest.raises(Rejected) as caught:
        fetched(telegram, size=None)
    assert caught.value.code == "file_too_large"


@pytest.mark.parametrize("status", [403, 404, 410])
def test_a_file_that_is_gone(telegram: Telegram, status: int) -> None:
    telegram.answer = serves(b"", status)
    with pytest.raises(Rejected) as caught:
        fetched(telegram)
    assert caught.value.code == "media_failed"


@pytest.mark.parametrize("status", [429, 500, 502, 503])
def test_a_file_that_cannot_be_had_now_may_be_fetched_later(telegram: Telegram, status: int) -> None:
    telegram.answer = serves(b"", status)
    with pytest.raises(Unavailable):
        fetched(telegram)


def broken(error: type[httpx.HTTPError]) -> Answer:
    def answer(request: httpx.Request) -> Any:
        if request.method == "GET":
            return error(f"at {request.url}", request=request)  # type: ignore[call-arg]
        return httpx.Response(200, json={"ok": True, "result": {"file_path": PATH}})

    return answer


@pytest.mark.parametrize("error", [httpx.ConnectError, httpx.ReadTimeout, httpx.RemoteProtocolError])
def test_a_broken_line_may_be_tried_again(telegram: Telegram, error: type[httpx.HTTPError]) -> None:
    telegram.answer = broken(error)
    with pytest.raises(Unavailable) as caught:
        fetched(telegram)
    assert BOT_TOKEN not in f"{caught.value!r} {caught.value.message}"


@pytest.mark.parametrize(
    ("answer", "meaning"),
    [(bot_refuses(429, "Too Many Requests", retry_after=4), Throttled), (bot_refuses(400, "no"), Rejected)],
)
def test_refusals_of_get_file_mean_what_they_always_mean(
    telegram: Telegram, answer: Answer, meaning: type[ProviderError]
) -> None:
    telegram.answer = answer
    with pytest.raises(meaning):
        fetched(telegram)
