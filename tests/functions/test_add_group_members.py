"""add_group_members: up to 1,000 at a time, and what became of each; a repeat goes on where one broke off."""

from collections.abc import Iterator
from contextlib import suppress

import pytest
from parley.store import contacts, memberships

from tests.support import audience, builders, kept
from tests.support.audience import CONTACT, GROUP
from tests.support.builders import ORGANIZATION, STRANGER
from tests.support.events import Json, call, refused
from tests.support.faults import Faults, Killed

NAME = "add_group_members"


@pytest.fixture(autouse=True)
def _cast() -> Iterator[None]:
    builders.organization()
    audience.group()
    yield
    audience.consistent()


def answer(**lists: list[str]) -> Json:
    return {"added": [], "present": [], "unknown": [], "full": [], **lists}


def test_it_tells_what_became_of_each() -> None:
    for i in range(40):
        audience.group(f"group-{i}", name=f"group {i}")
    audience.contact()
    audience.contact("inside", "chat:1", groups=[GROUP])
    audience.contact("everywhere", "chat:2", groups=[f"group-{i}" for i in range(40)])
    wanted = [CONTACT, "inside", "nobody", "everywhere", CONTACT]
    told = call(NAME, {"contact_ids": wanted})
    assert told.status == 200
    assert told.body == answer(added=[CONTACT], present=["inside"], unknown=["nobody"], full=["everywhere"])
    again = call(NAME, {"contact_ids": wanted}).body
    assert again == answer(present=[CONTACT, "inside"], unknown=["nobody"], full=["everywhere"])


def test_a_thousand_at_a_time() -> None:
    ids = audience.crowd(60)
    wanted = [*ids, *(f"nobody-{i}" for i in range(940))]
    told = call(NAME, {"contact_ids": wanted}).body
    assert told == answer(added=ids, unknown=wanted[60:])
    assert audience.members() == ids
    assert refused(call(NAME, {"contact_ids": [*wanted, "one-more"]})) == (422, "too_long", ["contact_ids"])
    assert refused(call(NAME, {"contact_ids": []})) == (422, "too_short", ["contact_ids"])


def test_contacts_of_others_are_unknown() -> None:
    builders.organization(STRANGER)
    audience.contact(organization_id=STRANGER)
    assert call(NAME).body == answer(unknown=[CONTACT])


@pytest.mark.parametrize("how", ["before", "after", "error"])
def test_a_death_at_any_call_loses_nobody(how: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memberships, "AT_ONCE", 3)
    ids = audience.crowd(5)
    faults = Faults()
    faults.install()
    for nth in range(1, 20):
        faults.arm(nth, how)
        with suppress(Killed):
            call(NAME, {"contact_ids": ids})
        faults.disarm()
        audience.consistent()
        told = call(NAME, {"contact_ids": ids}).body
        assert sorted(told["added"] + told["present"]) == ids
        call("remove_group_members", {"contact_ids": ids})
        if not faults.fired:
            break
    assert nth > 5


def test_who_is_deleted_meanwhile_is_unknown(monkeypatch: pytest.MonkeyPatch) -> None:
    ids = audience.crowd(3)
    get_many, others = contacts.get_many, iter([ids[1]])

    def early(organization: str, wanted: list[str]) -> object:
        found = get_many(organization, wanted)
        for other in others:
            audience.do("delete_contact", path={"contact_id": other})
        return found

    monkeypatch.setattr(contacts, "get_many", early)
    assert call(NAME, {"contact_ids": ids}).body == answer(added=[ids[0], ids[2]], unknown=[ids[1]])


def test_who_changes_all_the_time_is_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    audience.contact()
    monkeypatch.setattr(contacts, "written", lambda writes: False)
    with kept.nothing_changes():
        assert refused(call(NAME))[:2] == (409, "contact_changed")


def test_a_group_that_is_not_there_takes_nobody() -> None:
    audience.contact()
    with kept.nothing_changes():
        assert refused(call(NAME, path={"group_id": "nowhere"}))[:2] == (404, "not_found")
    assert call(NAME, organization=ORGANIZATION).status == 200
