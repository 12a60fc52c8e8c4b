"""list_suppressions: who is not written to on a channel, and why."""

from parley.store import opt_outs

from tests.support import builders
from tests.support.builders import ORGANIZATION, TELEGRAM, WHATSAPP
from tests.support.events import call, refused
from tests.support.time import Clock


def test_shows_typed_people_with_reason_and_time(time: Clock) -> None:
    builders.organization()
    builders.telegram()
    builders.suppressed("person_blocked", "chat:4211", TELEGRAM)
    builders.suppressed("not_a_member", "chat:-100123", TELEGRAM)
    items = call("list_suppressions", query={"channel_id": TELEGRAM}).body["items"]
    assert sorted((each["to"]["value"], each["reason"]) for each in items) == [
        ("-100123", "not_a_member"),
        ("4211", "person_blocked"),
    ]
    assert {(each["channel_id"], each["created_at"], each["to"]["type"]) for each in items} == {
        (TELEGRAM, time.text(), "chat")
    }


def test_an_opt_out_is_of_marketing_alone(time: Clock) -> None:
    """Beside a suppression of the same person, if there is one."""
    builders.organization()
    builders.telegram()
    opt_outs.stop(ORGANIZATION, TELEGRAM, "chat:4211", time())
    builders.suppressed("person_blocked", "chat:4211", TELEGRAM)
    items = call("list_suppressions", query={"channel_id": TELEGRAM}).body["items"]
    assert [(each["to"]["value"], each["reason"], each["scope"]) for each in items] == [
        ("4211", "person_blocked", "all"),
        ("4211", "opted_out", "marketing"),
    ]


def test_each_channel_has_a_list_of_its_own() -> None:
    builders.organization()
    builders.telegram()
    builders.channel(WHATSAPP)
    builders.suppressed(who="chat:4211", channel=TELEGRAM)
    assert call("list_suppressions").body == {"items": [], "next": None}


def test_of_a_channel_that_does_not_exist() -> None:
    builders.organization()
    assert refused(call("list_suppressions"))[:2] == (404, "not_found")
    assert refused(call("list_suppressions", query={"channel_id": None}))[::2] == (422, ["channel_id"])
