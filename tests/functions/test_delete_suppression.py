"""delete_suppression: a person is written to again."""

import pytest
from parley.model.suppression import SuppressionScope
from parley.store import opt_outs, people

from tests.support import builders, kept
from tests.support.builders import ORGANIZATION, PERSON, TELEGRAM, WHATSAPP
from tests.support.events import LEFT_OUT, call, refused
from tests.support.time import NOW, Clock


@pytest.fixture(autouse=True)
def _cast() -> None:
    builders.story()
    builders.telegram()


def test_who_is_off_the_list_is_written_to() -> None:
    builders.suppressed()
    assert call("delete_suppression").status == 204
    assert call("list_suppressions").body["items"] == []
    assert call("send_message").status == 202


def test_also_with_marketing(time: Clock) -> None:
    """Whether they were suppressed, opted out, or both."""
    for _ in range(2):
        opt_outs.stop(ORGANIZATION, WHATSAPP, f"phone:{PERSON}", time())
        assert call("delete_suppression").status == 204
        assert call("list_suppressions").body["items"] == []
        time.forward(1)
        builders.suppressed()
    with kept.nothing_changes():
        opt_outs.stop(ORGANIZATION, WHATSAPP, f"phone:{PERSON}", time() - 2000)  # a word from before


def test_under_the_platforms_number_for_them_too(time: Clock) -> None:
    """Somebody in Brazil or Mexico opted out: it stands under both numbers."""
    theirs = "phone:+34600111999"
    people.know_as(ORGANIZATION, WHATSAPP, f"phone:{PERSON}", theirs)
    for who in (f"phone:{PERSON}", theirs):
        opt_outs.stop(ORGANIZATION, WHATSAPP, who, time())
    assert call("delete_suppression").status == 204
    assert call("list_suppressions").body["items"] == []


@pytest.mark.parametrize("to", ["phone:+34600111222", "+34600111222", "34 600 111 222"])
def test_as_the_list_shows_them_or_as_in_a_send(to: str) -> None:
    builders.suppressed()
    assert call("delete_suppression", query={"to": to}).status == 204


@pytest.mark.parametrize("who", ["chat:4211", "chat:-100123", "username:@my_channel"])
def test_whoever_the_list_shows_can_be_named_by_it(who: str) -> None:
    builders.suppressed(who=who, channel=TELEGRAM)
    query = {"channel_id": TELEGRAM, "to": who}
    assert call("delete_suppression", query=query).status == 204
    assert refused(call("delete_suppression", query=query))[0] == 404


def test_who_is_not_on_the_list() -> None:
    with kept.nothing_changes():
        for channel in (WHATSAPP, None):
            assert refused(call("delete_suppression", query={"channel_id": channel}))[:2] == (404, "not_found")


def test_what_holds_everywhere_is_another_list(time: Clock) -> None:
    """Each is taken back where it stands."""
    builders.suppressed(channel="")
    with kept.nothing_changes():
        assert refused(call("delete_suppression"))[0] == 404
    builders.suppressed()
    assert call("delete_suppression", query={"channel_id": None}).status == 204
    assert [each["channel_id"] for each in call("list_suppressions", query={"channel_id": None}).body["items"]] == [
        WHATSAPP
    ]
    assert refused(call("send_message"))[1] == "person_suppressed"
    assert call("delete_suppression").status == 204
    assert call("send_message").status == 202


@pytest.mark.parametrize("channel", [WHATSAPP, None])
def test_everything_that_anybody_said(channel: str | None, time: Clock) -> None:
    where = {"channel_id": channel or LEFT_OUT}
    for scope in ("all", "marketing"):
        call("create_suppression", where | {"scope": scope})
    for of in SuppressionScope:
        opt_outs.stop(ORGANIZATION, channel or "", f"phone:{PERSON}", time(), scope=of)
    builders.suppressed(channel=channel or "")
    assert len(call("list_suppressions", query={"channel_id": None}).body["items"]) == 5
    assert call("delete_suppression", query={"channel_id": channel}).status == 204
    assert call("list_suppressions", query={"channel_id": None}).body["items"] == []
    assert call("send_message").status == 202


@pytest.mark.parametrize("to", [PERSON, "+34600111999"])
def test_everywhere_under_the_number_that_was_dialled(to: str) -> None:
    """The person wrote STOP by WhatsApp, which has another number for them."""
    theirs = "phone:+34600111999"
    people.know_as(ORGANIZATION, WHATSAPP, f"phone:{PERSON}", theirs)
    opt_outs.stop(ORGANIZATION, "", theirs, NOW)
    assert call("delete_suppression", query={"channel_id": None, "to": to}).status == 204
    assert call("list_suppressions", query={"channel_id": None}).body["items"] == []


@pytest.mark.parametrize(
    ("query", "status", "field"),
    [
        ({"to": None}, 422, "to"),
        ({"channel_id": ""}, 404, None),
        ({"channel_id": None, "to": "4211"}, 422, "to"),
        ({"to": "x"}, 422, "to"),
        ({"to": "x" * 301}, 422, "to"),
        ({"to": "phone:"}, 422, "to"),
        ({"to": "phone:" + "9" * 290}, 422, "to"),
        ({"channel_id": builders.KEY}, 404, None),
    ],
)
def test_bad_questions(query: dict[str, str | None], status: int, field: str | None) -> None:
    builders.suppressed()
    with kept.nothing_changes():
        found = refused(call("delete_suppression", query=query))
    assert (found[0], found[2]) == (status, [field] if field else [])
