"""Every refusal of the Bot API (social.md §3.8) and what the caller does next."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from parley.errors import Disconnected, Moved, OutcomeUnknown, ProviderError, Rejected, Throttled
from parley.model.address import Address
from parley.model.content import Content, Kind
from parley.providers.provider import Outbound
from parley.providers.telegram.errors import DEFAULT_REST, classify

from tests.support.platforms import Telegram, bot_refuses, says


def refused(code: int, description: str, **parameters: Any) -> ProviderError:
    more = {"parameters": parameters} if parameters else {}
    return classify(code, {"ok": False, "error_code": code, "description": description, **more})


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (401, "Unauthorized"),
        (401, "Unauthorized: invalid token specified"),
        (404, "Not Found"),
        (409, "Conflict: terminated by other getUpdates request"),
        (421, "Misdirected Request"),
    ],
)
def test_a_token_that_is_not_good_disconnects(code: int, words: str) -> None:
    found = refused(code, words)
    assert type(found) is Disconnected
    assert found.provider_code == str(code)


@pytest.mark.parametrize(
    ("words", "ours"),
    [
        ("Forbidden: bot was blocked by the user", "person_blocked"),
        ("Forbidden: user is deactivated", "person_gone"),
        ("Forbidden: bot can't initiate conversation with a user", "chat_not_started"),
        ("Forbidden: bot was kicked from the group chat", "not_a_member"),
        ("Forbidden: bot was kicked from the supergroup chat", "not_a_member"),
        ("Forbidden: bot was kicked from the channel chat", "not_a_member"),
        ("Forbidden: bot is not a member of the supergroup chat", "not_a_member"),
        ("Forbidden: the group chat was deleted", "chat_gone"),
        ("Forbidden: something new", "person_blocked"),
        ("", "person_blocked"),
    ],
)
def test_403_shuts_the_person_out(words: str, ours: str) -> None:
    found = refused(403, words)
    assert isinstance(found, Rejected)
    assert (found.code, found.scope, found.provider_code) == (ours, "person", "403")


@pytest.mark.parametrize(
    ("words", "ours"),
    [
        ("Bad Request: chat not found", "unknown_chat"),
        ("Bad Request: private chat not found", "unknown_chat"),
        ("Bad Request: not enough rights to send text messages to the chat", "no_rights_in_chat"),
        ("Bad Request: need administrator rights in the channel chat", "no_rights_in_chat"),
        ("Bad Request: CHAT_WRITE_FORBIDDEN", "no_rights_in_chat"),
        ("Bad Request: message text is empty", "text_empty"),
        ("Bad Request: message is too long", "text_too_long"),
        ("Bad Request: message caption is too long", "caption_too_long"),
        ("Bad Request: can't parse entities: Unexpected end tag at byte offset 3", "broken_formatting"),
        ("Bad Request: wrong file identifier/HTTP URL specified", "media_failed"),
        ("Bad Request: failed to get HTTP URL content", "media_failed"),
        ("Bad Request: wrong type of the web page content", "media_failed"),
        ("Bad Request: reply markup is too long", "too_many_buttons"),
        ("Bad Request: BUTTON_DATA_INVALID", "payload_too_long"),
        ("Bad Request: PHOTO_INVALID_DIMENSIONS", "media_failed"),
        ("Bad Request: file is too big", "file_too_large"),
        ("Bad Request: message is not modified: specified new message content is the same", "message_unchanged"),
        ("Bad Request: message to delete not found", "message_gone"),
        ("Bad Request: message to edit not found", "message_gone"),
        ("Bad Request: message can't be edited", "too_late"),
        ("Bad Request: message can't be deleted for everyone", "too_late"),
        ("Bad Request: query is too old and response timeout expired or query ID is invalid", "rejected"),
        ("Bad Request: something new", "rejected"),
        ("", "rejected"),
    ],
)
@pytest.mark.parametrize("change", [str, str.upper, str.lower])
def test_400_concerns_this_message_alone(words: str, ours: str, change: Any) -> None:
    found = refused(400, change(words))
    assert isinstance(found, Rejected)
    assert (found.code, found.scope, found.provider_code) == (ours, "message", "400")


def test_413_is_a_file_that_is_too_large() -> None:
    found = refused(413, "Request Entity Too Large")
    assert isinstance(found, Rejected)
    assert (found.code, found.scope) == ("file_too_large", "message")


def test_a_group_that_became_a_supergroup_has_moved() -> None:
    found = refused(400, "Bad Request: group chat was upgraded", migrate_to_chat_id=-1001234567890)
    assert isinstance(found, Moved)
    assert (found.to, found.provider_code) == ("chat:-1001234567890", "400")


@pytest.mark.parametrize(
    ("given", "seconds"),
    [(17, 17.0), (1, 1.0), (86_400, 86_400.0), (0, DEFAULT_REST), (-5, DEFAULT_REST), ("17", DEFAULT_REST)],
)
def test_429_parks_the_whole_bot_for_as_long_as_it_says(given: Any, seconds: float) -> None:
    found = refused(429, "Too Many Requests: retry after 17", retry_after=given)
    assert isinstance(found, Throttled)
    assert (found.retry_after, found.scope, found.provider_code) == (seconds, "sender", "429")


@pytest.mark.parametrize("answer", [{}, {"parameters": None}, {"parameters": "x"}, {"parameters": []}])
def test_429_without_a_time_rests_for_a_moment(answer: dict[str, Any]) -> None:
    found = classify(429, {"ok": False, "error_code": 429, **answer})
    assert isinstance(found, Throttled)
    assert found.retry_after == DEFAULT_REST


@pytest.mark.parametrize("code", [500, 502, 503, 504])
@pytest.mark.parametrize("own", [True, False])
def test_a_fault_of_the_server_says_nothing(code: int, own: bool) -> None:
    answer = {"ok": False, "error_code": code, "description": "Internal Server Error: restart"} if own else {}
    assert type(classify(code, answer)) is OutcomeUnknown


@pytest.mark.parametrize("status", [200, 302, 400, 403, 404, 429])
def test_a_body_that_is_not_its_own_says_nothing(status: int) -> None:
    assert type(classify(status, {})) is OutcomeUnknown


OUTBOUND = Outbound(
    "o.m",
    Address.model_validate({"type": "chat", "value": "4211"}),
    Content(type=Kind.TEXT, text="Hi"),
    None,
    60,
    False,
)


def test_ok_false_in_a_200_is_no_success(telegram: Telegram) -> None:
    telegram.answer = says(200, {"ok": False, "error_code": 400, "description": "Bad Request: chat not found"})
    with pytest.raises(Rejected) as caught:
        telegram.send(OUTBOUND)
    assert caught.value.code == "unknown_chat"


def test_ok_in_an_error_is_no_success(telegram: Telegram) -> None:
    telegram.answer = says(500, {"ok": True, "result": {"message_id": 1}})
    with pytest.raises(OutcomeUnknown):
        telegram.send(OUTBOUND)


def test_a_description_is_never_repeated(telegram: Telegram) -> None:
    """It may hold the words of the message."""
    telegram.answer = bot_refuses(400, "Bad Request: can't parse entities: S3cret words at 4211")
    with pytest.raises(Rejected) as caught:
        telegram.send(OUTBOUND)
    assert "S3cret" not in f"{caught.value!r} {caught.value.message} {caught.value.provider_code}"


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["retry_after", "migrate_to_chat_id", "x"]), inner, max_size=3)
    ),
    max_leaves=8,
)


@given(
    st.integers(100, 599),
    st.dictionaries(st.sampled_from(["ok", "error_code", "description", "parameters", "result"]), JSON),
)
def test_any_answer_is_some_error(status: int, answer: dict[str, Any]) -> None:
    found = classify(status, answer)
    assert isinstance(found, ProviderError)
    if isinstance(found, Throttled):
        assert found.retry_after > 0
    if isinstance(found, Moved):
        assert found.to.startswith("chat:")
