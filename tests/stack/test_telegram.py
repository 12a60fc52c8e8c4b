"""A bot on the deployed stack: bound, every kind out and in, edited and taken back, moved, and kept from strangers."""

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from local.stack import Stack
from tests.support import stack_bots
from tests.support.stack_bots import Bot, chat, token
from tests.support.stack_client import Json, Shop, eventually
from tests.support.stack_simulators import Simulators

LINK = "https://cdn.example.com/a.pdf"
PLACE = {"latitude": 41.39, "longitude": 2.17}
KINDS: dict[str, tuple[str, Json]] = {
    "text": ("text", {"type": "text", "text": "Hi <b>Sara</b> &amp; all", "format": "html"}),
    "image": ("photo", {"type": "image", "media": {"link": LINK, "caption": "New in"}}),
    "video": ("video", {"type": "video", "media": {"link": LINK}}),
    "animation": ("animation", {"type": "animation", "media": {"link": LINK}}),
    "audio": ("audio", {"type": "audio", "media": {"link": LINK, "caption": "Song"}}),
    "voice": ("voice", {"type": "voice", "media": {"link": LINK}}),
    "document": ("document", {"type": "document", "media": {"link": LINK}}),
    "sticker": ("sticker", {"type": "sticker", "media": {"link": "https://cdn.example.com/a.webp"}}),
    "location": ("location", {"type": "location", "location": PLACE}),
    "venue": ("venue", {"type": "location", "location": {**PLACE, "name": "Shop", "address": "Main street 1"}}),
    "contact": ("contact", {"type": "contact", "contact": {"phone": "+34600000001", "first_name": "Help"}}),
    "poll": ("poll", {"type": "poll", "poll": {"question": "Best day?", "options": ["Mon", "Tue"]}}),
    "album": ("photo", {"type": "album", "album": []}),
    "inline": ("text", {"type": "text", "text": "?", "buttons": [[{"text": "Buy", "payload": "buy:42"}]]}),
    "keyboard": ("text", {"type": "text", "text": "?", "keyboard": {"rows": [[{"text": "Yes"}]], "once": True}}),
}
KINDS["album"][1]["album"] = [{"type": "image", "link": LINK, "caption": "one"}, {"type": "image", "link": LINK}]


@pytest.fixture(scope="module")
def bot(shop: Shop, simulators: Simulators) -> Bot:
    return stack_bots.bound(shop.organization, simulators)


def _log(bot: Bot, to: str) -> list[Json]:
    return [each for each in bot.simulators.log(to, "telegram") if str(each["sender"]) == bot.id]


def test_bound_and_healthy(bot: Bot) -> None:
    owner, path = bot.owner, f"/channel_accounts/{bot.channel}"
    channel = owner.channel(bot.channel)
    assert channel["binding"]["sender_id"] == bot.id
    assert token(bot.id) not in json.dumps(channel)
    assert owner.call("GET", f"{path}/health")["platform"]["webhook_set"]
    assert owner.call("POST", f"{path}/test", {})["ok"]


def test_its_token_is_written_nowhere(stack: Stack, bot: Bot) -> None:
    """Not in a table, but sealed; and not on a queue, since what stands there comes from the tables."""
    for name in ("DataTable", "RuntimeTable"):
        pages = stack.client("dynamodb").get_paginator("scan").paginate(TableName=stack.resources[name])
        assert all(token(bot.id).partition(":")[2] not in str(page["Items"]) for page in pages)


def test_every_kind_goes_out(bot: Bot) -> None:
    people = {name: chat() for name in KINDS}
    with ThreadPoolExecutor(4) as pool:
        sent = dict(
            zip(KINDS, pool.map(lambda name: bot.send(people[name], **KINDS[name][1])["id"], KINDS), strict=True)
        )
    for name, message in sent.items():
        reached = bot.owner.reaches(message, "sent")
        stands = bot.stands_in(people[name])
        assert KINDS[name][0] in stands[0], name
        assert reached["provider_message_id"].startswith(f"{people[name]}/{stands[0]['message_id']}")
    assert bot.stands_in(people["text"])[0]["text"] == "Hi Sara & all"
    assert len(bot.stands_in(people["album"])) == 2
    assert bot.limits()["throttled"] == 0


