"""Updates of Telegram: their shape, queues, repetitions, modes, and methods in the answer."""

import json
import threading
from email.message import Message
from typing import Any

import pytest

from local.simulators.telegram.posting import SECRET_HEADER, pause
from local.simulators.telegram.settings import TelegramSettings
from local.simulators.wire.client import Answer
from local.simulators.wire.reply import Reply, plain_json

SARA = {"id": 4211, "first_name": "Sara", "language_code": "ar"}
VIEWS = {
    "photo": "photo", "video": "video", "animation": "document", "audio": "audio", "voice": "voice",
    "video_note": "video_note", "document": "document", "sticker": "sticker", "location": "location",
    "venue": "location", "contact": "contact", "poll": "poll", "dice": "dice", "story": "story",
}  # fmt: skip


def write(bot: Any, **params: Any) -> Any:
    return bot.play("inbound", **{"from": SARA, **params})


def idle(bot: Any) -> dict[str, Any]:
    """When everything has arrived."""
    return dict(bot.sims.eventually(lambda: (now := bot.delivered())["pending"] == 0 and now))


def test_an_update_carries_the_secret(bound: Any, hook: Any) -> None:
    told = write(bound, text="/start promo7")
    hook.until(lambda: hook.requests)
    [request] = hook.requests
    assert request.headers[SECRET_HEADER] == "s-3_x"
    update = json.loads(request.body)
    assert update == {"update_id": told["update_id"], "message": told["message"]}
    message = update["message"]
    assert (message["from"]["language_code"], message["chat"]["type"]) == ("ar", "private")
    assert message["entities"] == [{"offset": 0, "length": 6, "type": "bot_command"}]


@pytest.mark.parametrize("kind", VIEWS)
def test_kinds_of_messages(bot: Any, kind: str) -> None:
    message = write(bot, kind=kind)["message"]
    assert {kind, VIEWS[kind]} <= set(message)


def test_captions_replies_albums_and_raw_content(bot: Any) -> None:
    first = write(bot)["message"]
    found = write(bot, kind="photo", caption="look", media_group_id=137, reply_to=first["message_id"])["message"]
    assert (found["caption"], found["media_group_id"]) == ("look", "137")
    assert found["reply_to_message"]["message_id"] == first["message_id"]
    assert write(bot, kind="checklist", content={"title": "x"}, extra={"x": 1})["message"]["checklist"] == {
        "title": "x"
    }


def test_edits_repeat_the_whole_message(bound: Any, hook: Any) -> None:
    first = write(bound, text="one")["message"]
    told = write(bound, kind="edited", text="two")
    hook.until(lambda: len(hook.requests) == 2)
    edited = hook.payloads()[1]["edited_message"]
    assert (edited["message_id"], edited["text"], "edit_date" in edited) == (first["message_id"], "two", True)
    assert hook.payloads()[1]["update_id"] == told["update_id"] > hook.payloads()[0]["update_id"]


def test_posts_of_channels(bound: Any, hook: Any) -> None:
    channel = bound.play("chats", type="channel", announce=False)["id"]
    write(bound, kind="channel_post", chat=channel, text="one")
    write(bound, kind="edited_channel_post", chat=channel, text="two")
    hook.until(lambda: len(hook.requests) == 2)
    post, edited = (next(iter(list(update.values())[1:])) for update in hook.payloads())
    assert [list(update)[1] for update in hook.payloads()] == ["channel_post", "edited_channel_post"]
    assert ("from" in post, post["sender_chat"]["id"], edited["text"]) == (False, channel, "two")


def test_privacy_mode(bot: Any) -> None:
    group = bot.play("chats", type="group")["id"]
    seen = {text: write(bot, chat=group, text=text)["update_id"] for text in ("hi", "/x", "@shop_1_bot hi")}
    assert [bool(number) for number in seen.values()] == [False, True, True]
    sent = bot.send(group)
    assert write(bot, chat=group, text="hi", reply_to=sent["message_id"])["update_id"]
    assert write(bot, chat=group, kind="new_chat_members", content=[SARA])["update_id"]
    bot.play("chats", id=group, member="administrator")
    assert write(bot, chat=group, text="hi")["update_id"]


