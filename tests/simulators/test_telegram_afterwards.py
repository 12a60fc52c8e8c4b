"""What happens to Telegram messages later: edits, deletion, reactions, pressed buttons, votes."""

from typing import Any

import pytest

CHAT = 900010001
SARA = {"id": 4211, "first_name": "Sara"}
BUTTONS = {"inline_keyboard": [[{"text": "Buy", "callback_data": "buy:42"}]]}
DAY = 86_400


def poll(bot: Any, chat: Any = CHAT, **changes: Any) -> dict[str, Any]:
    body = {"question": "Best day?", "options": [{"text": "Mon"}, {"text": "Tue"}], **changes}
    return dict(bot.ok("sendPoll", chat_id=chat, **body))


def advance(bot: Any, seconds: float) -> None:
    bot.sims.control("POST", "/telegram/clock", advance=seconds)


def edit(bot: Any, message: dict[str, Any], **changes: Any) -> Any:
    return bot.call("editMessageText", chat_id=CHAT, message_id=message["message_id"], **changes)


def test_texts_are_edited(bot: Any) -> None:
    sent = bot.send(reply_markup=BUTTONS)
    assert edit(bot, sent, text="<b>New</b>", parse_mode="HTML", reply_markup=BUTTONS).status_code == 200
    same = edit(bot, sent, text="<b>New</b>", parse_mode="HTML", reply_markup=BUTTONS).json()
    assert same["description"].startswith("Bad Request: message is not modified: specified new message content")
    assert edit(bot, sent, text="Newer").json()["result"]["edit_date"]
    [message] = bot.look("messages", chat=CHAT)
    assert (message["text"], "reply_markup" in message, "entities" in message) == ("Newer", False, False)
    log = bot.sims.control("GET", "/log")
    assert [entry["type"] for entry in log] == ["text", "edit", "edit"]
    assert bot.sims.control("GET", "/served")["telegram"] == {str(CHAT): 1}


def test_captions_and_keyboards_are_edited(bot: Any) -> None:
    sent = bot.ok("sendPhoto", chat_id=CHAT, photo="https://x.example/a", caption="one")
    target = {"chat_id": CHAT, "message_id": sent["message_id"]}
    assert bot.ok("editMessageCaption", **target, caption="two")["caption"] == "two"
    assert bot.ok("editMessageReplyMarkup", **target, reply_markup=BUTTONS)["reply_markup"] == BUTTONS
    assert bot.refused("editMessageReplyMarkup", **target, reply_markup={"force_reply": True})[0] == 400
    answer = bot.refused("editMessageText", **target, text="x")
    assert answer == (400, "Bad Request: there is no text in the message to edit")


def test_edits_that_are_refused(bot: Any) -> None:
    inbound = bot.play("inbound", **{"from": SARA})["message"]
    target = {"chat_id": 4211, "text": "x"}
    answers = [
        bot.refused("editMessageText", **target, message_id=inbound["message_id"]),
        bot.refused("editMessageText", **target, message_id=99),
        bot.refused("editMessageText", **target),
        bot.refused("editMessageText", **{**target, "text": ""}, message_id=99),
    ]
    assert [words for _, words in answers] == [
        "Bad Request: message can't be edited",
        "Bad Request: message to edit not found",
        "Bad Request: message identifier is not specified",
        "Bad Request: message text is empty",
    ]


def test_messages_are_deleted(bot: Any) -> None:
    own, theirs = bot.send(), bot.play("inbound", **{"from": SARA})["message"]
    assert bot.ok("deleteMessage", chat_id=CHAT, message_id=own["message_id"]) is True
    assert bot.look("messages", chat=CHAT) == []
    answer = bot.refused("deleteMessage", chat_id=CHAT, message_id=own["message_id"])
    assert answer == (400, "Bad Request: message to delete not found")
    assert bot.ok("deleteMessage", chat_id=4211, message_id=theirs["message_id"]) is True
    old = bot.send()
    advance(bot, 2 * DAY + 1)
    answer = bot.refused("deleteMessage", chat_id=CHAT, message_id=old["message_id"])
    assert answer == (400, "Bad Request: message can't be deleted")


