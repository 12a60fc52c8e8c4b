"""What goes to the Bot API, method by method (social.md §3.4), and what its answers mean."""

import io
import json
from typing import Any

import pytest
from parley.errors import OutcomeUnknown
from parley.model.address import Address
from parley.model.content import Content
from parley.model.template import Template
from parley.providers.provider import Outbound

from tests.support.make import MESSAGE as MESSAGE_ID
from tests.support.make import ORGANIZATION, TOKEN, body, buttons, footer, header, link, quick, template
from tests.support.platforms import BOT_TOKEN, MESSAGE, Telegram, bot_says

LINK, FILE_ID = "https://cdn.example.com/a.jpg", "AgACAgQAAx0"
Json = dict[str, Any]


def outbound(
    content: Json,
    to: str = "4211",
    made: Template | None = None,
    echo: str = "o.m",
    links: dict[str, str] | None = None,
    **files: bytes,
) -> Outbound:
    kind = "username" if to.startswith("@") else "chat"
    return Outbound(
        echo=echo,
        to=Address.model_validate({"type": kind, "value": to}),
        content=Content.model_validate(content),
        template=made,
        ttl=60,
        marketing=False,
        links=links or {},
        files={name: io.BytesIO(raw) for name, raw in files.items()},
    )


def asked(telegram: Telegram, content: Json, **more: Any) -> tuple[str, Json]:
    """The method that was called, and its body without the chat."""
    telegram.send(outbound(content, **more))
    sent = telegram.sent()
    assert sent.pop("chat_id") == more.get("to", "4211")
    return telegram.method, sent


MEDIA = {
    "image": ("sendPhoto", "photo"),
    "video": ("sendVideo", "video"),
    "animation": ("sendAnimation", "animation"),
    "audio": ("sendAudio", "audio"),
    "voice": ("sendVoice", "voice"),
    "document": ("sendDocument", "document"),
    "sticker": ("sendSticker", "sticker"),
}
POLL = {"question": "Best day?", "options": ["Mon", "Tue"]}
ASKED = {"question": "Best day?", "options": [{"text": "Mon"}, {"text": "Tue"}], "allows_multiple_answers": False}
PLACE = {"latitude": 30.04, "longitude": 31.23}
CASES: list[tuple[str, Json, str, Json]] = [
    ("a plain text", {"type": "text", "text": "Hi <b>"}, "sendMessage", {"text": "Hi <b>"}),
    (
        "a formatted text",
        {"type": "text", "text": "Hi <b>Sara</b>", "format": "html"},
        "sendMessage",
        {"text": "Hi <b>Sara</b>", "parse_mode": "HTML"},
    ),
    ("a place", {"type": "location", "location": PLACE}, "sendLocation", PLACE),
    (
        "a venue",
        {"type": "location", "location": {**PLACE, "name": "Shop", "address": "Main St 1"}},
        "sendVenue",
        {**PLACE, "title": "Shop", "address": "Main St 1"},
    ),
    ("the null island", {"type": "location", "location": {"latitude": 0, "longitude": 0}}, "sendLocation", {}),
    (
        "a contact",
        {"type": "contact", "contact": {"phone": "+201001234567", "first_name": "Help desk"}},
        "sendContact",
        {"phone_number": "+201001234567", "first_name": "Help desk"},
    ),
    (
        "a contact of two names",
        {"type": "contact", "contact": {"phone": "+201001234567", "first_name": "Ana", "last_name": "Marín"}},
        "sendContact",
        {"phone_number": "+201001234567", "first_name": "Ana", "last_name": "Marín"},
    ),
    ("a poll", {"type": "poll", "poll": POLL}, "sendPoll", {**ASKED, "is_anonymous": True, "type": "regular"}),
    (
        "an open poll with several answers",
        {"type": "poll", "poll": {**POLL, "anonymous": False, "multiple": True, "open_for": 600}},
        "sendPoll",
        {**ASKED, "is_anonymous": False, "type": "regular", "allows_multiple_answers": True, "open_period": 600},
    ),
    (
        "a quiz whose first option is right",
        {"type": "poll", "poll": {**POLL, "correct": 0, "explanation": "It is Monday."}},
        "sendPoll",
        {
            **ASKED,
            "is_anonymous": True,
            "type": "quiz",
            "correct_option_ids": [0],
            "explanation": "It is Monday.",
        },
    ),
    (
        "an album",
        {
            "type": "album",
            "album": [
                {"type": "image", "link": LINK, "caption": "one"},
                {"type": "video", "provider_id": FILE_ID},
            ],
        },
        "sendMediaGroup",
        {
            "media": [
                {"type": "photo", "media": LINK, "caption": "one"},
                {"type": "video", "media": FILE_ID},
            ]
        },
    ),
    (
        "an album of formatted captions",
        {
            "type": "album",
            "format": "html",
            "album": [
                {"type": "document", "link": LINK, "caption": "<i>one</i>"},
                {"type": "document", "link": LINK},
            ],
        },
        "sendMediaGroup",
        {
            "media": [
                {"type": "document", "media": LINK, "caption": "<i>one</i>", "parse_mode": "HTML"},
                {"type": "document", "media": LINK},
            ]
        },
    ),
]