def test_only_what_is_allowed(bot: Any, hook: Any) -> None:
    bot.bind(hook, allowed_updates=["callback_query"])
    assert write(bot)["update_id"] is None
    assert bot.play("update", update={"message": {}})["update_id"] is None
    assert bot.play("update", update={"message_reaction": {}})["update_id"] is None
    number = bot.play("update", update={"kind_of_tomorrow": {"x": 1}})["update_id"]
    hook.until(lambda: hook.requests)
    assert hook.payloads() == [{"update_id": number, "kind_of_tomorrow": {"x": 1}}]


def test_a_queue_waits_for_its_first_update(bound: Any, hook: Any) -> None:
    go = threading.Event()

    def before(request: Any) -> None:
        if b'"one"' in request.body:
            assert go.wait(10)

    hook.before = before
    write(bound, text="one")
    hook.until(lambda: hook.requests)
    second = write(bound, text="two")["update_id"]
    other = write(bound, **{"from": 4212})["update_id"]
    hook.until(lambda: len(hook.requests) == 2)
    assert hook.payloads()[1]["update_id"] == other
    go.set()
    hook.until(lambda: len(hook.requests) == 3)
    assert hook.payloads()[2]["update_id"] == second


def test_what_is_refused_comes_again(bound: Any, hook: Any) -> None:
    hook.statuses = [500, 302, 404]
    write(bound, text="one")
    write(bound, text="two")
    hook.until(lambda: len(hook.requests) == 5)
    assert [update["message"]["text"] for update in hook.payloads()] == ["one"] * 4 + ["two"]
    info = bound.ok("getWebhookInfo")
    assert info["last_error_message"] == "Wrong response from the webhook: 404 Not Found"
    assert info["last_error_date"] > 0
    counts = idle(bound)
    assert (counts["sent"], counts["ok"], counts["refused"]) == (5, 2, 3)


def test_retries_at_once_then_with_growing_pauses_up_to_a_ceiling() -> None:
    settings = TelegramSettings()
    assert [pause(settings, failures, "") for failures in range(1, 6)] == [0, 2, 4, 8, 16]
    assert 60 <= pause(settings, 40, "") <= 120
    assert [pause(settings, 1, asking(asked)) for asked in ("7", "9999", "soon")] == [7, 3600, 0]


def asking(seconds: str) -> Answer:
    headers = Message()
    headers["Retry-After"] = seconds
    return Answer(503, b"", headers)


def test_retry_after_is_honoured(bound: Any, hook: Any) -> None:
    bound.configure(retry_after_scale=0.2)
    hook.answers = [Reply(503, b"", {"Retry-After": "1"})]
    write(bound)
    hook.until(lambda: hook.requests)
    bound.sims.eventually(lambda: bound.delivered()["waiting_for_retry"] == 1)
    hook.until(lambda: len(hook.requests) == 2)


def test_nobody_listens(bot: Any) -> None:
    bot.configure(retry_seconds=100)
    bot.ok("setWebhook", url="http://127.0.0.1:9/")
    write(bot)
    bot.sims.eventually(lambda: bot.delivered()["refused"] == 2)
    info = bot.ok("getWebhookInfo")
    assert (info["pending_update_count"], info["last_error_message"]) == (1, "Connection refused")


def test_a_new_webhook_gets_what_waited(bot: Any, hook: Any) -> None:
    bot.configure(retry_seconds=100)
    bot.ok("setWebhook", url="http://127.0.0.1:9/")
    write(bot)
    bot.sims.eventually(lambda: bot.delivered()["refused"] == 2)
    bot.bind(hook)
    hook.until(lambda: hook.requests)
    idle(bot)
    assert "last_error_message" not in bot.ok("getWebhookInfo")


