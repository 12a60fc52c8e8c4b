"""list_suppressions: who is not written to, and why."""

from collections.abc import Iterator

from parley.model.suppression import SuppressionScope
from parley.store import opt_outs, suppressions

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
    assert refused(call("list_suppressions", query={"channel_id": ""}))[:2] == (404, "not_found")


CHANNELS = ["aaa", TELEGRAM, WHATSAPP, "zzz"]


def _everybody() -> list[tuple[str | None, str]]:
    """People on several channels and everywhere: where, and who, as the list has them."""
    builders.organization()
    for channel in CHANNELS:
        builders.channel(channel)
    for channel in [*CHANNELS[1:], ""]:
        for number in range(3):
            builders.suppressed("person_gone", f"phone:+3460011122{number}", channel)
    order = ["", *sorted(CHANNELS[1:])]
    return [(channel or None, f"+3460011122{number}") for channel in order for number in range(3)]


def _pages(limit: int) -> Iterator[list[tuple[str | None, str]]]:
    next_page = None
    while True:
        body = call("list_suppressions", query={"channel_id": None, "limit": str(limit), "next": next_page}).body
        yield [(each["channel_id"], each["to"]["value"]) for each in body["items"]]
        next_page = body["next"]
        if next_page is None:
            return


def test_without_a_channel_what_holds_everywhere_comes_first_then_channel_by_channel() -> None:
    everybody = _everybody()
    for limit in (1, 2, 3, 5, 12, 100):
        pages = list(_pages(limit))
        assert [each for page in pages for each in page] == everybody
        assert max(map(len, pages)) <= limit
    assert [len(page) for page in _pages(5)] == [5, 5, 2]


def test_a_channel_that_is_deleted_meanwhile_ends_no_list() -> None:
    everybody = _everybody()
    first = call("list_suppressions", query={"channel_id": None, "limit": "4"}).body
    [gone] = {each["channel_id"] for each in first["items"]} - {None}
    assert call("delete_channel", path={"channel_id": gone}).status == 204
    rest = call("list_suppressions", query={"channel_id": None, "limit": "100", "next": first["next"]}).body
    found = [(each["channel_id"], each["to"]["value"]) for each in rest["items"]]
    assert found == [each for each in everybody if each[0] not in (None, gone)]


def test_what_is_over_fills_no_page(time: Clock) -> None:
    everybody = _everybody()
    ended = [f"phone:+346002222{number:02}" for number in range(30)]
    for who in ended:
        suppressions.bar((ORGANIZATION, "", who), SuppressionScope.ALL, "for_a_while", time(), time() + 1000)
    time.forward(1)
    assert [each for page in _pages(5) for each in page] == everybody
    assert next(_pages(5)) == everybody[:5]
