"""A sent message edited or taken back, and chat actions, call by call."""

import json
from typing import Any

import pytest
from parley.errors import Disconnected, ProviderError, Rejected, Throttled
from parley.model.address import Address
from parley.model.content import Content
from parley.providers.telegram import manage

from tests.support.platforms import Answer, Telegram, bot_refuses, bot_says

Json = dict[str, Any]
SARA = Address.model_validate({"type": "chat", "value": "4211"})
BUTTONS = [[{"text": "Yes", "payload": "y"}]]
SHOWN = {"inline_keyboard": [[{"text": "Yes", "callback_data": "y"}]]}


@pytest.fixture(autouse=True)
def _friendly(telegram: Telegram) -> None:
    telegram.answer = bot_says(True)


def calls(telegram: Telegram) -> list[tuple[str, Json]]:
    return [(each.url.path.rpartition("/")[2], json.loads(each.content)) for each in telegram.requests]


def edited(telegram: Telegram, content: Json, provider_id: str = "4211/77") -> tuple[str, Json]:
    manage.edit(provider_id, Content.model_validate(content), telegram.binding, telegram.secret)
    [found] = calls(telegram)
    return found


WHICH = {"chat_id": "4211", "message_id": 77}


@pytest.mark.parametrize(
    ("content", "method", "body"),
    [
        ({"type": "text", "text": "Now"}, "editMessageText", {"text": "Now"}),
        (
            {"type": "text", "text": "<b>Now</b>", "format": "html"},
            "editMessageText",
            {"text": "<b>Now</b>", "parse_mode": "HTML"},
        ),
        (
            {"type": "text", "text": "Now", "buttons": BUTTONS},
            "editMessageText",
            {"text": "Now", "reply_markup": SHOWN},
        ),
        (
            {"type": "image", "media": {"link": "https://a.test/f", "caption": "<i>New</i>"}, "format": "html"},
            "editMessageCaption",
            {"caption": "<i>New</i>", "parse_mode": "HTML"},
        ),
        ({"type": "video", "media": {"provider_id": "F"}}, "editMessageCaption", {"caption": ""}),
    ],
)
def test_an_edit_replaces_text_or_caption_and_buttons(
    telegram: Telegram, content: Json, method: str, body: Json
) -> None:
    assert edited(telegram, content) == (method, {**WHICH, **body})


def test_an_edit_of_an_upload_does_not_hand_it_over_again(telegram: Telegram) -> None:
    found = edited(telegram, {"type": "image", "media": {"upload": "u1", "caption": "New"}})
    assert found == ("editMessageCaption", {**WHICH, "caption": "New"})


@pytest.mark.parametrize(
    ("kept", "asked"), [("4211/77", "4211"), ("-77/5", "-77"), ("-100123/5", "-100123"), ("-100555/5", "-100555")]
)
def test_the_chat_is_the_one_where_it_was_sent(telegram: Telegram, kept: str, asked: str) -> None:
    manage.delete(kept, telegram.binding, telegram.secret)
    assert calls(telegram)[0][1]["chat_id"] == asked


def test_every_message_of_an_album_is_taken_back(telegram: Telegram) -> None:
    manage.delete("4211/77,78,79", telegram.binding, telegram.secret)
    assert calls(telegram) == [("deleteMessage", {"chat_id": "4211", "message_id": number}) for number in (77, 78, 79)]


def test_an_edit_of_an_album_changes_its_first_caption(telegram: Telegram) -> None:
    found = edited(telegram, {"type": "text", "text": "x"}, provider_id="4211/77,78")
    assert found[1]["message_id"] == 77


def test_saying_the_same_again_is_no_error(telegram: Telegram) -> None:
    telegram.answer = bot_refuses(400, "Bad Request: message is not modified: specified new message content is ...")
    edited(telegram, {"type": "text", "text": "Now"})


def test_taking_back_what_is_gone_is_no_error(telegram: Telegram) -> None:
    telegram.answer = bot_refuses(400, "Bad Request: message to delete not found")
    manage.delete("4211/77,78", telegram.binding, telegram.secret)
    assert len(telegram.requests) == 2


@pytest.mark.parametrize(
    ("answer", "meaning", "code"),
    [
        (bot_refuses(400, "Bad Request: message can't be edited"), Rejected, "too_late"),
        (bot_refuses(400, "Bad Request: message can't be deleted for everyone"), Rejected, "too_late"),
        (bot_refuses(400, "Bad Request: message to edit not found"), Rejected, "message_gone"),
        (bot_refuses(401, "Unauthorized"), Disconnected, "channel_disconnected"),
        (bot_refuses(429, "Too Many Requests", retry_after=3), Throttled, "throttled"),
    ],
)
def test_every_other_refusal_is_told(
    telegram: Telegram, answer: Answer, meaning: type[ProviderError], code: str
) -> None:
    telegram.answer = answer
    with pytest.raises(meaning) as caught:
        edited(telegram, {"type": "text", "text": "Now"})
    assert caught.value.code == code


def test_a_chat_action(telegram: Telegram) -> None:
    manage.act(SARA, "typing", telegram.binding, telegram.secret)
    assert calls(telegram) == [("sendChatAction", {"chat_id": "4211", "action": "typing"})]