@pytest.mark.parametrize(("content", "method", "wanted"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_every_kind_has_its_method_and_body(telegram: Telegram, content: Json, method: str, wanted: Json) -> None:
    found = asked(telegram, content)
    assert found == (method, wanted or {"latitude": 0, "longitude": 0})


@pytest.mark.parametrize("kind", MEDIA)
@pytest.mark.parametrize(("source", "value"), [("link", LINK), ("provider_id", FILE_ID)])
def test_a_file_that_the_platform_gets_itself(telegram: Telegram, kind: str, source: str, value: str) -> None:
    method, field = MEDIA[kind]
    assert asked(telegram, {"type": kind, "media": {source: value}}) == (method, {field: value})


@pytest.mark.parametrize("kind", sorted(MEDIA.keys() - {"sticker"}))
def test_a_caption_stands_beside_its_file(telegram: Telegram, kind: str) -> None:
    media = {"link": LINK, "caption": "New <b>in</b>"}
    found = asked(telegram, {"type": kind, "format": "html", "media": media})[1]
    assert found == {MEDIA[kind][1]: LINK, "caption": "New <b>in</b>", "parse_mode": "HTML"}


def test_a_file_without_a_caption_has_no_parse_mode(telegram: Telegram) -> None:
    found = asked(telegram, {"type": "image", "format": "html", "media": {"link": LINK}})[1]
    assert found == {"photo": LINK}


@pytest.mark.parametrize("kind", MEDIA)
def test_an_upload_is_a_part_of_the_request(telegram: Telegram, kind: str) -> None:
    content = {"type": kind, "media": {"upload": "u1", "filename": "a b.bin"}}
    method, sent = asked(telegram, content, u1=b"\x00\xffraw")
    assert (method, sent) == (MEDIA[kind][0], {MEDIA[kind][1]: "attach://u1", "u1": ("a b.bin", b"\x00\xffraw")})


def test_what_is_no_text_is_json_in_a_request_with_parts(telegram: Telegram) -> None:
    content = {
        "type": "image",
        "media": {"upload": "u1", "caption": "Hi"},
        "buttons": [[{"text": "Buy", "payload": "buy:42"}]],
        "reply_to_provider": "4211/5",
    }
    sent = asked(telegram, content, u1=b"x")[1]
    assert sent["caption"] == "Hi"
    assert json.loads(sent["reply_markup"]) == {"inline_keyboard": [[{"text": "Buy", "callback_data": "buy:42"}]]}
    assert json.loads(sent["reply_parameters"]) == {"message_id": 5, "allow_sending_without_reply": True}
    assert sent["u1"] == ("file", b"x")


def test_an_album_of_uploads_names_each_of_its_parts_once(telegram: Telegram) -> None:
    album = [{"type": "image", "upload": "u1"}, {"type": "image", "link": LINK}, {"type": "video", "upload": "u2"}]
    telegram.answer = bot_says([MESSAGE, MESSAGE, MESSAGE])
    method, sent = asked(telegram, {"type": "album", "album": album}, u1=b"1", u2=b"2")
    assert method == "sendMediaGroup"
    media = json.loads(sent["media"])
    assert [each["media"] for each in media] == ["attach://u1", LINK, "attach://u2"]
    assert [each["type"] for each in media] == ["photo", "photo", "video"]
    assert (sent["u1"][1], sent["u2"][1]) == (b"1", b"2")


@pytest.mark.parametrize("to", ["4211", "-100123", "@my_channel"])
def test_the_chat_is_named_as_it_was_given(telegram: Telegram, to: str) -> None:
    asked(telegram, {"type": "text", "text": "Hi"}, to=to)


TEXT = {"type": "text", "text": "Hi"}
BOARDS: list[tuple[Json, Json]] = [
    (
        {
            "buttons": [
                [{"text": "Buy", "payload": "buy:42"}, {"text": "Site", "url": "https://x.example"}],
                [{"text": "No", "payload": "no"}],
            ]
        },
        {
            "inline_keyboard": [
                [{"text": "Buy", "callback_data": "buy:42"}, {"text": "Site", "url": "https://x.example"}],
                [{"text": "No", "callback_data": "no"}],
            ]
        },
    ),
    (
        {
            "keyboard": {
                "rows": [[{"text": "Share phone", "request": "contact"}, {"text": "Here", "request": "location"}]],
                "once": True,
            }
        },
        {
            "keyboard": [
                [{"text": "Share phone", "request_contact": True}, {"text": "Here", "request_location": True}]
            ],
            "resize_keyboard": True,
            "one_time_keyboard": True,
        },
    ),
    (
        {"keyboard": {"rows": [[{"text": "Yes"}]], "placeholder": "Choose"}},
        {
            "keyboard": [[{"text": "Yes"}]],
            "resize_keyboard": True,
            "one_time_keyboard": False,
            "input_field_placeholder": "Choose",
        },
    ),
    ({"keyboard": {"remove": True}}, {"remove_keyboard": True}),
    ({"keyboard": {"ask": True}}, {"force_reply": True}),
    (
        {"keyboard": {"ask": True, "placeholder": "Order no"}},
        {"force_reply": True, "input_field_placeholder": "Order no"},
    ),
]


@pytest.mark.parametrize(("more", "wanted"), BOARDS)
def test_what_stands_under_a_message(telegram: Telegram, more: Json, wanted: Json) -> None:
    assert asked(telegram, {**TEXT, **more})[1] == {"text": "Hi", "reply_markup": wanted}


@pytest.mark.parametrize(("provider_id", "number"), [("4211/5", 5), ("-100123/77,78", 77)])
def test_an_answer_points_to_its_message_and_goes_out_without_it(
    telegram: Telegram, provider_id: str, number: int
) -> None:
    found = asked(telegram, {**TEXT, "reply_to": "m", "reply_to_provider": provider_id})[1]
    assert found["reply_parameters"] == {"message_id": number, "allow_sending_without_reply": True}


def test_a_template_is_a_text_with_its_buttons(telegram: Telegram) -> None:
    made = template(
        header("Order $(order)"),
        body("Hello $(name), it is ready & <b>warm</b>."),
        footer("Acme"),
        buttons(quick("On my way"), link("https://acme.test/t/$(code)")),
    )
    values = {"order": "A-19", "name": "<Ana>", "code": "A-19"}
    method, sent = asked(telegram, {"type": "template", "variables": values}, made=made)
    assert method == "sendMessage"
    assert "parse_mode" not in sent
    assert sent["text"] == "Order A-19\nHello <Ana>, it is ready & <b>warm</b>.\nAcme"
    assert sent["reply_markup"] == {
        "inline_keyboard": [
            [{"text": "On my way", "callback_data": "On my way"}],
            [{"text": "Track", "url": "https://acme.test/t/A-19"}],
        ]
    }


def test_a_template_without_buttons_has_no_markup(telegram: Telegram) -> None:
    sent = asked(telegram, {"type": "template"}, made=template(body("Hello.")))[1]
    assert sent == {"text": "Hello."}


@pytest.mark.parametrize(
    ("format", "method", "field"),
    [("IMAGE", "sendPhoto", "photo"), ("VIDEO", "sendVideo", "video"), ("DOCUMENT", "sendDocument", "document")],
)
@pytest.mark.parametrize("own", [{"link": "https://a.test/$(name).jpg"}, {"upload": "u1"}])
def test_a_templates_file_carries_its_words(
    telegram: Telegram, format: str, method: str, field: str, own: dict[str, str]
) -> None:
    made = template(header(format=format, **own), body("Hello $(name)."), footer("Acme"), buttons(quick()))
    content = {"type": "template", "variables": {"name": "Ana"}}
    asked_for, sent = asked(telegram, content, made=made, links={"u1": "https://files.test/u1"})
    wanted = "https://a.test/Ana.jpg" if "link" in own else "https://files.test/u1"
    assert (asked_for, sent[field], sent["caption"]) == (method, wanted, "Hello Ana.\nAcme")
    assert sent["reply_markup"]


def test_the_payload_of_a_templates_button_fits_in_64_bytes(telegram: Telegram) -> None:
    """Telegram counts bytes and refuses the whole message."""
    made = template(body("Hello."), buttons({"type": "QUICK_REPLY", "text": "Да", "payload": "ж" * 60}))
    sent = asked(telegram, {"type": "template"}, made=made)[1]
    data = sent["reply_markup"]["inline_keyboard"][0][0]["callback_data"]
    assert 1 <= len(data.encode()) <= 64
    assert set(data) == {"ж"}


@pytest.mark.parametrize(
    ("payload", "data"), [("yes", f"{TOKEN}00yes"), (None, f"{TOKEN}00On my way"), ("y" * 38, "y" * 38)]
)
def test_a_templates_button_brings_back_which_one_it_is_where_there_is_room(
    telegram: Telegram, payload: str | None, data: str
) -> None:
    made = template(body("Hello."), buttons(quick(payload=payload), link(), quick("No")))
    echo = f"{ORGANIZATION}.{MESSAGE_ID}"
    sent = asked(telegram, {"type": "template", "variables": {"code": "1"}}, made=made, echo=echo)[1]
    rows = [row[0] for row in sent["reply_markup"]["inline_keyboard"]]
    assert [row.get("callback_data") for row in rows] == [data, None, f"{TOKEN}01No"]


# ---- answers


def result(**more: Any) -> Json:
    return {**MESSAGE, **more}


def test_the_answer_is_the_message_and_proves_that_it_went_out(telegram: Telegram) -> None:
    accepted = telegram.send(outbound(TEXT))
    assert (accepted.provider_id, accepted.sent, accepted.by_id, accepted.person) == ("4211/77", True, True, None)
    assert accepted.known_files == {}


def test_the_chat_of_the_answer_counts_not_the_name_that_was_written_to(telegram: Telegram) -> None:
    telegram.answer = bot_says(result(chat={"id": -100555, "type": "channel", "username": "my_channel"}))
    assert telegram.send(outbound(TEXT, to="@my_channel")).provider_id == "-100555/77"


def test_an_album_has_an_id_for_each_of_its_messages(telegram: Telegram) -> None:
    telegram.answer = bot_says([result(message_id=77), result(message_id=78), result(message_id=79)])
    album = {"type": "album", "album": [{"type": "image", "link": LINK}] * 3}
    assert telegram.send(outbound(album)).provider_id == "4211/77,78,79"


@pytest.mark.parametrize("kind", MEDIA)
def test_the_file_id_of_an_upload_is_learned(telegram: Telegram, kind: str) -> None:
    field = MEDIA[kind][1]
    told: Any = {"file_id": "NEW", "file_unique_id": "u"}
    if kind == "image":
        told = [{"file_id": "small", "width": 90}, {"file_id": "NEW", "width": 1280}]
    telegram.answer = bot_says(result(**{field: told}))
    accepted = telegram.send(outbound({"type": kind, "media": {"upload": "u1"}}, u1=b"x"))
    assert accepted.known_files == {"u1": "NEW"}


def test_the_file_ids_of_an_album_belong_each_to_its_upload(telegram: Telegram) -> None:
    telegram.answer = bot_says(
        [
            result(message_id=1, photo=[{"file_id": "P"}]),
            result(message_id=2, photo=[{"file_id": "of the link"}]),
            result(message_id=3, video={"file_id": "V"}),
        ]
    )
    album = [{"type": "image", "upload": "u1"}, {"type": "image", "link": LINK}, {"type": "video", "upload": "u2"}]
    accepted = telegram.send(outbound({"type": "album", "album": album}, u1=b"1", u2=b"2"))
    assert accepted.known_files == {"u1": "P", "u2": "V"}


@pytest.mark.parametrize("told", [None, "x", [], [None], {"file_id": 7}, {}])
def test_a_file_that_the_answer_does_not_name_is_not_learned(telegram: Telegram, told: Any) -> None:
    telegram.answer = bot_says(result(document=told))
    accepted = telegram.send(outbound({"type": "document", "media": {"upload": "u1"}}, u1=b"x"))
    assert (accepted.provider_id, accepted.known_files) == ("4211/77", {})


@pytest.mark.parametrize("odd", [True, None, [], {}, "x", {"message_id": 0}, [None], [True], {"chat": {"id": 1}}])
def test_a_success_without_a_message_is_unknown(telegram: Telegram, odd: Any) -> None:
    telegram.answer = bot_says(odd)
    with pytest.raises(OutcomeUnknown):
        telegram.send(outbound(TEXT))


@pytest.mark.parametrize("chat", [None, 7, {}, {"id": None}])
def test_a_success_without_a_chat_is_kept_under_the_one_that_was_written_to(telegram: Telegram, chat: Any) -> None:
    telegram.answer = bot_says(result(chat=chat))
    assert telegram.send(outbound(TEXT)).provider_id == "4211/77"


def test_the_token_is_in_the_address_and_nowhere_else(telegram: Telegram) -> None:
    telegram.send(outbound({"type": "image", "media": {"upload": "u1"}}, u1=b"x"))
    [request] = telegram.requests
    assert str(request.url) == f"https://api.telegram.org/bot{BOT_TOKEN}/sendPhoto"
    assert BOT_TOKEN not in str(request.headers)
    assert BOT_TOKEN.encode() not in request.content


def test_another_server_may_be_named(telegram: Telegram, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TELEGRAM_API_URL", "http://127.0.0.1:8081")
    telegram.send(outbound(TEXT))
    assert str(telegram.requests[0].url) == f"http://127.0.0.1:8081/bot{BOT_TOKEN}/sendMessage"