def test_by_upload_and_then_by_its_id(bot: Bot) -> None:
    owner = bot.owner
    upload = owner.call("POST", "/media", {"filename": "menu.pdf", "content_type": "application/pdf"}, expect=201)
    early = owner.ask("POST", "/messages", {"channel_id": bot.channel, "to": chat(), **_document(upload["id"])})
    assert (early.status_code, early.json()["code"]) == (422, "nothing_uploaded")
    httpx.put(upload["url"], content=b"%PDF-1.7", headers={"Content-Type": "application/pdf"}).raise_for_status()
    people = [chat(), chat()]
    for to in people:
        bot.sent(to, **_document(upload["id"]))
    assert [_log(bot, to)[0]["media"]["by"] for to in people] == ["upload", "file_id"]


def _document(upload: str) -> Json:
    return {"type": "document", "media": {"upload": upload, "caption": "Menu"}}


def test_to_groups_and_channels(bot: Bot) -> None:
    group = str(bot.tell("chats", type="group", title="Team")["id"])
    bot.tell("chats", type="channel", title="News", username=f"news_{bot.id}", member="administrator", can_post=True)
    for to in (group, f"@news_{bot.id}"):
        assert bot.sent(to)["provider_message_id"]
        assert [each["text"] for each in bot.stands_in(to)] == ["Hello"]


SAID: dict[str, tuple[str, Json]] = {
    "text": ("text", {"text": "Hello?"}),
    "photo": ("image", {"caption": "look"}),
    "video": ("video", {}),
    "animation": ("animation", {}),
    "audio": ("audio", {}),
    "voice": ("voice", {}),
    "video_note": ("video_note", {}),
    "document": ("document", {}),
    "sticker": ("sticker", {}),
    "location": ("location", {}),
    "venue": ("venue", {}),
    "contact": ("contact", {}),
    "poll": ("poll", {}),
    "dice": ("dice", {}),
}
FILES = {"image", "video", "animation", "audio", "voice", "video_note", "document", "sticker"}


def test_every_kind_comes_in(bot: Bot) -> None:
    who = chat()
    for kind, (_, content) in SAID.items():
        bot.tell("inbound", sender=int(who), kind=kind, **content)
    wanted = {kind for kind, _ in SAID.values()}
    rows = eventually(lambda: _kinds(bot, who, wanted), 30, lambda: _rows(bot, who))
    for row in rows.values():
        assert (row["direction"], row["to"]) == ("in", {"type": "chat", "value": who})
    for kind in FILES:
        message = eventually(lambda row=rows[kind]: _with_link(bot, row["id"]), 30, kind)  # type: ignore[misc]
        assert httpx.get(message["files"][0]["link"]).status_code == 200


def _rows(bot: Bot, who: str) -> list[Json]:
    return list(bot.owner.messages(to=f"chat:{who}"))


def _kinds(bot: Bot, who: str, wanted: set[str]) -> dict[str, Json] | None:
    rows = {row["type"]: row for row in _rows(bot, who) if row["direction"] == "in"}
    return rows if wanted <= set(rows) else None


def _with_link(bot: Bot, message: str) -> Json | None:
    found = bot.owner.message(message)
    return found if all(file.get("link") for file in found["files"]) and found["files"] else None


def test_what_people_do_beside_writing(bot: Bot) -> None:
    who = chat()
    asked = bot.sent(who, type="text", text="?", buttons=[[{"text": "Buy", "payload": "buy:42"}]])
    number = _number(asked)
    pressed = bot.tell("press", sender=int(who), chat=int(who), message_id=number, data="buy:42")["callback_query_id"]
    wrote = bot.tell("inbound", sender=int(who), kind="text", text="Helo")["message"]["message_id"]
    bot.tell("inbound", sender=int(who), kind="edited", message_id=wrote, text="Hello")
    bot.tell("react", sender=int(who), chat=int(who), message_id=number, emoji="👍")
    poll = bot.sent(who, type="poll", poll={"question": "?", "options": ["a", "b"], "anonymous": False})
    bot.tell(
        "vote",
        sender=int(who),
        chat=int(who),
        message_id=int(poll["provider_message_id"].split("/")[1]),
        option_ids=[1],
    )
    rows = eventually(lambda: _kinds(bot, who, {"button", "text", "edited", "reaction", "poll_answer"}), 30)
    assert bot.owner.message(rows["button"]["id"])["inbound"]["button"]["payload"] == "buy:42"
    assert bot.owner.message(rows["edited"]["id"])["inbound"]["text"] == "Hello"
    eventually(lambda: {each["id"]: each for each in _callbacks(bot)}[pressed]["answered"], 20)


def _number(message: Json) -> int:
    """What Telegram calls the message in its chat."""
    return int(message["provider_message_id"].split("/")[1])


def _callbacks(bot: Bot) -> list[Json]:
    return list(bot.simulators.get("/telegram/callbacks", bot=bot.id))


