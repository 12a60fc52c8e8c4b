"""Chats of Telegram: magic ones, people who never wrote or have blocked the bot, groups, channels, upgrades."""

from typing import Any

import httpx
import pytest

GROUPS = ("group", "supergroup", "channel")


@pytest.mark.parametrize(
    ("kkkk", "answer"),
    [
        ("0002", (403, "Forbidden: bot can't initiate conversation with a user")),
        ("0003", (403, "Forbidden: bot was blocked by the user")),
        ("0004", (403, "Forbidden: user is deactivated")),
        ("0005", (400, "Bad Request: chat not found")),
        ("0012", (500, "Internal Server Error")),
        ("0014", (400, "Bad Request: not enough rights to send text messages to the chat")),
    ],
)
def test_magic_chats_that_refuse(bot: Any, kkkk: str, answer: tuple[int, str]) -> None:
    for _ in range(2):
        assert bot.refused("sendMessage", chat_id=int(f"9{kkkk}0001"), text="x") == answer
    assert bot.sims.control("GET", "/log") == []


@pytest.mark.parametrize(("kkkk", "code", "wait"), [("0009", 429, 2), ("0013", 401, None), ("0015", 429, 3600)])
def test_magic_chats_that_refuse_once(bot: Any, kkkk: str, code: int, wait: int | None) -> None:
    chat = int(f"9{kkkk}0001")
    first = bot.call("sendMessage", chat_id=chat, text="x")
    assert (first.status_code, first.json().get("parameters", {}).get("retry_after")) == (code, wait)
    assert bot.send(chat)
    assert bot.call("sendMessage", chat_id=chat + 1, text="x").status_code == code


def test_answers_that_get_lost(bot: Any) -> None:
    with pytest.raises(httpx.RemoteProtocolError):
        bot.send(900060001)
    with pytest.raises((httpx.ReadError, httpx.RemoteProtocolError)):
        bot.send(900070001)
    html = bot.call("sendMessage", chat_id=900080001, text="x")
    assert (html.status_code, html.text[:15]) == (502, "<!DOCTYPE html>")
    restart = bot.refused("sendMessage", chat_id=900110001, text="x")
    assert restart == (500, "Internal Server Error: restart")
    assert [entry["to"] for entry in bot.sims.control("GET", "/log")] == ["900060001", "900110001"]
    assert [entry["details"] for entry in bot.sims.control("GET", "/errors")] == ["reset", "html"]


def test_a_slow_answer_was_accepted(bot: Any) -> None:
    bot.configure(slow_seconds=0.2)
    answer = bot.call("sendMessage", chat_id=900100001, text="x")
    assert answer.elapsed.total_seconds() >= 0.2
    assert len(bot.sims.control("GET", "/log")) == 1


def test_magic_chats_answer_questions(bot: Any) -> None:
    assert bot.ok("getChat", chat_id=900010001)["type"] == "private"
    assert bot.refused("getChat", chat_id=900030001)[0] == 403
    assert bot.refused("sendChatAction", chat_id=900050001, action="typing")[0] == 400


def test_people_must_have_written_first(bot: Any) -> None:
    assert bot.refused("sendMessage", chat_id=4211, text="x") == (400, "Bad Request: chat not found")
    group = bot.play("chats", type="group")["id"]
    bot.play("inbound", **{"from": 4211}, chat=group)
    answer = bot.refused("sendMessage", chat_id=4211, text="x")
    assert answer == (403, "Forbidden: bot can't initiate conversation with a user")
    assert bot.play("start", **{"from": 4211}, payload="promo7")["message"]["text"] == "/start promo7"
    assert bot.send(4211)


def test_blocks_are_told_and_end(bound: Any, hook: Any) -> None:
    bound.play("start", **{"from": {"id": 4211, "first_name": "Sara"}})
    bound.play("block", **{"from": 4211})
    assert bound.refused("sendMessage", chat_id=4211, text="x") == (403, "Forbidden: bot was blocked by the user")
    assert bound.play("block", **{"from": 4211}) == {"update_id": None}
    bound.play("unblock", **{"from": 4211})
    assert bound.send(4211)
    hook.until(lambda: len(hook.requests) == 3)
    changes = [update["my_chat_member"] for update in hook.payloads() if "my_chat_member" in update]
    words = [(one["old_chat_member"]["status"], one["new_chat_member"]["status"]) for one in changes]
    assert words == [("member", "kicked"), ("kicked", "member")]
    assert changes[0]["chat"] == {"id": 4211, "type": "private", "first_name": "Sara"}
    assert changes[0]["new_chat_member"]["user"]["id"] == bound.id


