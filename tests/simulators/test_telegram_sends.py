"""What a Telegram bot can send, what comes back, and what is refused."""

from typing import Any

import httpx
import pytest

CHAT = 900010001
PLACE = {"latitude": 30.04, "longitude": 31.23}


def test_a_text_comes_back_as_a_message(bot: Any) -> None:
    first, second = bot.send(text=" Hi "), bot.send()
    assert (first["text"], first["chat"]["id"], first["chat"]["type"]) == ("Hi", CHAT, "private")
    assert first["from"]["id"] == bot.id
    assert second["message_id"] == first["message_id"] + 1
    assert bot.send(900010002)["message_id"] == 1
    assert abs(second["date"] - first["date"]) <= 1


def test_the_log_shows_what_people_see(bot: Any) -> None:
    sent = bot.send(text="Hi <b>Sara</b>", parse_mode="HTML")
    [entry] = bot.sims.control("GET", f"/log?simulator=telegram&to={CHAT}")
    wanted = {"to": str(CHAT), "sender": str(bot.id), "method": "sendMessage", "type": "text", "text": "Hi Sara"}
    assert {name: entry[name] for name in wanted} == wanted
    assert entry["message_id"] == sent["message_id"]
    assert bot.sims.control("GET", "/served")["telegram"] == {str(CHAT): 1}


@pytest.mark.parametrize(
    ("text", "mode", "plain", "entities"),
    [
        ("<b>a</b> &lt;x&gt; &amp;", "HTML", "a <x> &", [("bold", 0, 1)]),
        ("👍 <i>b <u>c</u></i>", "html", "👍 b c", [("italic", 3, 3), ("underline", 5, 1)]),
        ('<a href="https://x.example/">here</a>', "HTML", "here", [("text_link", 0, 4)]),
        ('<span class="tg-spoiler">a</span><pre>b</pre>', "HTML", "ab", [("spoiler", 0, 1), ("pre", 1, 1)]),
        ("*a* _b_ \\. ||c||", "MarkdownV2", "a b . c", [("bold", 0, 1), ("italic", 2, 1), ("spoiler", 6, 1)]),
        ("*a* [b](https://x.example)", "Markdown", "a b", [("bold", 0, 1), ("text_link", 2, 1)]),
        ("/start https://x.example @somebody", "", "/start https://x.example @somebody",
         [("bot_command", 0, 6), ("url", 7, 17), ("mention", 25, 9)]),
    ],
)  # fmt: skip
def test_formatting(bot: Any, text: str, mode: str, plain: str, entities: list[Any]) -> None:
    sent = bot.send(text=text, parse_mode=mode)
    assert sent["text"] == plain
    assert [(one["type"], one["offset"], one["length"]) for one in sent["entities"]] == entities


@pytest.mark.parametrize(
    ("text", "mode", "words"),
    [
        ("<b>a", "HTML", 'Can\'t find end tag corresponding to start tag "b"'),
        ("ä <x>a</x>", "HTML", 'Unsupported start tag "x" at byte offset 3'),
        ("1 < 2 > 1", "HTML", 'Unsupported start tag "" at byte offset 2'),
        ("<b>a</i>", "HTML", 'Unmatched end tag at byte offset 4, expected "</b>", found "</i>"'),
        ("a</b>", "HTML", "Unexpected end tag at byte offset 1"),
        ("a <b", "HTML", "Unclosed start tag at byte offset 2"),
        ("<span>a</span>", "HTML", 'Tag "span" must have class "tg-spoiler" at byte offset 0'),
        ("a.", "MarkdownV2", "Character '.' is reserved and must be escaped with the preceding '\\'"),
        ("a *b", "MarkdownV2", "Can't find end of Bold entity at byte offset 2"),
        ("a_b", "Markdown", "Can't find end of the entity starting at byte offset 1"),
    ],
)
def test_formatting_that_is_refused(bot: Any, text: str, mode: str, words: str) -> None:
    answer = bot.refused("sendMessage", chat_id=CHAT, text=text, parse_mode=mode)
    assert answer == (400, f"Bad Request: can't parse entities: {words}")


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({}, "message text is empty"),
        ({"text": " \n "}, "message text is empty"),
        ({"text": "<b></b>", "parse_mode": "HTML"}, "message text is empty"),
        ({"text": "x" * 4097}, "message is too long"),
        ({"text": "👍" * 2049}, "message is too long"),
        ({"text": "x", "parse_mode": "BBCode"}, "unsupported parse_mode"),
        ({"text": "x", "chat_id": ""}, "chat_id is empty"),
        ({"text": "x", "chat_id": 4211}, "chat not found"),
        ({"text": "x", "chat_id": "@nobody"}, "chat not found"),
        ({"text": "x", "reply_parameters": {"message_id": 5}}, "message to be replied not found"),
        ({"text": "x", "reply_to_message_id": 5}, "message to be replied not found"),
        ({"text": "x", "message_thread_id": 5}, "message thread not found"),
        ({"text": "x", "business_connection_id": "b"}, "business connection not found"),
    ],
)
def test_texts_that_are_refused(bot: Any, body: dict[str, Any], words: str) -> None:
    assert bot.refused("sendMessage", **{"chat_id": CHAT, **body}) == (400, f"Bad Request: {words}")
    [entry] = bot.sims.control("GET", "/errors?simulator=telegram")
    assert (entry["http"], entry["details"]) == (400, f"Bad Request: {words}")
    assert bot.sims.control("GET", "/log") == []