def test_answered_edited_and_taken_back(bot: Bot) -> None:
    who = chat()
    bot.tell("inbound", sender=int(who), kind="text", text="Is it open?")
    [question] = eventually(lambda: _rows(bot, who), 20)
    answer = bot.sent(who, reply_to=question["id"])
    assert _log(bot, who)[0]["reply_to"]
    edited = bot.owner.call("POST", f"/messages/{answer['id']}/edit", {"text": "We are <i>open</i>.", "format": "html"})
    assert (edited["text"], bool(edited["edited_at"])) == ("We are <i>open</i>.", True)
    assert "We are open." in [each.get("text") for each in bot.stands_in(who)]
    assert bot.owner.call("DELETE", f"/messages/{answer['id']}")["deleted_at"]
    assert "We are open." not in [each.get("text") for each in bot.stands_in(who)]
    assert bot.owner.ask("DELETE", f"/messages/{answer['id']}").status_code == 409
    bot.owner.call("POST", f"/channel_accounts/{bot.channel}/chat_action", {"to": who, "action": "typing"}, expect=204)


REFUSED: dict[str, tuple[Json, str]] = {
    "a caption too long": ({"type": "image", "media": {"link": LINK, "caption": "x" * 1025}}, "caption_too_long"),
    "eleven in an album": ({"type": "album", "album": [{"type": "image", "link": LINK}] * 11}, "album_size"),
    "an album of everything": (
        {"type": "album", "album": [{"type": "image", "link": LINK}, {"type": "document", "link": LINK}]},
        "album_mixed",
    ),
    "broken formatting": ({"type": "text", "text": "<b>Hi", "format": "html"}, "broken_formatting"),
    "a long text": ({"type": "text", "text": "x" * 4097}, "text_too_long"),
    "a long payload": (
        {"type": "text", "text": "?", "buttons": [[{"text": "Buy", "payload": "ä" * 33}]]},
        "payload_too_long",
    ),
}


@pytest.mark.parametrize(("content", "code"), REFUSED.values(), ids=REFUSED)
def test_what_it_cannot_show_is_refused_before_it_is_kept(bot: Bot, content: Json, code: str) -> None:
    to = chat()
    answer = bot.owner.ask("POST", "/messages", {"channel_id": bot.channel, "to": to, **content})
    assert (answer.status_code, answer.json()["code"]) == (422, code), answer.text
    assert not _rows(bot, to)


ENDS = {2: "chat_not_started", 3: "person_blocked", 4: "person_gone", 5: "unknown_chat", 14: "no_rights_in_chat"}


def test_what_only_the_platform_knows_has_its_own_code(bot: Bot) -> None:
    sent = {code: bot.send(chat(behaviour))["id"] for behaviour, code in ENDS.items()}
    assert {code: bot.owner.reaches(message, "failed")["error"]["code"] for code, message in sent.items()} == {
        code: code for code in sent
    }


def test_who_shut_the_bot_out_is_not_written_to_until_they_let_it_in(bot: Bot) -> None:
    who = chat()
    bot.sent(who)
    bot.tell("block", sender=int(who))
    wanted = {"channel_id": bot.channel, "to": who, "type": "text", "text": "Hello"}
    eventually(lambda: bot.owner.ask("POST", "/messages", {**wanted, "dry_run": True}).status_code == 422, 20)
    assert bot.owner.ask("POST", "/messages", wanted).json()["code"] == "person_suppressed"
    listed = bot.owner.call("GET", "/suppressions", channel_id=bot.channel)["items"]
    assert who in [row["to"]["value"] for row in listed]
    bot.tell("unblock", sender=int(who))
    eventually(lambda: bot.owner.ask("POST", "/messages", {**wanted, "dry_run": True}).status_code == 202, 20)
    bot.sent(who)


def test_what_is_in_flight(bot: Bot) -> None:
    """Cut after accepting, refused by a reset, by a page of its edge, and by a server fault that may have sent it."""
    unknown = [bot.send(chat(behaviour))["id"] for behaviour in (6, 7, 8, 11)]
    again = [bot.send(chat(behaviour))["id"] for behaviour in (9, 1)]
    for message in unknown:
        bot.owner.reaches(message, "unknown", 30)
    for message in again:
        bot.owner.reaches(message, "sent", 30)


