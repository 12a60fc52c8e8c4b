"""groups: named sets of contacts; a name belongs to one group, and what is in use stays."""

from collections.abc import Iterator

import pytest
from parley.model.group import Group
from parley.operations import groups
from parley.settings import settings
from parley.store import groups as store

from tests.support import audience, builders, kept
from tests.support.audience import CONTACT, GROUP, do
from tests.support.builders import ORGANIZATION, STRANGER
from tests.support.events import LEFT_OUT, Json, call, refused
from tests.support.time import Clock

OTHER = "other-group"
JOB = {"kind": "end_group", "organization": ORGANIZATION, "group": GROUP}


@pytest.fixture(autouse=True)
def _cast() -> Iterator[None]:
    builders.organization()
    yield
    audience.consistent()


def test_a_group_is_kept_and_shown(time: Clock) -> None:
    answer = do("create_group")
    wanted = {"organization_id": ORGANIZATION, "name": "Regular customers", "member_count": 0}
    stamps = {"created_at": time.text(), "updated_at": time.text()}
    assert (answer.status, answer.body) == (201, {"id": answer.body["id"], **wanted, **stamps})
    assert do("get_group", path={"group_id": answer.body["id"]}).body == answer.body
    assert do("list_groups").body["items"] == [answer.body | {"member_count": None}]


def test_it_may_begin_with_members() -> None:
    members = audience.crowd(40)
    made = do("create_group", {"members": [*members, *members][:40]}).body
    assert made["member_count"] == 40
    assert audience.members(made["id"]) == members


def test_a_repeat_answers_the_same_group_as_it_is_now() -> None:
    first = do("create_group").body
    do("update_group", path={"group_id": first["id"]})
    assert do("create_group").body == first | {"name": "Friends of the house"}
    assert refused(do("create_group", {"name": "Other"}))[:2] == (409, "idempotency_key_reused")


@pytest.mark.parametrize("name", ["regular customers", "REGULAR  Customers ", "\uff32egular customers"])
def test_a_name_belongs_to_one_group(name: str) -> None:
    audience.group()
    with kept.nothing_changes():
        answer = do("create_group", {"name": name})
    assert refused(answer) == (409, "name_taken", ["name"])
    assert GROUP in answer.body["detail"]
    audience.group(OTHER, name="Others")
    assert refused(do("update_group", {"name": name}, path={"group_id": OTHER}))[1] == "name_taken"


def test_a_name_of_ligatures_is_a_name_too() -> None:
    """As a whole it is longer than what a key has room for."""
    made = do("create_group", {"name": "\ufdfa" * 50})
    assert made.status == 201
    assert len(kept.items("GROUPNAME#")[0]["sk"].encode()) < 1024
    assert refused(do("create_group", {"name": "\ufdfa" * 50}, headers={"idempotency-key": "x"}))[1] == "name_taken"


def test_the_same_name_in_another_organization_is_another() -> None:
    builders.organization(STRANGER)
    do("create_group")
    assert do("create_group", organization=STRANGER).status == 201


@pytest.mark.parametrize(
    ("changes", "code", "fields"),
    [
        ({"name": " "}, "string_too_short", ["name"]),
        ({"name": "x" * 51}, "string_too_long", ["name"]),
        ({"name": LEFT_OUT}, "field_missing", ["name"]),
        ({"members": ["nobody", CONTACT, "nobody else"]}, "string_pattern_mismatch", ["members.2"]),
        ({"members": ["nobody", CONTACT]}, "unknown_contact", ["members.0"]),
        ({"members": [CONTACT] * 41}, "too_long", ["members"]),
    ],
)
def test_what_cannot_be_a_group_is_refused(changes: Json, code: str, fields: list[str]) -> None:
    audience.contact()
    with kept.nothing_changes():
        assert refused(do("create_group", changes)) == (422, code, fields)


def test_who_is_in_too_many_groups_is_no_first_member() -> None:
    for i in range(40):
        audience.group(f"group-{i}", name=f"group {i}")
    audience.contact(groups=[f"group-{i}" for i in range(40)])
    assert refused(do("create_group", {"members": [CONTACT]})) == (422, "too_many_groups", ["members.0"])