def test_in_groups_only_administrators_delete_what_others_wrote(bot: Any) -> None:
    group = bot.play("chats", type="group")["id"]
    theirs = bot.play("inbound", **{"from": SARA}, chat=group)["message"]["message_id"]
    assert bot.refused("deleteMessage", chat_id=group, message_id=theirs)[0] == 400
    bot.play("chats", id=group, member="administrator")
    assert bot.ok("deleteMessage", chat_id=group, message_id=theirs)


def test_reactions_of_the_bot(bot: Any) -> None:
    target = {"chat_id": CHAT, "message_id": bot.send()["message_id"]}
    thumb = [{"type": "emoji", "emoji": "👍"}]
    assert bot.ok("setMessageReaction", **target, reaction=thumb) is True
    assert bot.look("messages", chat=CHAT)[0]["reaction"] == thumb
    for wrong in (thumb * 2, [{"type": "emoji", "emoji": "x"}], [{"type": "paid"}]):
        assert bot.refused("setMessageReaction", **target, reaction=wrong) == (400, "Bad Request: REACTION_INVALID")
    assert bot.ok("setMessageReaction", **target)
    assert "reaction" not in bot.look("messages", chat=CHAT)[0]
    answer = bot.refused("setMessageReaction", chat_id=CHAT, message_id=99)
    assert answer == (400, "Bad Request: message to react not found")


def test_reactions_of_people_come_only_on_request_and_to_administrators(bot: Any, hook: Any) -> None:
    group = bot.play("chats", type="supergroup")["id"]
    act = {"from": SARA, "chat": group, "message_id": bot.send(group)["message_id"], "emoji": "👍"}
    assert bot.play("react", **act) == {"update_id": None}
    bot.play("chats", id=group, member="administrator")
    assert bot.play("react", **act) == {"update_id": None}
    bot.bind(hook, allowed_updates=["message_reaction"], drop_pending_updates=True)
    assert bot.play("react", **act)["update_id"]
    hook.until(lambda: hook.requests)
    [update] = hook.payloads()
    assert update["message_reaction"]["new_reaction"] == [{"type": "emoji", "emoji": "👍"}]
    assert update["message_reaction"]["user"]["id"] == 4211


def test_a_pressed_button_is_answered_once_and_in_time(bound: Any, hook: Any) -> None:
    sent = bound.send(reply_markup=BUTTONS)
    act = {"from": SARA, "chat": CHAT, "message_id": sent["message_id"], "data": "buy:42"}
    pressed = bound.play("press", **act)["callback_query_id"]
    hook.until(lambda: hook.requests)
    query = hook.payloads()[0]["callback_query"]
    assert (query["id"], query["data"], query["from"]["id"]) == (pressed, "buy:42", 4211)
    assert query["message"]["message_id"] == sent["message_id"]
    answer = {"callback_query_id": pressed, "text": "Done"}
    assert bound.refused("answerCallbackQuery", **{**answer, "text": "x" * 201})[0] == 400
    assert bound.ok("answerCallbackQuery", **answer) is True
    [seen] = bound.look("callbacks")
    assert (seen["id"], seen["answered"], seen["text"]) == (pressed, True, "Done")
    late = bound.play("press", **act)["callback_query_id"]
    advance(bound, 151)
    old = "Bad Request: query is too old and response timeout expired or query ID is invalid"
    for query_id in (pressed, late, "1"):
        assert bound.refused("answerCallbackQuery", callback_query_id=query_id) == (400, old)