def test_lengths_count_after_formatting(bot: Any) -> None:
    assert bot.send(text=f"<b>{'x' * 4090}</b> &amp; &amp;", parse_mode="HTML")
    assert bot.ok("sendPhoto", chat_id=CHAT, photo="https://x.example/a.jpg", caption="x" * 1024)
    answer = bot.refused("sendPhoto", chat_id=CHAT, photo="https://x.example/a.jpg", caption="x" * 1025)
    assert answer == (400, "Bad Request: message caption is too long")


def test_replies(bot: Any) -> None:
    first = bot.send()
    answer = bot.send(reply_parameters={"message_id": first["message_id"]})
    assert answer["reply_to_message"]["message_id"] == first["message_id"]
    lonely = bot.send(reply_parameters={"message_id": 99, "allow_sending_without_reply": True})
    assert "reply_to_message" not in lonely
    assert bot.sims.control("GET", "/log")[1]["reply_to"] == first["message_id"]


def button(**changes: Any) -> dict[str, Any]:
    return {"inline_keyboard": [[{"text": "Buy", **changes}]]}


@pytest.mark.parametrize(
    ("markup", "words"),
    [
        ("{", "can't parse reply keyboard markup JSON object"),
        ([1], "object expected as reply markup"),
        ({"inline_keyboard": 1}, 'can\'t parse reply keyboard markup: field "inline_keyboard" must be of type Array'),
        (button(), "can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard"),
        (button(text=" ", callback_data="x"), 'can\'t parse inline keyboard button: Field "text" must be non-empty'),
        (button(callback_data="ä" * 33), "BUTTON_DATA_INVALID"),
        (button(callback_data=""), "BUTTON_DATA_INVALID"),
        (button(url="ftp://x"), "inline keyboard button URL 'ftp://x' is invalid: Unsupported URL protocol"),
        (button(url="http://localhost/"), "inline keyboard button URL 'http://localhost/' is invalid: Wrong HTTP URL"),
        ({"inline_keyboard": [[{"text": "x", "callback_data": "x"}] * 9]}, "reply markup is too long"),
        ({"inline_keyboard": [[{"text": "x", "callback_data": "x"}] * 5] * 21}, "reply markup is too long"),
        ({"keyboard": [[{"text": ""}]]}, "keyboard button text must be non-empty"),
    ],
)  # fmt: skip
def test_keyboards_that_are_refused(bot: Any, markup: Any, words: str) -> None:
    answer = bot.refused("sendMessage", chat_id=CHAT, text="x", reply_markup=markup)
    assert answer == (400, f"Bad Request: {words}")


def test_keyboards(bot: Any) -> None:
    inline = {"inline_keyboard": [[{"text": "Buy", "callback_data": "ä" * 32}, {"text": "x", "url": "tg://user?id=1"}]]}
    assert bot.send(reply_markup=inline)["reply_markup"] == inline
    contact = {"keyboard": [[{"text": "Phone", "request_contact": True}]]}
    assert "reply_markup" not in bot.send(reply_markup=contact)
    assert bot.sims.control("GET", "/log")[1]["reply_markup"] == contact
    group = bot.play("chats", type="group")["id"]
    code, words = bot.refused("sendMessage", chat_id=group, text="x", reply_markup=contact)
    assert (code, words) == (400, "Bad Request: phone number can be requested in private chats only")
    channel = bot.play("chats", type="channel")["id"]
    assert bot.refused("sendMessage", chat_id=channel, text="x", reply_markup=contact)[0] == 400


