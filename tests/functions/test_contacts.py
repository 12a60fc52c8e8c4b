"""contacts: people with typed addresses, each address of one contact only; changed without mixing two writers."""

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st
from parley.cloud.clients import client
from parley.errors import Invalid
from parley.model.contact import Contact, ContactChanges, read_identity
from parley.operations import contacts
from parley.store import contacts as store

from tests.support import audience, builders, kept
from tests.support.audience import ANA, CONTACT, GROUP, do
from tests.support.builders import ORGANIZATION, STRANGER
from tests.support.events import LEFT_OUT, Json, call, refused
from tests.support.time import Clock

OTHER, OTHER_GROUP = "other-contact", "other-group"


@pytest.fixture(autouse=True)
def _cast() -> Iterator[None]:
    builders.organization()
    yield
    audience.consistent()


def test_a_contact_is_kept_and_shown(time: Clock) -> None:
    answer = do("create_contact")
    identities = [{"type": "phone", "value": "+34600111222"}, {"type": "email", "value": "ana@example.com"}]
    wanted = {"organization_id": ORGANIZATION, "identities": identities, "name": "Ana Marín", "groups": []}
    wanted |= {"attributes": {"city": "Madrid", "last_order": "A-19"}, "time_zone": "Europe/Madrid", "language": "es"}
    stamps = {"created_at": time.text(), "updated_at": time.text()}
    assert (answer.status, answer.body) == (201, {"id": answer.body["id"], **wanted, **stamps})
    assert do("get_contact", path={"contact_id": answer.body["id"]}).body == answer.body
    assert do("list_contacts").body == {"items": [answer.body], "next": None}


def test_a_repeat_answers_the_same_contact_as_it_is_now() -> None:
    first = do("create_contact").body
    do("update_contact", {"name": "Ana"}, path={"contact_id": first["id"]})
    assert do("create_contact").body["name"] == "Ana"
    assert refused(do("create_contact", {"name": "Eve"}))[:2] == (409, "idempotency_key_reused")
    assert len(kept.items("CONTACT#")) == 1


def test_a_repeat_does_not_mind_that_its_group_is_gone() -> None:
    audience.group()
    first = do("create_contact", {"groups": [GROUP]}).body
    do("delete_group")
    assert do("create_contact", {"groups": [GROUP]}).body == first | {"groups": []}


@pytest.mark.parametrize(
    ("changes", "code", "fields"),
    [
        ({"identities": []}, "too_short", ["identities"]),
        ({"identities": LEFT_OUT}, "field_missing", ["identities"]),
        ({"identities": ["600111222", "+34600111222"]}, "invalid_number", ["identities.0"]),
        ({"identities": ["+34 600 111 222", "phone:+34600111222"]}, "identity_repeated", ["identities.1"]),
        ({"identities": ["email:ana", "bsuid:U S"]}, "invalid_address", ["identities.0", "identities.1"]),
        ({"identities": [f"chat:{i}" for i in range(1, 12)]}, "too_long", ["identities"]),
        ({"identities": ["chat:"]}, "invalid_address", ["identities.0"]),
        ({"identities": [f"chat:{'x' * 257}"]}, "invalid_address", ["identities.0"]),
        ({"identities": [f"username:{chr(0x130) * 256}"]}, "invalid_address", ["identities.0"]),
        ({"identities": [{"type": "pigeon", "value": "1"}]}, "string_type", ["identities.0", "identities.0.type"]),
        ({"name": " "}, "string_too_short", ["name"]),
        ({"time_zone": "Mars/Olympus"}, "value_error", ["time_zone"]),
        ({"language": "Spanish"}, "string_pattern_mismatch", ["language"]),
        ({"attributes": {"Phone 2": "x", "city": "z"}}, "reserved_name", ["attributes.Phone 2"]),
        ({"attributes": {"REASON": "y"}}, "reserved_name", ["attributes.REASON"]),
        ({"attributes": {"a": "x" * 1025}}, "string_too_long", ["attributes.a"]),
        ({"attributes": {f"a{i}": "x" * 500 for i in range(40)}}, "attributes_too_large", ["attributes"]),
        ({"attributes": {f"a{i}": "x" for i in range(51)}}, "too_long", ["attributes"]),
        ({"groups": ["nowhere"]}, "unknown_group", ["groups.0"]),
    ],
)
def test_what_cannot_be_a_contact_is_refused(changes: Json, code: str, fields: list[str]) -> None:
    with kept.nothing_changes():
        assert refused(do("create_contact", changes)) == (422, code, fields)