def test_buttons_must_be_there_but_messages_may_be_gone(bound: Any, hook: Any) -> None:
    sent = bound.send(reply_markup=BUTTONS)
    body = {"bot": bound.id, "from": SARA, "chat": CHAT, "message_id": sent["message_id"], "data": "other"}
    url = bound.sims.urls["control_url"] + "/telegram/press"
    assert bound.sims.http.post(url, json=body).status_code == 400
    bound.ok("deleteMessage", chat_id=CHAT, message_id=sent["message_id"])
    assert bound.sims.http.post(url, json=body).status_code == 200
    hook.until(lambda: hook.requests)
    assert hook.payloads()[0]["callback_query"]["message"]["date"] == 0


def test_votes_are_counted_and_named(bound: Any, hook: Any) -> None:
    sent = poll(bound, is_anonymous=False)
    target = {"chat": CHAT, "message_id": sent["message_id"], "from": SARA}
    bound.play("vote", **target, option_ids=[1])
    bound.play("vote", **target, option_ids=[])
    hook.until(lambda: len(hook.requests) == 4)
    answers = [update["poll_answer"] for update in hook.payloads() if "poll_answer" in update]
    states = [update["poll"] for update in hook.payloads() if "poll" in update]
    assert [answer["option_ids"] for answer in answers] == [[1], []]
    assert answers[0]["option_persistent_ids"] == [states[0]["options"][1]["persistent_id"]]
    assert [state["total_voter_count"] for state in states] == [1, 0]
    assert {answer["poll_id"] for answer in answers} == {state["id"] for state in states} == {sent["poll"]["id"]}


def test_anonymous_votes_name_nobody(bound: Any, hook: Any) -> None:
    sent = poll(bound)
    bound.play("vote", poll_id=sent["poll"]["id"], option_ids=[0], **{"from": SARA})
    stopped = bound.ok("stopPoll", chat_id=CHAT, message_id=sent["message_id"])
    assert (stopped["is_closed"], stopped["total_voter_count"]) == (True, 1)
    hook.until(lambda: len(hook.requests) == 2)
    assert [list(update)[1] for update in hook.payloads()] == ["poll", "poll"]
    assert hook.payloads()[1]["poll"]["is_closed"]
    answer = bound.refused("stopPoll", chat_id=CHAT, message_id=sent["message_id"])
    assert answer == (400, "Bad Request: poll has already been closed")
    text = bound.send()["message_id"]
    assert bound.refused("stopPoll", chat_id=CHAT, message_id=text) == (400, "Bad Request: message is not a poll")


def test_polls_close_by_themselves(bound: Any, hook: Any) -> None:
    poll(bound, open_period=600)
    advance(bound, 600)
    hook.until(lambda: hook.requests)
    assert hook.payloads()[0]["poll"]["is_closed"]


def test_polls_of_channels_are_anonymous(bot: Any) -> None:
    channel = bot.play("chats", type="channel")["id"]
    body = {"question": "?", "options": ["a", "b"], "is_anonymous": False}
    answer = bot.refused("sendPoll", chat_id=channel, **body)
    assert answer == (400, "Bad Request: non-anonymous polls can't be sent to channel chats")
    quiz = poll(bot, channel, type="quiz", correct_option_ids=[1], explanation="Because")["poll"]
    assert (quiz["type"], quiz["correct_option_ids"]) == ("quiz", [1])


@pytest.mark.parametrize("everything", [False, True])
def test_a_reset_forgets_people_and_on_demand_everything(bound: Any, everything: bool) -> None:
    group = bound.play("chats", type="group", announce=False)["id"]
    bound.play("start", **{"from": SARA})
    last = bound.send()["message_id"]
    bound.sims.control("POST", "/reset", everything=everything)
    assert bound.refused("sendMessage", chat_id=4211, text="x")[0] in (400, 403)
    assert bool(bound.ok("getWebhookInfo")["url"]) != everything
    assert (bound.send()["message_id"] > last) != everything
    assert bound.call("sendMessage", chat_id=group, text="x").status_code == (400 if everything else 200)
