"""Telegram bots: tokens, bodies of calls, the webhook's set-up, getUpdates."""

import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

ON = "https://api.example.com/hooks/1"


def test_who_am_i(bot: Any) -> None:
    me = bot.ok("getMe")
    assert (me["id"], me["is_bot"], me["username"]) == (7000000001, True, "shop_1_bot")
    assert (me["can_join_groups"], me["can_read_all_group_messages"]) == (True, False)


@pytest.mark.parametrize("token", ["7000000001", "7000000001:short", f"x:{'A' * 35}", f"7000000001:{'A' * 34}!"])
def test_malformed_tokens_are_not_found(bot: Any, token: str) -> None:
    answer = bot.call("getMe", token=token)
    assert answer.json() == {"ok": False, "error_code": 404, "description": "Not Found"}
    assert answer.status_code == 404


def test_revoked_and_unknown_tokens_are_unauthorized(bot: Any) -> None:
    assert bot.call("getMe", token=f"6999999999:{'A' * 35}").status_code == 401
    bot.sims.control("POST", "/tokens/revoke", token=bot.token)
    assert bot.refused("getMe") == (401, "Unauthorized")
    assert bot.call("getMe", token=f"{bot.id}:{'B' * 35}").status_code == 200
    bot.sims.control("POST", "/tokens/restore", token=bot.token)
    assert bot.ok("getMe")


def test_two_tokens_are_one_bot(bot: Any) -> None:
    first = bot.send()
    second = bot.call("sendMessage", token=f"{bot.id}:{'B' * 35}", chat_id=900010001, text="x").json()["result"]
    assert second["message_id"] == first["message_id"] + 1


def test_method_names_have_no_case_and_unknown_ones_are_not_found(bot: Any) -> None:
    assert bot.ok("GETME") == bot.ok("getme")
    assert bot.refused("sendNothing") == (404, "Not Found: method not found")


def test_json_form_query_and_multipart(bot: Any) -> None:
    url = f"{bot.sims.urls['telegram_url']}/bot{bot.token}/sendMessage"
    keyboard = {"inline_keyboard": [[{"text": "Buy", "callback_data": "buy:1"}]]}
    plain = {"chat_id": "900010001", "text": "[1]", "reply_markup": json.dumps(keyboard)}
    http = bot.sims.http
    answers = [
        http.post(url, json={**plain, "chat_id": 900010001, "reply_markup": keyboard}),
        http.post(url, data=plain),
        http.get(url, params=plain),
        http.post(url, files={name: (None, value) for name, value in plain.items()}),
    ]
    results = [answer.json()["result"] for answer in answers]
    assert [(result["text"], result["reply_markup"]) for result in results] == [("[1]", keyboard)] * 4


def test_bodies_that_are_no_json(bot: Any) -> None:
    url = f"{bot.sims.urls['telegram_url']}/bot{bot.token}/getMe"
    for body in ("{", "[]"):
        answer = bot.sims.http.post(url, content=body, headers={"Content-Type": "application/json"})
        assert answer.status_code == 400


def test_the_token_is_written_nowhere(bot: Any) -> None:
    bot.send()
    bot.refused("sendMessage", chat_id=900030001, text="x")
    bot.call("getMe", token=f"7000000001:{'A' * 34}!")
    bot.sims.http.get(f"{bot.sims.urls['telegram_url']}/file/bot{bot.token}/photos/file_9.jpg")
    written = [bot.sims.control("GET", path) for path in ("/log", "/errors", "/webhooks", "/telegram/bots")]
    assert "AAAA" not in json.dumps(written)
    paths = [entry["path"] for entry in written[1]]
    assert paths == ["/bot7000000001/sendMessage", "/bot7000000001/getMe", "/file/bot7000000001/photos/file_9.jpg"]


