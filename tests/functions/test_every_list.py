"""What holds for every list: complete page by page, and no cursor but its own goes on."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
from parley.store import channel_events

from tests.support import audience, builders, cursors, endpoints, kept, media_files, runs
from tests.support.builders import ORGANIZATION, PROVIDER, WHATSAPP
from tests.support.events import Answer, call, refused
from tests.support.time import NOW, Clock

IDS = ["0de4814e-9894-4ea5-be8c-3d96d03edfb5", "1670b671-4f2e-40b9-9bc6-39ef35547468", builders.MESSAGE]


def _channels() -> None:
    for id in IDS:
        builders.channel(id)


def _channel_events() -> None:
    builders.channel()
    for kind in ("bound", "tested", "unbound"):
        channel_events.log(ORGANIZATION, WHATSAPP, kind, NOW)


def _templates() -> None:
    for number, id in enumerate(IDS):
        builders.template(id, name=f"order_{number}")


def _messages() -> None:
    for id in IDS:
        builders.message(id, reference="order-A-19")


def _suppressions() -> None:
    if not kept.items("CHANNEL#"):
        builders.channel()
    for number, reason in enumerate(("person_blocked", "person_gone", "asked_us")):
        builders.suppressed(reason, f"phone:+3460011122{number}")


def _media() -> None:
    if not kept.items("CHANNEL#"):
        builders.channel()
    for id in IDS:
        media_files.media(id)


def _keys() -> None:
    for id in IDS:
        builders.key(f"sk_live_{id}", id=id)


def _rules() -> None:
    for id in IDS:
        builders.fallback_rule(id)


def _policies() -> None:
    builders.fallback_rule()
    for id in IDS:
        builders.fallback_policy(id)


def _resources() -> None:
    for id in IDS:
        builders.scheduling_resource(id)


def _systems() -> None:
    if not kept.items("CHANNEL#"):
        builders.channel()
    for id in IDS:
        builders.business_system(id)


def _intents() -> None:
    builders.business_system()
    for number, id in enumerate(IDS):
        builders.intent(id, code=f"intent_{number}", keywords=[])


def _endpoints() -> None:
    for id in IDS:
        endpoints.endpoint(id)


def _deliveries() -> None:
    for number in range(3):
        endpoints.made_at(NOW + number)


def _contacts() -> None:
    for number, id in enumerate(IDS):
        audience.contact(id, audience.number(number))


def _groups() -> None:
    for id in IDS:
        audience.group(id, name=id)


def _members() -> None:
    audience.group()
    for number, id in enumerate(IDS):
        audience.contact(f"member-{id[:8]}", f"chat:{number + 1}", groups=[audience.GROUP])


def _broadcasts() -> None:
    for id in IDS:
        runs.broadcast(id, rows=1)


def _rows() -> None:
    runs.broadcast()


def _customers() -> None:
    for id in IDS:
        builders.organization(id, owner=PROVIDER)


@dataclass(frozen=True)
class List:
    name: str
    fill: Callable[[], None]
    query: tuple[tuple[str, str | None], ...] = ()
    other: tuple[str, str] = ("organization_id", ORGANIZATION)
    key: str = "id"

    def page(self, next: str | None = None, limit: int | str = 1, **query: str) -> Answer:
        return call(self.name, query={**dict(self.query), **query, "limit": str(limit), "next": next})

    def rows(self, limit: int) -> Iterator[str]:
        answer = self.page(limit=limit)
        while True:
            assert answer.status == 200
            assert len(answer.body["items"]) <= limit
            yield from (item[self.key] for item in answer.body["items"])
            if answer.body["next"] is None:
                return
            answer = self.page(answer.body["next"], limit)


BY = (("channel_id", None), ("since", None))
LISTS = [
    List("list_channels", _channels, (("type", None), ("is_active", None)), ("is_active", "true")),
    List("list_channel_events", _channel_events, key="kind"),
    List("list_templates", _templates, (("status", None),), ("status", "approved")),
    List("list_messages", _messages, (("channel_id", WHATSAPP),), ("status", "queued")),
    List("list_messages", _messages, (*BY, ("to", builders.PERSON)), ("reference", "order-A-19")),
    List("list_messages", _messages, (*BY, ("reference", "order-A-19")), ("status", "queued")),
    List("list_suppressions", _suppressions, key="reason"),
    List("list_suppressions", _suppressions, (("channel_id", None),), ("channel_id", WHATSAPP), key="reason"),
    List("list_media", _media, (("kind", None),), ("kind", "image")),
    List("fallback_rules.list_fallback_rules", _rules),
    List("fallback_policies.list_fallback_policies", _policies),
    List("scheduling_resources.list_scheduling_resources", _resources),
    List("business_systems.list_business_systems", _systems, (("channel_id", None),), ("channel_id", WHATSAPP)),
    List("intents.list_intents", _intents, (("channel_id", None),), ("business_system_id", builders.SYSTEM)),
    List("receipt_endpoints.list_receipt_endpoints", _endpoints, (("channel_id", None),), ("channel_id", WHATSAPP)),
    List("list_receipt_deliveries", _deliveries, (), ("status", "waiting")),
    List("contacts.list_contacts", _contacts),
    List("groups.list_groups", _groups),
    List("list_group_members", _members),
    List("list_broadcasts", _broadcasts, (("channel_id", None), ("status", None)), ("status", "running")),
    List("list_broadcast_rows", _rows, (("status", None),), ("status", "waiting"), "line"),
    List("list_api_keys", _keys),
    List("list_organizations", _customers),
]


@pytest.fixture(params=LISTS, ids=lambda each: f"{each.name}-{len(each.query)}")
def filled(request: pytest.FixtureRequest, time: Clock) -> List:
    each: List = request.param
    builders.organization(PROVIDER, kind="service_provider")
    builders.organization(ORGANIZATION)
    each.fill()
    return each


@pytest.mark.parametrize("limit", [1, 2, 100])
def test_pages_are_complete_and_without_repeats(filled: List, limit: int) -> None:
    found = list(filled.rows(limit))
    whole = [item[filled.key] for item in filled.page(limit=100).body["items"]]
    assert found == whole
    assert len(set(found)) == len(found) == (4 if filled.name == "list_organizations" else 3)


@pytest.mark.parametrize("limit", ["0", "101", "-1", "many"])
def test_a_page_has_one_to_a_hundred_rows(filled: List, limit: str) -> None:
    status, _, fields = refused(filled.page(limit=limit))
    assert (status, fields) == (422, ["limit"])


def test_garbage_is_no_cursor(filled: List) -> None:
    for cursor in cursors.GARBAGE:
        assert refused(filled.page(cursor)) == (400, "bad_cursor", ["next"]), cursor
    assert refused(filled.page("x" * 2001))[::2] == (422, ["next"])


def test_a_cursor_of_another_list_does_not_go_on(filled: List) -> None:
    for each in LISTS:
        if each.name != filled.name:
            each.fill()
            assert refused(filled.page(each.page().body["next"])) == (400, "bad_cursor", ["next"]), each.name


def test_nor_one_of_other_filters(filled: List) -> None:
    if filled.other[0] != "organization_id":
        cursor = filled.page().body["next"]
        assert refused(filled.page(cursor, **dict([filled.other]))) == (400, "bad_cursor", ["next"])


def test_a_made_up_position_never_leaves_the_list(filled: List) -> None:
    """What cannot be told from a real position goes on in the same list; everything else is refused."""
    cursor, own = filled.page().body["next"], set(filled.rows(100))
    with kept.nothing_changes():
        for each in cursors.made_up(cursor):
            answer = filled.page(each)
            if answer.status == 200:
                assert {item[filled.key] for item in answer.body["items"]} <= own
            else:
                assert refused(answer) == (400, "bad_cursor", ["next"]), cursors.read(each)


def test_a_position_in_another_partition_is_refused(filled: List) -> None:
    """What DynamoDB would refuse too; here it is refused before it is asked."""
    cursor = filled.page().body["next"]
    position = cursors.read(cursor)[1]
    if position.keys() == {"row"}:
        return  # the number of a row, of the one broadcast that was asked for
    inside = next((name for name in ("start", "after") if position.get(name)), None)
    key = position[inside] if inside else position
    partition = next(
        name for name in ("day_list", "person", "reference_key", "pk", "age", "after", "start") if name in key
    )
    moved = {**key, partition: "ORG#foreign"}
    assert refused(filled.page(cursors.altered(cursor, {**position, inside: moved} if inside else moved)))[0] == 400