def test_everything_that_is_wrong_is_named_at_once() -> None:
    answer = do("create_contact", {"identities": ["12", "email:x"], "attributes": {"name": "x"}})
    assert refused(answer)[2] == ["identities.0", "identities.1", "attributes.name"]


def test_an_identity_belongs_to_one_contact() -> None:
    ana = audience.contact()
    with kept.nothing_changes():
        answer = do("create_contact", {"identities": ["+1 202 555 0111", "email:ANA@example.com", "0034600111222"]})
    assert refused(answer) == (409, "identity_taken", ["identities.1", "identities.2"])
    assert {each["reason"] for each in answer.body["errors"]} == {f"This identity belongs to the contact {ana.id}."}


def test_the_same_identity_in_another_organization_is_another() -> None:
    builders.organization(STRANGER)
    do("create_contact")
    assert do("create_contact", organization=STRANGER).status == 201
    audience.consistent(STRANGER)


@pytest.mark.parametrize(
    "identity", ["+34600111222", "34 600 111 222", " 34600111222", "phone:+34600111222", "email:Ana@Example.com "]
)
def test_a_contact_is_found_by_an_identity(identity: str) -> None:
    audience.contact()
    audience.contact(OTHER, "phone:+34600111333")
    found = do("list_contacts", query={"identity": identity}).body
    assert ([each["id"] for each in found["items"]], found["next"]) == ([CONTACT], None)
    assert do("list_contacts", query={"identity": "phone:+34600111444"}).body["items"] == []


def test_nobody_is_found_by_what_is_no_identity() -> None:
    assert refused(do("list_contacts", query={"identity": "Ana"})) == (422, "invalid_number", ["identity"])
    assert refused(do("list_contacts", query={"identity": ""})) == (422, "invalid_address", ["identity"])


def test_given_fields_change_and_the_others_stay(time: Clock) -> None:
    ana = audience.contact(time_zone="Europe/Madrid")
    time.forward(60)
    body = do("update_contact").body
    attributes = {"city": "Sevilla", "last_order": "A-20"}
    assert body == ana.model_dump(mode="json") | {"attributes": attributes, "updated_at": time.text()}
    assert do("get_contact").body == body
    assert do("update_contact", {"time_zone": None, "name": None}).body["time_zone"] is None
    assert do("get_contact").body["name"] is None


def test_a_change_to_what_is_already_there_changes_nothing(time: Clock) -> None:
    audience.contact(attributes={"city": "Sevilla", "last_order": "A-20"})
    time.forward(60)
    with kept.nothing_changes():
        assert do("update_contact").status == 200


def test_identities_that_go_are_free_at_once() -> None:
    audience.contact()
    audience.contact(OTHER, "chat:4211")
    do("update_contact", {"identities": ["chat:4212", "email:ana@example.com"], "attributes": LEFT_OUT})
    answer = do("update_contact", {"identities": ["+34600111222"]}, path={"contact_id": OTHER})
    assert answer.status == 200
    assert refused(do("update_contact", {"identities": [ANA]}))[1] == "identity_taken"


