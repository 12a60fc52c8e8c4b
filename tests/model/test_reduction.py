"""What a channel cannot show, in words: nothing is lost in silence, and what comes out passes the rules."""

from dataclasses import replace
from typing import Any

import pytest
from parley.model.content import Content, Kind
from parley.model.content_rules import check
from parley.model.reduction import reduce
from parley.providers.plain import SMS
from parley.providers.telegram.capabilities import CAPABILITIES as TELEGRAM
from parley.providers.whatsapp_cloud.capabilities import CAPABILITIES as WHATSAPP

LINK = {"link": "https://a.test/f"}
TEXT = {"type": "text", "text": "Choose"}
BUTTONS = [
    [{"text": "Yes", "payload": "y"}, {"text": "Site", "url": "https://a.test"}],
    [{"text": "No", "payload": "n"}],
]
KEYS = {"rows": [[{"text": "Mon"}, {"text": "Tue"}], [{"text": "Wed"}]]}
POLL = {"question": "Best day?", "options": ["Mon", "Tue"]}
PLACE = {"latitude": 30.04, "longitude": 31.23}

BY_SMS: list[tuple[str, dict[str, Any], str, int]] = [
    ("buttons", {**TEXT, "buttons": BUTTONS}, "Choose\n1. Yes\nSite: https://a.test\n2. No", 1),
    ("keys", {**TEXT, "keyboard": KEYS}, "Choose\n1. Mon\n2. Tue\n3. Wed", 1),
    ("a keyboard without keys", {**TEXT, "keyboard": {"remove": True}}, "Choose", 1),
    ("an answer", {**TEXT, "reply_to": "m"}, "Choose", 1),
    ("tags", {**TEXT, "format": "html", "text": "<b>Hi</b> &amp; bye"}, "Hi & bye", 1),
    ("a link", {**TEXT, "format": "html", "text": '<a href="https://b.test">Menu</a>'}, "Menu (https://b.test)", 1),
    ("a place", {"type": "location", "location": PLACE}, "https://maps.google.com/?q=30.04,31.23", 1),
    (
        "a venue",
        {"type": "location", "location": {**PLACE, "name": "Shop", "address": "Main St 1"}},
        "Shop\nMain St 1\nhttps://maps.google.com/?q=30.04,31.23",
        1,
    ),
    (
        "a contact",
        {"type": "contact", "contact": {"phone": "+34600111222", "first_name": "Ana", "last_name": "Marín"}},
        "Ana Marín: +34600111222",
        1,
    ),
    ("a poll", {"type": "poll", "poll": POLL}, "Best day?\n1. Mon\n2. Tue", 1),
    ("a file", {"type": "document", "media": {**LINK, "caption": "Menu"}}, "Menu\nhttps://a.test/f", 1),
    (
        "an album",
        {"type": "album", "album": [{"type": "image", **LINK, "caption": "one"}, {"type": "image", **LINK}]},
        "one\nhttps://a.test/f\nhttps://a.test/f",
        1,
    ),
    (
        "a formatted caption with buttons",
        {"type": "image", "media": {**LINK, "caption": "<b>Hi</b>"}, "format": "html", "buttons": BUTTONS[1:]},
        "Hi\nhttps://a.test/f\n1. No",
        3,
    ),
]


@pytest.mark.parametrize(("given", "text", "notes"), [case[1:] for case in BY_SMS], ids=[case[0] for case in BY_SMS])
def test_an_sms_says_it_in_words_and_tells_each_change(given: dict[str, Any], text: str, notes: int) -> None:
    content, told = reduce(Content.model_validate(given), SMS)
    assert (content.type, content.text, len(told)) == (Kind.TEXT, text, notes)
    assert check(content, None, SMS, "") == []
    assert all(note.endswith(".") for note in told)


def test_whatsapp_gets_a_place_in_words() -> None:
    content, told = reduce(Content.model_validate({"type": "location", "location": PLACE}), WHATSAPP)
    assert (content.type, len(told)) == (Kind.TEXT, 1)


@pytest.mark.parametrize(("kind", "near"), [("animation", "video"), ("voice", "audio"), ("sticker", "image")])
def test_a_file_goes_out_as_what_shows_it_nearly(kind: str, near: str) -> None:
    content, told = reduce(Content.model_validate({"type": kind, "media": LINK}), WHATSAPP)
    assert (str(content.type), content.media and content.media.link) == (near, LINK["link"])
    assert told == [f"The {kind} goes out as {near}."]
    assert check(content, None, WHATSAPP, "") == []


def test_buttons_stand_in_the_caption_of_a_file_that_is_shown() -> None:
    given = {"type": "image", "media": {**LINK, "caption": "Menu"}, "buttons": BUTTONS}
    content, _ = reduce(Content.model_validate(given), WHATSAPP)
    assert content.caption == "Menu\n1. Yes\nSite: https://a.test\n2. No"
    assert content.buttons is None


@pytest.mark.parametrize("source", [{"upload": "u1"}, {"provider_id": "F1"}])
def test_a_file_without_an_address_cannot_be_put_in_words(source: dict[str, str]) -> None:
    content, told = reduce(Content.model_validate({"type": "document", "media": source}), SMS)
    assert (content.type, told) == (Kind.DOCUMENT, [])
    assert [each.code for each in check(content, None, SMS, "")] == ["kind_not_supported"]


RICH = [
    {**TEXT, "format": "html", "text": "<b>Hi</b>", "buttons": BUTTONS, "reply_to": "m"},
    {**TEXT, "keyboard": KEYS},
    {"type": "poll", "poll": POLL},
    {"type": "sticker", "media": LINK},
    {"type": "album", "album": [{"type": "image", **LINK}] * 2},
]


@pytest.mark.parametrize("given", RICH)
def test_what_a_channel_shows_is_not_touched(given: dict[str, Any]) -> None:
    content = Content.model_validate(given)
    assert reduce(content, TELEGRAM) == (content, [])


@pytest.mark.parametrize("given", [case[1] for case in BY_SMS])
def test_reducing_twice_changes_nothing_more(given: dict[str, Any]) -> None:
    once, _ = reduce(Content.model_validate(given), SMS)
    assert reduce(once, SMS) == (once, [])


def test_a_template_is_never_reduced() -> None:
    content = Content(type=Kind.TEMPLATE, template="t", language="en")
    assert reduce(content, SMS) == (content, [])


def test_lines_of_ours_beside_formatted_text_are_no_tags() -> None:
    without = replace(TELEGRAM, buttons=None, keyboards=False)
    given = {**TEXT, "format": "html", "text": "<b>Hi</b>", "buttons": [[{"text": "1 < 2 & <b>", "payload": "y"}]]}
    content, _ = reduce(Content.model_validate(given), without)
    assert content.text == "<b>Hi</b>\n1. 1 &lt; 2 &amp; &lt;b&gt;"
    assert check(content, None, without, "") == []


def test_an_album_keeps_no_buttons_in_silence() -> None:
    """It has no caption of its own, so they are neither shown nor forgotten: the rules refuse them."""
    content, told = reduce(Content.model_validate({**RICH[-1], "buttons": BUTTONS}), TELEGRAM)
    assert (content.buttons is not None, told) == (True, [])
    assert [each.code for each in check(content, None, TELEGRAM, "")] == ["buttons_not_supported"]
