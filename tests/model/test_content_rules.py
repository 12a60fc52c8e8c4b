"""The one validation of content: every limit at its edge, every field that has no place, each with its own code."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from parley.model.address import AddressForm, AddressKind
from parley.model.capabilities import ButtonLimits, Capabilities
from parley.model.content import MEDIA, Content, Kind, Source
from parley.model.content_rules import check
from parley.model.status import Status

from tests.support.make import body, header, template

ALL = Capabilities(
    people=(AddressForm(AddressKind.PHONE),),
    receiver="x",
    kinds=frozenset(Kind),
    receipts=frozenset({Status.SENT}),
    text_limit=20,
    caption_limit=10,
    captions=MEDIA - {Kind.STICKER},
    sources=frozenset(Source),
    html=frozenset({"b", "a"}),
    buttons=ButtonLimits(per_row=2, total=3, payload_bytes=8),
    keyboards=True,
    replies=True,
    alone_in_albums=frozenset({Kind.DOCUMENT, Kind.AUDIO}),
)
POOR = replace(
    ALL,
    kinds=frozenset({Kind.TEXT, Kind.IMAGE, Kind.TEMPLATE, Kind.ALBUM}),
    captions=frozenset({Kind.IMAGE}),
    sources=frozenset({Source.LINK}),
    html=frozenset(),
    buttons=None,
    keyboards=False,
    replies=False,
)
LINK = {"link": "https://a.test/f"}
TEXT = {"type": "text", "text": "Hi"}
IMAGE = {"type": "image", "media": LINK}
YES = {"text": "Yes", "payload": "y"}


def problems(given: dict[str, Any], abilities: Capabilities = ALL, at: str = "") -> list[tuple[str, str]]:
    return [(each.field, each.code) for each in check(Content.model_validate(given), None, abilities, at)]


def album(*kinds: str, **more: Any) -> dict[str, Any]:
    return {"type": "album", "album": [{"type": kind, **LINK} for kind in kinds], **more}


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        (TEXT, []),
        ({"type": "text"}, [("text", "field_missing")]),
        ({**TEXT, "media": LINK}, [("media", "field_not_expected")]),
        ({**TEXT, "poll": {"question": "?", "options": ["x"]}}, [("poll", "field_not_expected")]),
        ({**TEXT, "language": "en"}, [("language", "field_not_expected")]),
        ({**TEXT, "variables": {"a": "b"}}, [("variables", "field_not_expected")]),
        ({"type": "image"}, [("media", "field_missing")]),
        ({"type": "album"}, [("album", "field_missing")]),
        ({"type": "location", "media": LINK}, [("location", "field_missing"), ("media", "field_not_expected")]),
        ({**TEXT, "text": "x" * 20}, []),
        ({**TEXT, "text": "x" * 21}, [("text", "text_too_long")]),
        ({**TEXT, "text": "😀" * 10}, []),
        ({**TEXT, "text": "😀" * 11}, [("text", "text_too_long")]),
        ({**TEXT, "format": "html", "text": "<b>" + "x" * 20 + "</b>"}, []),
        ({**TEXT, "format": "html", "text": "&amp;" * 20}, []),
        ({**TEXT, "format": "html", "text": "<b>" + "x" * 21 + "</b>"}, [("text", "text_too_long")]),
        ({**TEXT, "format": "html", "text": "<i>x</i>"}, [("text", "broken_formatting")]),
        ({**TEXT, "text": "<i>x"}, []),
        ({**IMAGE, "media": {**LINK, "caption": "x" * 10}}, []),
        ({**IMAGE, "media": {**LINK, "caption": "x" * 11}}, [("media.caption", "caption_too_long")]),
        ({"type": "sticker", "media": {**LINK, "caption": "x"}}, [("media.caption", "caption_not_supported")]),
        ({**IMAGE, "format": "html", "media": {**LINK, "caption": "<b>x"}}, [("media.caption", "broken_formatting")]),
        (album("image"), [("album", "album_size")]),
        (album("image", "video"), []),
        (album(*["image"] * 10), []),
        (album(*["image"] * 11), [("album", "album_size")]),
        (album("document", "document"), []),
        (album("document", "image"), [("album", "album_mixed")]),
        (album("document", "audio"), [("album", "album_mixed")]),
        (album("image", "image", buttons=[[YES]]), [("buttons", "buttons_not_supported")]),
        (album("image", "image", keyboard={"ask": True}), [("keyboard", "keyboard_not_supported")]),
        ({**TEXT, "buttons": [[YES, YES], [YES]]}, []),
        ({**TEXT, "buttons": [[YES, YES, YES]]}, [("buttons", "too_many_buttons")]),
        ({**TEXT, "buttons": [[YES, YES], [YES, YES]]}, [("buttons", "too_many_buttons")]),
        ({**TEXT, "buttons": [[YES], [{"text": "x", "payload": "ж" * 4}]]}, []),
        (
            {**TEXT, "buttons": [[YES], [{"text": "x", "payload": "ж" * 5}]]},
            [("buttons.1.0.payload", "payload_too_long")],
        ),
        ({**TEXT, "buttons": [[YES]], "keyboard": {"ask": True}}, [("keyboard", "keyboard_beside_buttons")]),
        ({**TEXT, "keyboard": {"remove": True}}, []),
        ({**TEXT, "reply_to": "m"}, []),
    ],
)
def test_every_rule_at_its_edge(given: dict[str, Any], wanted: list[tuple[str, str]]) -> None:
    assert problems(given) == wanted


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        ({"type": "video", "media": LINK}, [("type", "kind_not_supported")]),
        ({"type": "poll"}, [("type", "kind_not_supported")]),
        ({**IMAGE, "media": {"upload": "u1"}}, [("media", "source_not_supported")]),
        ({**IMAGE, "media": {"provider_id": "F"}}, [("media", "source_not_supported")]),
        ({**TEXT, "format": "html"}, [("format", "format_not_supported")]),
        ({**TEXT, "buttons": [[YES]]}, [("buttons", "buttons_not_supported")]),
        ({**TEXT, "keyboard": {"ask": True}}, [("keyboard", "keyboard_not_supported")]),
        ({**TEXT, "reply_to": "m"}, [("reply_to", "reply_not_supported")]),
        (
            {"type": "album", "album": [{"type": "image", **LINK}, {"type": "image", "upload": "u1"}]},
            [("album.1", "source_not_supported")],
        ),
    ],
)
def test_what_a_channel_does_not_show_is_refused(given: dict[str, Any], wanted: list[tuple[str, str]]) -> None:
    assert problems(given, POOR) == wanted


def test_buttons_of_a_channel_that_opens_no_addresses() -> None:
    limits = replace(ALL, buttons=ButtonLimits(per_row=2, total=3, payload_bytes=8, urls=False))
    link = {"text": "Site", "url": "https://a.test"}
    assert problems({**TEXT, "buttons": [[YES, link]]}, limits) == [("buttons.0.1.url", "url_not_supported")]


def test_all_that_is_wrong_is_told_at_once_under_the_prefix() -> None:
    wrong = {"type": "image", "text": "x", "media": {"upload": "u", "caption": "x" * 11}, "buttons": [[YES]]}
    assert problems(wrong, POOR, "fallback.") == [
        ("fallback.text", "field_not_expected"),
        ("fallback.media", "source_not_supported"),
        ("fallback.media.caption", "caption_too_long"),
        ("fallback.buttons", "buttons_not_supported"),
    ]


def test_a_template_counts_with_its_variables_filled_in() -> None:
    made = template(body("Hello $(name)."))

    def codes(name: str) -> list[str]:
        said = Content(type=Kind.TEMPLATE, template="t", language="en", variables={"name": name})
        return [each.code for each in check(said, made, ALL, "")]

    assert (codes("x" * 13), codes("x" * 14)) == ([], ["text_too_long"])


def test_a_template_has_its_own_buttons() -> None:
    said = {"type": "template", "template": "t", "language": "en"}
    beside = {"buttons": [[YES]], "keyboard": {"ask": True}, "reply_to": "m"}
    assert problems({**said, **beside}) == [
        (name, "field_not_expected") for name in ("buttons", "keyboard", "reply_to")
    ]


@given(st.sampled_from(Kind), st.text(min_size=1, max_size=60), st.sampled_from(["plain", "html"]))
def test_no_text_makes_it_raise(kind: Kind, text: str, form: str) -> None:
    given_fields = {"type": kind, "text": text, "format": form, "media": {**LINK, "caption": text}}
    for abilities in (ALL, POOR):
        for problem in check(Content.model_validate(given_fields), None, abilities, ""):
            assert problem.field
            assert problem.code
            assert problem.reason.endswith(".")


@pytest.mark.parametrize(("words", "code"), [("x" * 10, []), ("x" * 11, ["caption_too_long"])])
def test_the_words_under_a_templates_file_are_its_caption(words: str, code: list[str]) -> None:
    made = template(header(format="IMAGE", link="https://a.test/a-long-address.jpg"), body(words))
    content = Content.model_validate({"type": "template", "template": "t1", "language": "en"})
    found = check(content, made, ALL, "")
    assert [problem.code for problem in found] == code