def test_receipts_that_never_come_are_not_waited_for(shop: Shop, bot: Bot) -> None:
    instead = {"channel_id": shop.sms, "to": "+4915100010042", "text": "Hello"}
    wanted = {"channel_id": bot.channel, "to": chat(3), "type": "text", "text": "Hello"}
    for trigger in ("undelivered", "unread"):
        body = {**wanted, "fallback": {**instead, "trigger": trigger, "wait": 60}}
        assert "no_such_receipt" in bot.owner.ask("POST", "/messages", body).text
    settings = f"/channel_accounts/{bot.channel}/service_settings"
    bot.owner.call("PATCH", settings, {"activate_sms": True})
    sent = bot.owner.call(
        "POST", "/messages", {**wanted, "fallback": {**instead, "trigger": "send_failed"}}, expect=202
    )
    copy = eventually(lambda: bot.owner.message(sent["id"])["fallback"]["message_id"], 20)
    bot.owner.reaches(copy, "delivered")


def test_strangers_and_unknown_updates(stack: Stack, bot: Bot) -> None:
    who = chat()
    update = {
        "update_id": 1,
        "message": {"message_id": 1, "date": 1, "chat": {"id": int(who), "type": "private"}, "text": "x"},
    }
    url = f"{stack.function_urls['ReceiveTelegramFunction']}/{bot.channel}"
    for secret in (None, "", "wrong", "ÄÖ"):
        headers = {"X-Telegram-Bot-Api-Secret-Token": secret.encode()} if secret is not None else {}
        assert httpx.post(url, json=update, headers=headers, timeout=30).status_code == 401
    with bot.simulators.settings(telegram={"bad_signature": True}):
        bot.tell("update", update={"chat_boost_of_tomorrow": {"chat": {"id": int(who)}}})
        bot.tell("inbound", sender=int(who), kind="text", text="Real")
        eventually(lambda: _rows(bot, who), 20)
    assert bot.simulators.get("/webhooks")["telegram"]["forged_accepted"] == 0
    assert len(_rows(bot, who)) == 1


def test_a_bot_has_one_channel_and_a_token_must_be_good(bot: Bot, make_shop: Callable[[str], Shop]) -> None:
    owner = bot.owner
    another = owner.call("POST", "/channel_accounts", {"name": "Bot 2", "type": "TELEGRAM"}, expect=201)["id"]
    path = f"/channel_accounts/{another}/bind"
    taken = owner.ask("POST", path, {"credentials": {"token": token(bot.id)}})
    assert (taken.status_code, taken.json()["code"]) == (409, "sender_claimed")
    for wrong in (token("6000000001"), f"{bot.id}:short", "nonsense"):
        answer = owner.ask("POST", path, {"credentials": {"token": wrong}})
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "credentials.token")
        assert wrong not in answer.text
    owner.call("DELETE", f"/channel_accounts/{another}", expect=204)


def _group_run(bot: Bot, group: str, size: int) -> list[str]:
    return [bot.send(group, type="text", text=f"{number}")["id"] for number in range(size)]


def test_a_group_that_is_upgraded_in_the_middle_of_a_run(bot: Bot) -> None:
    old = str(bot.tell("chats", type="group", title="Club")["id"])
    sent = _group_run(bot, old, 4)
    eventually(lambda: bot.stands_in(old), 20)
    new = str(bot.tell("upgrade", chat=int(old))["id"])
    for message in sent:
        bot.owner.reaches(message, "sent", 60)
    told = [each["text"] for where in (old, new) for each in bot.stands_in(where) if each.get("text", "").isdigit()]
    assert sorted(told) == [str(number) for number in range(4)]
    later = bot.sent(old, type="text", text="later")  # by the id that others may still have in their lists
    assert later["provider_message_id"].startswith(f"{new}/")
    assert bot.limits()["throttled"] == 0


def test_a_token_change_under_load(shop: Shop, simulators: Simulators) -> None:
    bot = stack_bots.bound(shop.organization, simulators)
    people = [chat() for _ in range(60)]

    def send(number: int) -> str:
        if number == 20:
            simulators.post("/tokens/revoke", token=token(bot.id))
        if number == 40:
            bot.bind("B")
        return str(bot.send(people[number])["id"])

    with ThreadPoolExecutor(4) as pool:
        sent = list(pool.map(send, range(len(people))))
    for message in sent:
        bot.owner.reaches(message, "sent", 60)
    assert [len(_log(bot, to)) for to in people] == [1] * len(people)
    gone: dict[str, Any] = bot.owner.call("POST", f"/channel_accounts/{bot.channel}/unbind")
    assert gone["connection"] == "unbound"
    [left] = [each for each in simulators.get("/telegram/bots") if str(each["id"]) == bot.id]
    assert left["webhook"]["url"] == ""
