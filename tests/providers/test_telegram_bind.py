"""Connecting a bot: one call that proves the token, a webhook with a secret of its own, updates named on purpose."""

import json
from typing import Any

import httpx
import pytest
from parley.errors import Disconnected, Invalid, OutcomeUnknown, ProviderError, Throttled, Unavailable
from parley.providers.provider import Bound
from parley.providers.telegram import bind

from tests.support.make import CHANNEL
from tests.support.platforms import Answer, Telegram, bot_refuses, bot_says, says

ME = {"id": 7000000001, "is_bot": True, "first_name": "Shop", "username": "shop_bot"}
TOKEN = "7000000001:AAexample-token-of-a-bot-0123456789abc"
HOOK = "https://hooks.example/telegram/"
INFO = {"url": f"{HOOK}{CHANNEL}", "has_custom_certificate": False, "pending_update_count": 3}
Json = dict[str, Any]


def bound(telegram: Telegram, settings: Json | None = None, **credentials: Any) -> Bound:
    if telegram.answer is telegram.answers["accepts"]:
        telegram.answer = bot_says(ME)
    return bind.bind(CHANNEL, settings or {}, credentials or {"token": TOKEN}, HOOK)


def called(telegram: Telegram) -> list[tuple[str, Json]]:
    return [(each.url.path.rpartition("/")[2], json.loads(each.content)) for each in telegram.requests]


def test_a_good_token_names_its_bot(telegram: Telegram) -> None:
    found = bound(telegram)
    assert (found.provider, found.sender, found.sender_id) == ("telegram", "@shop_bot", "7000000001")
    assert (found.claims, found.settings) == ([("telegram", "7000000001")], {})
    assert called(telegram) == [("getMe", {})]
    assert found.secret["token"] == TOKEN


def test_each_binding_has_a_secret_of_its_own(telegram: Telegram) -> None:
    first, second = bound(telegram).secret["webhook_secret"], bound(telegram).secret["webhook_secret"]
    assert first != second
    for each in (first, second):
        assert 32 <= len(each) <= 256
        assert all(letter.isascii() and (letter.isalnum() or letter in "_-") for letter in each)


def test_the_webhook_is_set_with_secret_and_named_updates(telegram: Telegram) -> None:
    telegram.answer = bot_says(True)
    bind.subscribe(CHANNEL, telegram.binding, {"token": TOKEN, "webhook_secret": "shh"}, HOOK)
    [(method, body)] = called(telegram)
    assert method == "setWebhook"
    assert (body["url"], body["secret_token"]) == (f"{HOOK}{CHANNEL}", "shh")
    assert (body["max_connections"], body["drop_pending_updates"]) == (40, False)
    assert set(body["allowed_updates"]) == {
        "message",
        "edited_message",
        "channel_post",
        "edited_channel_post",
        "callback_query",
        "poll",
        "poll_answer",
        "my_chat_member",
        "message_reaction",
    }
    assert TOKEN not in json.dumps(body)


@pytest.mark.parametrize(
    "token",
    [
        "",
        "x",
        "7000000001",
        "7000000001:short",
        ":" + "A" * 35,
        "7000000001:" + "A" * 34 + "/",
        f"{TOKEN}\n",
        "é" * 40,
        "0123456:" + "A" * 35,
        f"{TOKEN}/getMe?",
        "7000000001:" + "A" * 65,
    ],
)
def test_what_cannot_be_a_token_is_never_put_into_an_address(telegram: Telegram, token: str) -> None:
    with pytest.raises(Invalid) as caught:
        bound(telegram, token=token)
    assert [each.field for each in caught.value.problems] == ["credentials.token"]
    assert telegram.requests == []
    assert not token or token not in f"{caught.value!r} {caught.value.problems}"


@pytest.mark.parametrize(
    ("settings", "credentials", "field"),
    [
        ({}, {"token": TOKEN, "colour": "red"}, "credentials.colour"),
        ({"colour": "red"}, {"token": TOKEN}, "settings.colour"),
        ({"gateway": "MTPROTO"}, {"token": TOKEN}, "settings.gateway"),
        ({}, {"token": 7}, "credentials.token"),
        ({}, {"key": "x"}, "credentials.token"),
    ],
)
def test_bad_bindings(telegram: Telegram, settings: Json, credentials: Json, field: str) -> None:
    with pytest.raises(Invalid) as caught:
        bound(telegram, settings, **credentials)
    assert field in [each.field for each in caught.value.problems]
    assert telegram.requests == []