def test_updates_expire(bound: Any, hook: Any) -> None:
    bound.play("hold")
    write(bound)
    sent = bound.send(reply_markup={"inline_keyboard": [[{"text": "x", "callback_data": "x"}]]})
    bound.play("press", **{"from": SARA}, chat=900010001, message_id=sent["message_id"], data="x")
    waiting = []
    for seconds in (149, 2, 86_300):
        waiting.append(bound.ok("getWebhookInfo")["pending_update_count"])
        bound.sims.control("POST", "/telegram/clock", advance=seconds)
    assert [*waiting, bound.ok("getWebhookInfo")["pending_update_count"]] == [2, 2, 1, 0]
    assert bound.delivered()["gave_up"] == 2
    bound.play("release")
    assert hook.requests == []


def test_hold_and_release(bound: Any, hook: Any) -> None:
    bound.play("hold")
    numbers = [write(bound, text=str(number))["update_id"] for number in range(5)]
    assert bound.delivered()["sent"] == 0
    assert bound.play("release") == {"released": 5}
    hook.until(lambda: len(hook.requests) == 5)
    assert [update["update_id"] for update in hook.payloads()] == numbers


def test_duplicates_and_copies(bound: Any, hook: Any) -> None:
    bound.configure(duplicates=2)
    number = write(bound, copies=2)["update_id"]
    idle(bound)
    assert [update["update_id"] for update in hook.payloads()] == [number] * 4


def test_shuffled_queues_keep_their_own_order(bound: Any, hook: Any) -> None:
    bound.configure(shuffle=True)
    for number in range(4):
        for person in range(5):
            write(bound, **{"from": 5000 + person}, text=str(number))
    hook.until(lambda: len(hook.requests) == 20)
    for person in range(5):
        mine = [one["message"]["text"] for one in hook.payloads() if one["message"]["from"]["id"] == 5000 + person]
        assert mine == ["0", "1", "2", "3"]


def test_forged_updates_go_first_on_demand(bound: Any, hook: Any) -> None:
    bound.configure(bad_signature=True)
    hook.statuses = [401]
    write(bound)
    hook.until(lambda: len(hook.requests) == 2)
    assert [request.headers[SECRET_HEADER] for request in hook.requests] == ["not-the-secret", "s-3_x"]
    counts = idle(bound)
    assert (counts["forged_refused"], counts["forged_accepted"], counts["ok"]) == (1, 0, 1)


def test_a_method_in_the_answer_is_executed(bound: Any, hook: Any) -> None:
    hook.answers = [
        plain_json({"method": "sendMessage", "chat_id": 4211, "text": "Welcome"}),
        plain_json({"method": "deleteWebhook"}),
        plain_json({"method": "getMe"}),
        plain_json({"ok": True}),
        plain_json({"method": "sendMessage", "chat_id": 1, "text": "x"}),
    ]
    for _ in range(5):
        write(bound)
    [entry] = bound.sims.eventually(lambda: bound.sims.control("GET", "/log?simulator=telegram"))
    assert (entry["to"], entry["text"], entry["via"]) == ("4211", "Welcome", "webhook")
    [error] = bound.sims.eventually(lambda: bound.sims.control("GET", "/errors"))
    assert error["details"] == "Bad Request: chat not found"
    assert bound.ok("getWebhookInfo")["url"] == hook.url


def test_a_webhook_that_is_gone_for_a_day_is_removed(bound: Any, hook: Any) -> None:
    bound.configure(retry_seconds=0.1, retry_factor=1)
    hook.statuses = [410] * 1000
    write(bound)
    hook.until(lambda: len(hook.requests) >= 2)
    bound.sims.control("POST", "/telegram/clock", advance=23 * 3600 + 1)
    bound.sims.eventually(lambda: bound.ok("getWebhookInfo")["url"] == "")
    assert bound.ok("getWebhookInfo")["pending_update_count"] == 1