def test_a_webhook_is_set_shown_and_deleted(bot: Any) -> None:
    assert bot.ok("getWebhookInfo") == {"url": "", "has_custom_certificate": False, "pending_update_count": 0}
    body = {"url": ON, "secret_token": "b3f0_kQ-", "max_connections": 7}
    assert bot.call("setWebhook", **body).json()["description"] == "Webhook was set"
    assert bot.call("setWebhook", **body).json()["description"] == "Webhook is already set"
    info = bot.ok("getWebhookInfo")
    assert (info["url"], info["max_connections"], "allowed_updates" in info) == (ON, 7, False)
    assert bot.call("deleteWebhook").json()["description"] == "Webhook was deleted"
    assert bot.call("deleteWebhook").json()["description"] == "Webhook is already deleted"


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"url": "ftp://x.example"}, "invalid webhook URL specified"),
        ({"url": "no address"}, "invalid webhook URL specified"),
        ({"url": "http://api.example.com/x"}, "bad webhook: An HTTPS URL must be provided for webhook"),
        (
            {"url": "https://api.example.com:444/"},
            "bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443",
        ),
        ({"url": "https://10.0.0.1/x"}, "bad webhook: IP address 10.0.0.1 is reserved"),
        ({"url": "https://host/x"}, "bad webhook: Failed to resolve host: Name or service not known"),
        ({"secret_token": "x" * 257}, "secret token is too long"),
        ({"secret_token": "ä"}, "secret token contains unallowed characters"),
    ],
)
def test_webhooks_that_are_refused(bot: Any, changes: dict[str, Any], words: str) -> None:
    assert bot.refused("setWebhook", **{"url": ON, **changes}) == (400, f"Bad Request: {words}")
    assert bot.ok("getWebhookInfo")["url"] == ""


@pytest.mark.parametrize(
    "url", ["http://localhost:9/x", "http://api.execute-api.localhost:4566/x", "https://x.example:8443/"]
)
def test_webhooks_that_are_taken(bot: Any, url: str) -> None:
    assert bot.ok("setWebhook", url=url)


def test_one_webhook_a_second(bot: Any) -> None:
    bot.configure(webhook_interval=1)
    bot.ok("setWebhook", url=ON)
    answer = bot.call("setWebhook", url=ON + "0")
    assert (answer.status_code, answer.json()["parameters"]) == (429, {"retry_after": 1})
    bot.sims.control("POST", "/telegram/clock", advance=1)
    assert bot.ok("setWebhook", url=ON + "0")


def test_allowed_updates_are_kept_when_left_out(bot: Any) -> None:
    bot.ok("setWebhook", url=ON, allowed_updates=["message", "callback_query", "nonsense"])
    bot.ok("setWebhook", url=ON + "1")
    assert bot.ok("getWebhookInfo")["allowed_updates"] == ["message", "callback_query"]
    bot.ok("setWebhook", url=ON, allowed_updates=[])
    assert "allowed_updates" not in bot.ok("getWebhookInfo")


def test_updates_wait_without_a_webhook(bot: Any) -> None:
    numbers = [bot.play("inbound", **{"from": 4211}, text=str(number))["update_id"] for number in range(3)]
    assert bot.ok("getWebhookInfo")["pending_update_count"] == 3
    assert [update["update_id"] for update in bot.ok("getUpdates")] == numbers
    assert [update["update_id"] for update in bot.ok("getUpdates", offset=numbers[1], limit=1)] == numbers[1:2]
    assert [update["update_id"] for update in bot.ok("getUpdates", offset=-1)] == numbers[2:]
    assert bot.ok("getUpdates", offset=numbers[2] + 1) == []


def test_get_updates_waits_for_the_next_one(bot: Any) -> None:
    with ThreadPoolExecutor(1) as pool:
        asked = pool.submit(bot.ok, "getUpdates", timeout=8)
        number = bot.play("inbound", **{"from": 4211})["update_id"]
        assert [update["update_id"] for update in asked.result(10)] == [number]


def test_get_updates_conflicts_with_a_webhook(bot: Any) -> None:
    bot.ok("setWebhook", url=ON)
    code, words = bot.refused("getUpdates")
    assert (code, words.startswith("Conflict: can't use getUpdates method while webhook is active")) == (409, True)


def test_pending_updates_can_be_dropped(bot: Any) -> None:
    bot.play("inbound", **{"from": 4211})
    bot.ok("deleteWebhook", drop_pending_updates=True)
    assert bot.ok("getUpdates") == []