def test_there_are_only_so_many_groups(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GROUP_LIMIT", "2")
    settings.cache_clear()
    audience.group()
    audience.group(OTHER, name="Others")
    with kept.nothing_changes():
        assert refused(do("create_group", {"name": "One more"}))[:2] == (409, "group_limit")
    do("delete_group")
    assert do("create_group", {"name": "One more"}).status == 201


def test_another_name_changes_nothing_else(time: Clock) -> None:
    audience.group(members=audience.crowd(3))
    before = do("get_group").body
    time.forward(60)
    body = do("update_group").body
    assert body == before | {"name": "Friends of the house", "updated_at": time.text()}
    assert do("get_group").body == body
    assert do("update_group", {"name": "FRIENDS of the house"}).body["name"] == "FRIENDS of the house"
    assert do("create_group").status == 201, "its old name is free"


def test_a_group_is_deleted_and_its_contacts_stay() -> None:
    ids = audience.crowd(60)
    audience.group(members=ids[:40])
    call("add_group_members", {"contact_ids": ids})
    assert do("delete_group").status == 204
    assert refused(do("delete_group"))[:2] == refused(do("get_group"))[:2] == (404, "not_found")
    assert (kept.items("MEMBER#"), kept.items("GROUP"), len(kept.items("CONTACT#"))) == ([], [], 60)
    assert all(each["groups"] == [] for each in do("list_contacts", query={"limit": "100"}).body["items"])
    assert kept.queued("JobsQueue") == [JOB]


def test_a_large_one_is_gone_at_once_too_and_a_job_takes_its_members_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(groups, "AT_ONCE", 49)
    audience.group()
    call("add_group_members", {"contact_ids": audience.crowd(120)})
    assert do("delete_group").status == 204
    assert len(kept.items("MEMBER#")) == 71
    assert refused(do("get_group"))[0] == refused(call("list_group_members"))[0] == 404
    assert all(each["groups"] == [] for each in do("list_contacts", query={"limit": "100"}).body["items"])
    assert do("create_group").status == 201, "its name is free"
    assert (kept.queued("JobsQueue"), kept.delays("JobsQueue")) == ([JOB, JOB], [60, 0])
    groups.end(ORGANIZATION, GROUP)
    groups.end(ORGANIZATION, GROUP)
    assert kept.items("MEMBER#") == []
    assert len(kept.items("GROUP#")) == 1


def test_the_job_leaves_every_other_group_alone() -> None:
    audience.group(members=audience.crowd(3))
    with kept.nothing_changes():
        groups.end(ORGANIZATION, GROUP)
        groups.end(ORGANIZATION, "nowhere")


def test_nobody_comes_into_a_group_that_is_being_deleted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(groups, "AT_ONCE", 0)
    audience.group(members=audience.crowd(1))
    audience.contact()
    first = do("create_group", {"name": "Second"}, path={"group_id": GROUP}).body
    do("delete_group")
    do("delete_group", path={"group_id": first["id"]})
    assert refused(call("add_group_members"))[0] == 404
    assert refused(do("update_contact", {"groups": [GROUP]})) == (422, "unknown_group", ["groups.0"])
    assert not store.use(ORGANIZATION, GROUP, "broadcast Spring offers")
    assert do("delete_group").status == 204, "a repeat goes on"


def test_a_repeat_does_not_find_a_group_that_is_being_deleted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(groups, "AT_ONCE", 0)
    made = do("create_group", {"members": audience.crowd(1)}).body
    do("delete_group", path={"group_id": made["id"]})
    assert refused(do("create_group", {"members": ["contact-00000"]}))[:2] == (409, "group_ending")


def test_a_group_in_use_stays_and_tells_by_what() -> None:
    audience.group()
    for user in ("broadcast Spring offers", "broadcast Summer", "broadcast Summer"):
        assert store.use(ORGANIZATION, GROUP, user)
    with kept.nothing_changes():
        answer = do("delete_group")
    assert refused(answer) == (409, "group_in_use", ["group_id", "group_id"])
    assert answer.body["errors"][0]["reason"] == "The broadcast Spring offers uses it."
    for user in ("broadcast Summer", "broadcast Spring offers", "broadcast Spring offers"):
        store.unuse(ORGANIZATION, GROUP, user)
    assert do("delete_group").status == 204


def test_whoever_begins_to_use_it_meanwhile_keeps_it(monkeypatch: pytest.MonkeyPatch) -> None:
    audience.group()
    close = store.close

    def late(group: Group) -> bool:
        store.use(ORGANIZATION, GROUP, "broadcast Spring offers")
        return close(group)

    monkeypatch.setattr(store, "close", late)
    assert refused(do("delete_group"))[:2] == (409, "group_in_use")
    assert do("get_group").status == 200


def test_nothing_uses_a_group_that_is_not_there() -> None:
    assert not store.use(ORGANIZATION, GROUP, "broadcast Spring offers")
    store.unuse(ORGANIZATION, GROUP, "broadcast Spring offers")
    assert kept.items("USES#") == []


def test_a_rename_that_meets_another_begins_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    audience.group()
    rename, others = store.rename, iter(["Second name"])

    def late(group: Group, name: str, now: int) -> bool:
        for other in others:
            assert rename(group, other, now)
        return rename(group, name, now)

    monkeypatch.setattr(store, "rename", late)
    assert do("update_group").body["name"] == "Friends of the house"
    monkeypatch.setattr(store, "rename", lambda *_: False)
    assert refused(do("update_group", {"name": "Third"}))[:2] == (409, "group_changed")