def test_memberships_follow_the_groups_that_are_given() -> None:
    for group in (GROUP, OTHER_GROUP):
        audience.group(group, name=group)
    audience.contact(groups=[GROUP])
    assert do("update_contact", {"groups": [OTHER_GROUP, OTHER_GROUP]}).body["groups"] == [OTHER_GROUP]
    assert (audience.members(), audience.members(OTHER_GROUP)) == ([], [CONTACT])
    assert refused(do("update_contact", {"groups": ["nowhere", GROUP]})) == (422, "unknown_group", ["groups.0"])
    assert do("update_contact", {"groups": []}).body["groups"] == []


def test_more_changes_than_one_transaction_takes_are_refused() -> None:
    names = [f"group-{i:02}" for i in range(80)]
    for name in names:
        audience.group(name, name=name)
    audience.contact(groups=names[:40])
    with kept.nothing_changes():
        assert refused(do("update_contact", {"groups": names[40:]}))[:2] == (422, "too_many_changes")
    assert do("update_contact", {"groups": names[20:60]}).status == 200
    assert do("delete_contact").status == 204


def test_a_deleted_contact_leaves_nothing_behind() -> None:
    audience.group()
    audience.contact(groups=[GROUP])
    assert do("delete_contact").status == 204
    assert refused(do("get_contact"))[:2] == refused(do("delete_contact"))[:2] == (404, "not_found")
    assert (kept.items("CONTACT#"), audience.members()) == ([], [])
    assert do("create_contact").status == 201


def test_another_contact_may_have_the_identities_of_a_deleted_one() -> None:
    audience.contact()
    do("delete_contact")
    audience.contact(OTHER)
    assert do("list_contacts", query={"identity": ANA}).body["items"][0]["id"] == OTHER


def test_two_writers_never_mix(monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody else changes the contact between the read and the write: the change begins anew."""
    audience.group()
    audience.contact()
    replace, others = store.replace, iter([lambda: call("add_group_members"), lambda: do("update_contact")])

    def late(old: Contact, new: Contact) -> bool:
        for act in others:
            act()
            break
        return replace(old, new)

    monkeypatch.setattr(store, "replace", late)
    body = contacts.update(ORGANIZATION, CONTACT, ContactChanges(name="Ana"))
    assert (body.name, body.groups, body.attributes["city"]) == ("Ana", [GROUP], "Sevilla")


def test_who_is_changed_all_the_time_is_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    audience.contact()
    monkeypatch.setattr(store, "replace", lambda old, new: False)
    monkeypatch.setattr(store, "delete", lambda old: False)
    assert refused(do("update_contact"))[:2] == refused(do("delete_contact"))[:2] == (409, "contact_changed")


def test_the_largest_contact_stays_far_below_what_an_item_holds() -> None:
    groups = [f"{'g' * 62}{i:02}" for i in range(40)]
    for i, group in enumerate(groups):
        audience.group(group, name=f"group {i}")
    identities = [{"type": "bsuid", "value": f"{i}" + "😀" * 200} for i in range(10)]
    attributes = {f"{i:02}" + "n" * 62: "v" * 260 for i in range(50)}
    answer = do("create_contact", {"identities": identities, "attributes": attributes, "groups": groups})
    assert answer.status == 201
    key = {"pk": {"S": f"ORG#{ORGANIZATION}#CONTACTS"}, "sk": {"S": f"CONTACT#{answer.body['id']}"}}
    item = client("dynamodb").get_item(TableName="parley-data", Key=key)["Item"]
    assert len(str(item).encode()) < 40_000
    do("delete_contact", path={"contact_id": answer.body["id"]})
    assert len(kept.items("MEMBER#")) == 0


@given(st.text(max_size=40))
def test_an_identity_is_read_once_and_for_all(text: str) -> None:
    """What was read is read again as the same, and nothing else than a refusal comes of garbage."""
    for given_as in (text, f"email:{text}", f"chat:{text}", f"username:{text}", f"phone:{text}"):
        try:
            found = read_identity(given_as, "to")
        except Invalid:
            continue
        assert read_identity(found.key, "to") == read_identity(found, "to") == found