def test_places_contacts_and_venues(bot: Any) -> None:
    assert bot.ok("sendLocation", chat_id=CHAT, **PLACE)["location"] == PLACE
    venue = bot.ok("sendVenue", chat_id=CHAT, title="Shop", address="Main street", **PLACE)
    assert (venue["venue"]["title"], venue["location"]) == ("Shop", PLACE)
    contact = {"phone_number": "+201001234567", "first_name": "Help"}
    assert bot.ok("sendContact", chat_id=CHAT, **contact)["contact"] == contact
    assert bot.refused("sendContact", chat_id=CHAT, phone_number="+2")[0] == 400
    assert bot.refused("sendLocation", chat_id=CHAT, latitude=1)[0] == 400
    assert bot.refused("sendLocation", chat_id=CHAT, latitude=91, longitude=0)[0] == 400
    assert [entry["type"] for entry in bot.sims.control("GET", "/log")] == ["location", "venue", "contact"]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"question": ""}, "poll question must be non-empty"),
        ({"question": "x" * 301}, "poll question length must not exceed 300"),
        ({"options": []}, "poll must have at least 1 option"),
        ({"options": [{"text": "x"}] * 13}, "poll can't have more than 12 options"),
        ({"options": [{"text": ""}]}, "poll options must be non-empty"),
        ({"options": [{"text": "x" * 101}]}, "poll options length must not exceed 100"),
        ({"type": "quiz"}, "wrong correct option ID specified"),
        ({"type": "quiz", "correct_option_ids": [2]}, "wrong correct option ID specified"),
        ({"open_period": 4}, "wrong open_period specified"),
        ({"open_period": 5, "close_date": 5}, "parameters open_period and close_date can't be used together"),
    ],
)
def test_polls_that_are_refused(bot: Any, changes: dict[str, Any], words: str) -> None:
    body = {"question": "Best day?", "options": [{"text": "Mon"}, {"text": "Tue"}]}
    assert bot.refused("sendPoll", chat_id=CHAT, **{**body, **changes}) == (400, f"Bad Request: {words}")


def test_chat_actions(bot: Any) -> None:
    assert bot.ok("sendChatAction", chat_id=CHAT, action="typing") is True
    assert bot.refused("sendChatAction", chat_id=CHAT, action="dancing")[0] == 400
    channel = bot.play("chats", type="channel")["id"]
    assert bot.refused("sendChatAction", chat_id=channel, action="typing")[0] == 400


def test_copies(bot: Any) -> None:
    first = bot.ok("sendPhoto", chat_id=CHAT, photo="https://x.example/a.jpg", caption="one")
    body = {"chat_id": 900010002, "from_chat_id": CHAT, "message_id": first["message_id"]}
    assert bot.ok("copyMessage", **body) == {"message_id": 1}
    bot.ok("copyMessage", **body, caption="two")
    assert [message["caption"] for message in bot.look("messages", chat=900010002)] == ["one", "two"]
    assert bot.refused("copyMessage", **{**body, "message_id": 99}) == (400, "Bad Request: message to copy not found")


def test_forced_errors(bot: Any) -> None:
    for error in (
        {"http": 429, "retry_after": 7, "to": str(CHAT)},
        {"http": 400, "reason": "Bad Request: CHAT_WRITE_FORBIDDEN", "accept": True},
        {"http": 500, "path": "/sendChatAction"},
        {"http": 502, "body": "<html>", "to": "900010002"},
        {"http": 500, "cut": True, "accept": True, "to": "900010003"},
    ):
        bot.sims.control("POST", "/next_error", simulator="telegram", **error)
    answer = bot.call("sendMessage", chat_id=CHAT, text="x").json()
    assert (answer["description"], answer["parameters"]) == ("Too Many Requests: retry after 7", {"retry_after": 7})
    assert bot.refused("sendMessage", chat_id=CHAT, text="x") == (400, "Bad Request: CHAT_WRITE_FORBIDDEN")
    assert bot.refused("sendChatAction", chat_id=CHAT, action="typing")[0] == 500
    assert bot.call("sendMessage", chat_id=900010002, text="x").text == "<html>"
    with pytest.raises(httpx.RemoteProtocolError):
        bot.send(900010003)
    assert [entry["to"] for entry in bot.sims.control("GET", "/log")] == [str(CHAT), "900010003"]
    assert bot.send()
