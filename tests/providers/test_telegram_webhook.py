"""A bot's updates (social.md §3.7) in our words; what is not known is counted, never refused."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from parley.model.address import Address, AddressKind
from parley.model.channel import Binding
from parley.model.events import AddressMoved, Event, InboundMessage, NotUnderstood, Reachability
from parley.model.presses import Answered, Pressed, Token
from parley.model.profile import Profile
from parley.providers.telegram import webhook
from parley.providers.telegram.bind import UPDATES

from tests.support.make import MESSAGE, TOKEN, binding

BOT = "7000000001"
BOUND = Binding.model_validate(binding(provider="telegram", sender="@shop_bot", sender_id=BOT))
SARA = {"id": 4211, "is_bot": False, "first_name": "Sara", "username": "sara"}
PRIVATE = {"id": 4211, "type": "private", "first_name": "Sara"}
GROUP = {"id": -100123, "type": "supergroup", "title": "VIP"}
DATE = 1_767_225_600
Json = dict[str, Any]


def read(**update: Any) -> list[Event]:
    return webhook.read(json.dumps({"update_id": 9001, **update}).encode(), BOUND)


def message(chat: Json = PRIVATE, **more: Any) -> Json:
    return {"message_id": 55, "from": SARA, "chat": chat, "date": DATE, **more}


def received(**update: Any) -> InboundMessage:
    [event] = read(**update)
    assert isinstance(event, InboundMessage)
    assert event.sender_id == BOT
    return event


def chat(number: int) -> Address:
    return Address(type=AddressKind.CHAT, value=str(number))


def test_a_text_of_a_person() -> None:
    entities = [{"offset": 0, "length": 6, "type": "bot_command"}]
    event = received(message=message(text="/start promo7", entities=entities))
    assert (event.kind, event.provider_id, event.people, event.at) == ("text", "4211/55", [chat(4211)], DATE * 1000)
    assert event.content == {"text": "/start promo7", "entities": entities, "from": SARA}
    assert event.spoke
    assert (event.files, event.follow_up) == ([], None)


SARA_SHOWN = Profile(name="Sara", username="@sara", user_id="4211")


@pytest.mark.parametrize(
    ("told", "wanted"),
    [
        (SARA, SARA_SHOWN),
        ({"id": 4211, "first_name": "Sara", "last_name": "Kim"}, Profile(name="Sara Kim", user_id="4211")),
        ({"id": "odd", "first_name": 7}, None),
        (None, None),
    ],
)
def test_how_a_person_calls_themselves(told: Any, wanted: Profile | None) -> None:
    assert received(message=message(text="Hi", **{"from": told})).profile == wanted


def test_the_one_who_pressed_voted_or_reacted_is_known_too() -> None:
    assert received(callback_query=PRESS).profile == SARA_SHOWN
    assert received(poll_answer={"poll_id": "1", "user": SARA, "option_ids": [0]}).profile == SARA_SHOWN
    reaction = {"chat": PRIVATE, "message_id": 5, "user": SARA, "date": DATE, "new_reaction": []}
    assert received(message_reaction=reaction).profile == SARA_SHOWN


PRESS = {"id": "438", "from": SARA, "chat_instance": "-77", "data": f"{TOKEN}07yes"}
UNDER = {"message_id": 50, "date": DATE, "chat": PRIVATE}
BOARD = {
    "inline_keyboard": [[{"text": "Site", "url": "https://a.test"}], [{"text": "Yes", "callback_data": PRESS["data"]}]]
}


@pytest.mark.parametrize(
    ("more", "wanted"),
    [
        ({"message": {**UNDER, "reply_markup": BOARD}}, Answered("4211/50", Pressed("Yes", "yes", Token(MESSAGE, 7)))),
        ({"message": {**UNDER, "date": 0}}, Answered("4211/50", Pressed(None, "yes", Token(MESSAGE, 7)))),
        ({"message": UNDER, "data": "yes"}, Answered("4211/50", Pressed(None, "yes"))),
        ({}, Answered(None, Pressed(None, "yes", Token(MESSAGE, 7)))),
        ({"message": UNDER, "data": None, "game_short_name": "g"}, Answered("4211/50")),
        (
            {"message": {**UNDER, "reply_markup": {"inline_keyboard": [7, [None]]}}, "data": "a"},
            Answered("4211/50", Pressed(None, "a")),
        ),
    ],
)
def test_which_button_was_pressed(more: Json, wanted: Answered) -> None:
    event = received(callback_query={**PRESS, **more})
    assert event.answers == wanted
    assert event.content["button"]["payload"] == (wanted.pressed.payload if wanted.pressed else None)


@pytest.mark.parametrize(
    ("replied", "name"),
    [
        ({"message_id": 40, "date": 1}, "4211/40"),
        ({"message_id": 40, "date": 1, "from": {"id": int(BOT), "is_bot": True}}, "4211/40"),
        ({"message_id": 40, "date": 1, "chat": GROUP}, "-100123/40"),
        ({"message_id": 40, "date": 1, "from": SARA}, None),
        ({"date": 1}, None),
        ("odd", None),
        (None, None),
    ],
)
def test_which_message_is_replied_to(replied: Any, name: str | None) -> None:
    event = received(message=message(text="Yes", reply_to_message=replied))
    assert event.answers == (Answered(name) if name else None)


FILE = {"file_id": "F1", "file_unique_id": "u", "mime_type": "video/mp4", "file_name": "a.mp4", "file_size": 1200}
KNOWN = {"file_id": "F1", "filename": "a.mp4", "content_type": "video/mp4", "size": 1200}
FILES: dict[str, tuple[Json, str]] = {
    "video": ({"video": FILE}, "video"),
    "animation, which comes as a document too": ({"document": {"file_id": "copy"}, "animation": FILE}, "animation"),
    "audio": ({"audio": FILE}, "audio"),
    "voice": ({"voice": FILE}, "voice"),
    "video_note": ({"video_note": FILE}, "video_note"),
    "document": ({"document": FILE}, "document"),
    "sticker": ({"sticker": FILE}, "sticker"),
}


@pytest.mark.parametrize("case", FILES)
def test_a_file_is_named_once_with_what_is_known_of_it(case: str) -> None:
    told, kind = FILES[case]
    event = received(message=message(caption="look", **told))
    assert (event.kind, event.files) == (kind, [{"kind": kind, **KNOWN}])
    assert event.content["caption"] == "look"


def test_of_a_photo_the_largest_size_is_taken() -> None:
    sizes = [{"file_id": "small", "width": 90}, {"file_id": "large", "width": 1280, "file_size": 150_000}]
    event = received(message=message(GROUP, photo=sizes, caption="look", media_group_id="137"))
    [file] = event.files
    assert (event.kind, event.people) == ("image", [chat(-100123)])
    assert file == {"kind": "image", "file_id": "large", "content_type": "image/jpeg", "size": 150_000}
    assert event.content["media_group_id"] == "137"


def test_a_live_photo_is_kept_as_what_it_shows() -> None:
    event = received(message=message(live_photo={"video": {}}, photo=[{"file_id": "still"}]))
    assert (event.kind, [file["file_id"] for file in event.files]) == ("video", ["still"])


OTHERS = {
    "contact": {"phone_number": "+34600111222", "first_name": "Sara", "user_id": 4211},
    "location": {"latitude": 30.04, "longitude": 31.23},
    "poll": {"id": "5300", "question": "Best day?"},
    "dice": {"emoji": "🎲", "value": 6},
    "story": {"id": 1},
    "paid_media": {"star_count": 5},
    "checklist": {"title": "x"},
    "game": {"title": "x"},
}


@pytest.mark.parametrize("kind", OTHERS)
def test_every_other_kind_of_message(kind: str) -> None:
    event = received(message=message(**{kind: OTHERS[kind]}))
    assert (event.kind, event.content[kind], event.files) == (kind, OTHERS[kind], [])


def test_a_venue_is_more_than_the_location_that_comes_with_it() -> None:
    event = received(message=message(venue={"title": "Shop"}, location={"latitude": 1, "longitude": 2}))
    assert (event.kind, event.content["venue"]) == ("venue", {"title": "Shop"})


@pytest.mark.parametrize(
    "told", [{"new_chat_members": [SARA]}, {"left_chat_member": SARA}, {"pinned_message": {}}, {"hologram": {}}, {}]
)
def test_what_is_no_known_content_is_kept_as_service(told: Json) -> None:
    event = received(message=message(GROUP, **told))
    assert (event.kind, event.spoke) == ("service", True)
    assert told.items() <= event.content.items()


def test_of_an_answered_message_its_number_is_kept() -> None:
    answered = {"message_id": 40, "date": DATE, "chat": GROUP, "text": "S3cret words"}
    event = received(message=message(GROUP, text="yes", reply_to_message=answered))
    assert event.content["reply_to_message_id"] == 40
    assert "S3cret" not in str(event.content)


def test_an_edit_is_kept_beside_what_it_edits() -> None:
    first, again = (
        received(edited_message=message(text="now", edit_date=DATE + late, edited=True)) for late in (60, 120)
    )
    original = received(message=message(text="then"))
    assert (first.kind, first.content["text"], first.at) == ("edited", "now", (DATE + 60) * 1000)
    assert len({original.provider_id, first.provider_id, again.provider_id}) == 3
    assert received(edited_message=message(text="now", edit_date=DATE + 60)).provider_id == first.provider_id


def test_only_what_somebody_wrote_is_a_text() -> None:
    assert received(message=message(text="/stop")).text == "/stop"
    assert received(edited_message=message(text="stop", edit_date=DATE)).text == "stop"
    for told in ({"caption": "stop"}, {"text": 7}, {"sticker": {"file_id": "1"}}):
        assert received(message=message(**told)).text is None
    assert received(callback_query=PRESS | {"message": UNDER}).text is None


def test_a_post_of_a_channel_has_no_author() -> None:
    post = {"message_id": 9, "chat": {"id": -100555, "type": "channel"}, "date": DATE, "text": "News"}
    event = received(channel_post=post)
    assert (event.people, event.kind, event.provider_id) == ([chat(-100555)], "text", "-100555/9")
    edited = received(edited_channel_post={**post, "edit_date": DATE + 1})
    assert (edited.kind, edited.people) == ("edited", [chat(-100555)])


def test_an_anonymous_administrator_speaks_as_the_chat() -> None:
    anonymous = {"id": 1087968824, "is_bot": True}
    event = received(message={**message(GROUP, text="x", sender_chat=GROUP), "from": anonymous})
    assert event.people == [chat(-100123)]
    assert event.content["sender_chat"] == GROUP


def callback(**more: Any) -> Json:
    under = {"message_id": 50, "date": DATE, "chat": PRIVATE}
    return {"id": "438", "from": SARA, "message": under, "chat_instance": "-77", "data": "buy:42", **more}


def test_a_pressed_button_waits_for_its_answer() -> None:
    event = received(callback_query=callback())
    assert (event.kind, event.people, event.spoke) == ("button", [chat(4211)], True)
    assert event.content == {"button": {"payload": "buy:42", "from": SARA, "message_id": 50}}
    assert event.follow_up == {"callback_query_id": "438"}
    assert "438" in event.provider_id


@pytest.mark.parametrize("under", [None, {}, {"date": 0, "message_id": 50}, "x"])
def test_a_button_under_a_message_that_is_not_told_is_of_who_pressed_it(under: Any) -> None:
    assert received(callback_query=callback(message=under)).people == [chat(4211)]


def test_a_button_under_an_inaccessible_message() -> None:
    event = received(callback_query=callback(message={"chat": GROUP, "message_id": 50, "date": 0}))
    assert event.people == [chat(-100123)]


def test_a_vote_and_its_withdrawal_are_two_things() -> None:
    vote = {"poll_id": "5300", "user": SARA, "option_ids": [1]}
    first = received(poll_answer=vote)
    assert (first.kind, first.people) == ("poll_answer", [chat(4211)])
    assert first.content == {"poll_answer": vote}
    taken = received(update_id=9002, poll_answer={**vote, "option_ids": []})
    assert taken.provider_id != first.provider_id


def test_an_anonymous_voter_is_a_chat() -> None:
    event = received(poll_answer={"poll_id": "5300", "voter_chat": GROUP, "option_ids": [1]})
    assert event.people == [chat(-100123)]


def test_the_counts_of_a_poll_are_of_nobody_who_spoke() -> None:
    poll = {"id": "5300", "question": "Best day?", "total_voter_count": 2, "is_closed": True}
    event = received(poll=poll)
    assert (event.kind, event.people, event.spoke, event.content) == ("poll", [chat(int(BOT))], False, {"poll": poll})


def test_a_reaction_is_no_message() -> None:
    told = {"chat": GROUP, "message_id": 50, "user": SARA, "date": DATE, "new_reaction": [{"emoji": "👍"}]}
    event = received(message_reaction=told)
    assert (event.kind, event.spoke, event.people) == ("reaction", False, [chat(-100123)])
    assert (event.content, event.at) == ({"reaction": told}, DATE * 1000)


def membership(status: Any, of: Json = PRIVATE) -> list[Event]:
    member = {"user": {"id": int(BOT), "is_bot": True}, "status": status}
    return read(my_chat_member={"chat": of, "from": SARA, "date": DATE, "new_chat_member": member})


@pytest.mark.parametrize(
    ("status", "reachable"),
    [
        ("member", True),
        ("administrator", True),
        ("creator", True),
        ("restricted", True),
        ("left", False),
        ("kicked", False),
    ],
)
@pytest.mark.parametrize(("of", "code"), [(PRIVATE, "person_blocked"), (GROUP, "not_a_member")])
def test_who_shuts_the_bot_out_or_lets_it_in(status: str, reachable: bool, of: Json, code: str) -> None:
    kept, report = membership(status, of)
    assert isinstance(kept, InboundMessage)
    assert (kept.kind, kept.spoke, kept.content) == ("membership", False, {"membership": {"status": status}})
    assert report == Reachability(BOT, chat(of["id"]), reachable, DATE * 1000, code)


@pytest.mark.parametrize("status", [None, 7, {}, []])
def test_a_membership_that_says_nothing_shuts_nobody_out(status: Any) -> None:
    assert membership(status) == [NotUnderstood("my_chat_member")]


def test_a_group_that_moved() -> None:
    old = {"id": -77, "type": "group"}
    assert read(message=message(old, migrate_to_chat_id=-100123)) == [AddressMoved(BOT, chat(-77), chat(-100123))]


def test_the_same_told_from_the_new_group_moves_nothing() -> None:
    """The new group has such a service message too, with the id that it had."""
    [event] = read(message=message(GROUP, migrate_from_chat_id=-77))
    assert isinstance(event, InboundMessage)


@pytest.mark.parametrize(
    "kind",
    [
        "message_reaction_count",
        "chat_member",
        "chat_join_request",
        "chat_boost",
        "inline_query",
        "pre_checkout_query",
        "business_message",
        "purchased_paid_media",
        "something_of_next_year",
    ],
)
def test_unknown_kinds_are_counted_by_their_name(kind: str) -> None:
    assert read(**{kind: {"chat": PRIVATE}}) == [NotUnderstood(kind)]


@pytest.mark.parametrize("name", UPDATES)
@pytest.mark.parametrize("odd", [None, 7, "x", [], {}, {"chat": None}, {"chat": {"id": "4211"}}, {"id": None}])
def test_a_known_kind_that_says_nothing_is_counted(name: str, odd: Any) -> None:
    if name == "poll" and isinstance(odd, dict):
        return  # counts of a poll are kept as they are
    found = read(**{name: odd})
    assert [type(event) for event in found] == [NotUnderstood]


def test_every_update_that_is_asked_for_is_understood() -> None:
    told = {"id": "1", "poll_id": "1", "user": SARA, "from": SARA, "new_chat_member": {"status": "member"}}
    for name in UPDATES:
        assert not [each for each in read(**{name: {**message(), **told}}) if isinstance(each, NotUnderstood)]


def test_an_update_without_anything() -> None:
    assert read() == [NotUnderstood("update")]
    assert webhook.read(b'{"update_id": 1, "message": {}}', None) == [NotUnderstood("unbound")]


@pytest.mark.parametrize("date", [None, "x", -1, 0, 10**15, 1.5, {}])
def test_a_strange_time_is_no_time(date: Any) -> None:
    assert received(message={**message(text="x"), "date": date}).at == 0


def test_a_repeat_is_the_same_message() -> None:
    assert received(message=message(text="x")) == received(message=message(text="x"), update_id=9999)


WORDS = [*UPDATES, "chat", "id", "date", "message_id", "from", "user", "new_chat_member", "status", "photo", "document"]
WORDS += ["file_id", "file_size", "migrate_to_chat_id", "reply_to_message", "edit_date", "voter_chat", "data"]
SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.sampled_from(["member", 7])
JSON = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(WORDS), inner, max_size=6),
    max_leaves=25,
)
BODY = st.dictionaries(st.sampled_from(["chat", *WORDS]), JSON, max_size=10)


@given(st.sampled_from(UPDATES), BODY, st.booleans())
def test_any_update_is_understood_or_counted(name: str, body: Json, whole: bool) -> None:
    found = read(**{name: {**body, **({"chat": PRIVATE, "message_id": 7, "id": "x"} if whole else {})}})
    assert found
    for event in found:
        if isinstance(event, InboundMessage):
            assert event.people
            assert event.provider_id
            assert 0 <= event.at < 10**14
            assert all(isinstance(file["file_id"], str) for file in event.files)
            json.dumps(event.content)