@pytest.mark.parametrize("kind", GROUPS)
def test_groups_and_channels(bot: Any, kind: str) -> None:
    chat = bot.play("chats", type=kind, title="VIP", username="vip_club", member="administrator")["id"]
    assert chat < -1_000_000_000_000 or kind == "group"
    sent = bot.send("@vip_club")
    assert (sent["chat"]["id"], sent["chat"]["type"], sent["chat"]["title"]) == (chat, kind, "VIP")
    assert ("from" in sent, "sender_chat" in sent) == (kind != "channel", kind == "channel")
    member = bot.ok("getChatMember", chat_id=chat, user_id=bot.id)
    assert (member["status"], member["can_post_messages"]) == ("administrator", True)
    [entry] = bot.sims.control("GET", "/log?to=@vip_club")
    assert entry["chat_id"] == chat


@pytest.mark.parametrize("kind", GROUPS)
def test_chats_that_threw_the_bot_out(bot: Any, kind: str) -> None:
    chat = bot.play("chats", type=kind)["id"]
    for member, words in (("kicked", "was kicked from the"), ("none", "is not a member of the")):
        bot.play("chats", id=chat, member=member)
        assert bot.refused("sendMessage", chat_id=chat, text="x") == (403, f"Forbidden: bot {words} {kind} chat")
    assert bot.ok("getChatMember", chat_id=chat, user_id=bot.id)["status"] == "left"


def test_missing_rights_and_deleted_groups(bot: Any) -> None:
    channel = bot.play("chats", type="channel", member="member")["id"]
    answer = bot.refused("sendMessage", chat_id=channel, text="x")
    assert answer == (400, "Bad Request: need administrator rights in the channel chat")
    group = bot.play("chats", type="group", can_post=False)["id"]
    answer = bot.refused("sendPhoto", chat_id=group, photo="https://x.example/a")
    assert answer == (400, "Bad Request: not enough rights to send photos to the chat")
    bot.play("chats", id=group, deleted=True)
    assert bot.refused("sendMessage", chat_id=group, text="x") == (403, "Forbidden: the group chat was deleted")


def test_memberships_are_told(bound: Any, hook: Any) -> None:
    chat = bound.play("chats", type="supergroup", title="VIP")["id"]
    bound.play("chats", id=chat, member="administrator")
    bound.play("chats", id=chat, member="kicked")
    bound.play("chats", id=chat, member="member", announce=False)
    hook.until(lambda: len(hook.requests) == 3)
    found = [update["my_chat_member"] for update in hook.payloads()]
    assert {one["chat"]["id"] for one in found} == {chat}
    assert [one["new_chat_member"]["status"] for one in found] == ["member", "administrator", "kicked"]


def test_an_upgrade_moves_a_group(bound: Any, hook: Any) -> None:
    old = bound.play("chats", type="group", title="VIP", announce=False)["id"]
    new = bound.play("upgrade", chat=old)["id"]
    answer = bound.call("sendMessage", chat_id=old, text="x")
    assert answer.json() == {
        "ok": False,
        "error_code": 400,
        "description": "Bad Request: group chat was upgraded to a supergroup chat",
        "parameters": {"migrate_to_chat_id": new},
    }
    assert bound.send(new)["chat"]["type"] == "supergroup"
    hook.until(lambda: len(hook.requests) == 2)
    found = {update["message"]["chat"]["id"]: update["message"] for update in hook.payloads()}
    assert (found[old]["migrate_to_chat_id"], found[new]["migrate_from_chat_id"]) == (new, old)


def test_topics(bot: Any) -> None:
    forum = bot.play("chats", type="supergroup", threads=[7])["id"]
    assert bot.send(forum, message_thread_id=7)["message_thread_id"] == 7
    answer = bot.refused("sendMessage", chat_id=forum, text="x", message_thread_id=8)
    assert answer == (400, "Bad Request: message thread not found")


def test_members(bot: Any) -> None:
    group = bot.play("chats", type="group")["id"]
    bot.play("inbound", **{"from": 4211}, chat=group)
    assert bot.ok("getChatMember", chat_id=group, user_id=4211)["status"] == "member"
    assert bot.refused("getChatMember", chat_id=group, user_id=4212) == (400, "Bad Request: user not found")