@pytest.mark.parametrize(
    "answer",
    [
        bot_refuses(401, "Unauthorized"),
        bot_refuses(404, "Not Found"),
        bot_refuses(400, "Bad Request"),
        bot_says({"id": 4211, "is_bot": False, "username": "sara"}),
        bot_says({"id": 7000000001, "is_bot": True}),
        bot_says(None),
        bot_says([ME]),
    ],
)
def test_a_token_that_telegram_does_not_know(telegram: Telegram, answer: Answer) -> None:
    telegram.answer = answer
    with pytest.raises(Invalid) as caught:
        bound(telegram)
    [problem] = caught.value.problems
    assert (problem.field, problem.code) == ("credentials.token", "invalid_token")
    assert TOKEN not in f"{problem} {caught.value!r}"


def unreachable(request: httpx.Request) -> Exception:
    return httpx.ConnectError("no line", request=request)


@pytest.mark.parametrize(
    ("answer", "meaning"),
    [
        (bot_refuses(429, "Too Many Requests", retry_after=9), Throttled),
        (says(502, "<html>"), OutcomeUnknown),
        (unreachable, Unavailable),
    ],
)
def test_when_telegram_cannot_say_the_token_is_not_blamed(
    telegram: Telegram, answer: Answer, meaning: type[ProviderError]
) -> None:
    telegram.answer = answer
    with pytest.raises(meaning):
        bound(telegram)


def test_unbinding_takes_the_webhook_away(telegram: Telegram) -> None:
    telegram.answer = bot_says(True)
    bind.unbind(telegram.binding, telegram.secret)
    assert called(telegram) == [("deleteWebhook", {"drop_pending_updates": True})]
    telegram.answer = bot_refuses(401, "Unauthorized")
    with pytest.raises(Disconnected):
        bind.unbind(telegram.binding, telegram.secret)


def test_a_bot_is_claimed_by_its_id(telegram: Telegram) -> None:
    assert bind.claims(telegram.binding) == [("telegram", "7000000001")]


def test_health_shows_what_telegram_knows_of_the_webhook_but_not_its_address(telegram: Telegram) -> None:
    more = {"last_error_date": 1767225600, "last_error_message": "Wrong response: 500", "ip_address": "203.0.113.1"}
    telegram.answer = bot_says({**INFO, **more})
    found = bind.health(telegram.binding, telegram.secret)
    assert found == {
        "webhook_set": True,
        "pending_update_count": 3,
        "last_error_date": 1767225600,
        "last_error_message": "Wrong response: 500",
    }
    telegram.answer = bot_says({**INFO, "url": ""})
    assert bind.health(telegram.binding, telegram.secret) == {"webhook_set": False, "pending_update_count": 3}


def test_a_probe_tries_the_token_and_the_webhook(telegram: Telegram) -> None:
    telegram.answer = bot_says({**ME, **INFO})
    assert [(step.step, step.ok) for step in bind.probe(telegram.binding, telegram.secret)] == [
        ("credential", True),
        ("webhook", True),
    ]
    telegram.answer = bot_says({**ME, "url": ""})
    assert [step.ok for step in bind.probe(telegram.binding, telegram.secret)] == [True, False]
    telegram.answer = bot_refuses(401, "Unauthorized")
    steps = bind.probe(telegram.binding, telegram.secret)
    assert [step.ok for step in steps] == [False, False]
    assert "401" in str(steps[0].detail)


@pytest.mark.parametrize("answer", [bot_refuses(401, "no"), says(502, "x"), unreachable, bot_says("odd")])
def test_no_words_of_a_probe_show_the_token(telegram: Telegram, answer: Answer) -> None:
    telegram.answer = answer
    assert telegram.secret["token"] not in repr(bind.probe(telegram.binding, telegram.secret))
