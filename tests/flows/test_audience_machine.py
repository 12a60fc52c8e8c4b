"""Contacts, groups, members and imports in any order, and deaths at any call: whatever was broken off, an identity has
one owner, a membership two ends, a name one group, and every row of an import is counted once."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from moto.dynamodb.models import dynamodb_backends
from moto.sqs.models import sqs_backends
from parley.cloud import clock, files
from parley.cloud.clients import AWS_ERRORS
from parley.errors import ParleyError
from parley.model import ids
from parley.model.contact import Contact, ContactChanges, NewContact
from parley.model.contact_import import ImportStatus, NewContactImport
from parley.model.group import GroupChanges, NewGroup
from parley.operations import contact_imports, contact_writes, contacts, groups, jobs, members
from parley.store import contact_imports as imports
from parley.store import contacts as contact_store
from parley.store import groups as group_store

from tests.support import audience, builders, direct, kept
from tests.support.builders import ORGANIZATION
from tests.support.cloud import REGION, account
from tests.support.faults import Faults, Killed
from tests.support.time import Clock

EXAMPLES, STEPS = 30, 40
ADDRESSES = [*(f"+3460011122{i}" for i in range(8)), *(f"chat:{i}" for i in range(1, 5))]
IDENTITIES = st.lists(st.sampled_from(ADDRESSES), min_size=1, max_size=2, unique=True)
NAMES = st.sampled_from(["Ana", "Bob", "Eve"])
GROUP_NAMES = st.sampled_from(["Regulars", "REGULARS", "Friends", "Others"])
SOME = st.lists(st.integers(0, 5), max_size=3)
ONE = st.integers(0, 5)
HOW = st.sampled_from(["before", "after", "error"])
DEATH = st.sampled_from([0, 0, 8]).flatmap(lambda most: st.tuples(st.integers(1, most), HOW) if most else st.none())
AT_WORK = st.none() | st.tuples(st.integers(1, 25), HOW)
ROWS = st.lists(st.tuples(st.sampled_from(["", "12", *ADDRESSES]), st.sampled_from(["", "7", "8"]), NAMES), max_size=6)
LONG = 900_000
life: list[tuple[Clock, Faults]] = []


class Life(RuleBasedStateMachine):
    @initialize()
    def begin(self) -> None:
        self.time, self.faults = life[0]
        for table in dynamodb_backends["123456789012"][REGION].tables.values():
            table.items.clear()
        for queue in sqs_backends["123456789012"][REGION].queues.values():
            queue._messages.clear()
        for each in kept.files():
            files.delete(each)
        builders.organization()
        self.people: list[str] = []
        self.groups: list[str] = []
        self.imports: list[str] = []
        self.requests: list[NewContact] = []
        self.next = 0

    # ---- the business

    @rule(identities=IDENTITIES, joins=SOME, name=NAMES, death=DEATH)
    def creates(self, identities: list[str], joins: list[int], name: str, death: Any) -> None:
        new = NewContact.model_validate(
            {"identities": identities, "groups": self.some(self.groups, joins), "name": name}
        )
        self.requests.append(new)
        self.create(len(self.requests) - 1, death)

    @rule(which=ONE, death=DEATH)
    def repeats(self, which: int, death: Any) -> None:
        if self.requests:
            self.create(which % len(self.requests), death)

    def create(self, number: int, death: Any) -> None:
        id = ids.created(ORGANIZATION, "create_contact", f"contact-{number}")
        made = self.dying(death, lambda: contacts.create(ORGANIZATION, self.requests[number], f"contact-{number}"))
        assert made is None or contacts.get(ORGANIZATION, made.id).model_dump() == made.model_dump()
        self.people += [id] if (made or death) and id not in self.people else []

    @rule(
        which=ONE,
        identities=st.none() | IDENTITIES,
        joins=st.none() | SOME,
        name=st.none() | NAMES,
        death=DEATH,
    )
    def changes(self, which: int, identities: Any, joins: Any, name: Any, death: Any) -> None:
        given = {"identities": identities, "name": name}
        given |= {"groups": self.some(self.groups, joins) if joins is not None else None}
        changes = ContactChanges.model_validate({field: value for field, value in given.items() if value is not None})
        for person in self.one(self.people, which):
            made = self.dying(death, lambda person=person: contacts.update(ORGANIZATION, person, changes))
            assert made is None or contacts.get(ORGANIZATION, person).model_dump() == made.model_dump()

    @rule(which=ONE, death=DEATH)
    def deletes(self, which: int, death: Any) -> None:
        for person in self.one(self.people, which):
            if self.dying(death, lambda person=person: contacts.delete(ORGANIZATION, person) or True):
                assert contact_store.get(ORGANIZATION, person) is None
                self.people.remove(person)

    @precondition(lambda self: len(self.groups) < 4)
    @rule(name=GROUP_NAMES, first=SOME, death=DEATH)
    def founds(self, name: str, first: list[int], death: Any) -> None:
        self.next += 1
        new, key = NewGroup(name=name, members=self.some(self.people, first)), f"group-{self.next}"
        if self.dying(death, lambda: groups.create(ORGANIZATION, new, key)) or death:
            self.groups.append(ids.created(ORGANIZATION, "create_group", key))

    @rule(which=ONE, name=GROUP_NAMES, death=DEATH)
    def renames(self, which: int, name: str, death: Any) -> None:
        for group in self.one(self.groups, which):
            self.dying(death, lambda group=group: groups.update(ORGANIZATION, group, GroupChanges(name=name)))

    @rule(which=ONE, death=DEATH)
    def dissolves(self, which: int, death: Any) -> None:
        for group in self.one(self.groups, which):
            if self.dying(death, lambda group=group: groups.delete(ORGANIZATION, group) or True):
                assert group_store.get(ORGANIZATION, group) is None
                self.groups.remove(group)

    @rule(which=ONE, who=SOME, death=DEATH)
    def adds(self, which: int, who: list[int], death: Any) -> None:
        for group in self.one(self.groups, which):
            told = self.dying(death, lambda group=group: members.add(ORGANIZATION, group, self.some(self.people, who)))
            for person in [*told.added, *told.present] if told else []:
                assert group in self.person(person).groups

    @rule(which=ONE, who=SOME, death=DEATH)
    def removes(self, which: int, who: list[int], death: Any) -> None:
        for group in self.one(self.groups, which):
            told = self.dying(
                death, lambda group=group: members.remove(ORGANIZATION, group, self.some(self.people, who))
            )
            for person in told.removed if told else []:
                assert group not in self.person(person).groups

    @precondition(lambda self: len(self.imports) < 3)
    @rule(rows=ROWS, joins=SOME, overwrite=st.booleans(), death=DEATH)
    def imports_a_sheet(self, rows: list[tuple[str, str, str]], joins: list[int], overwrite: bool, death: Any) -> None:
        self.next += 1
        key = f"import-{self.next}"
        sheet = "phone,chat,name\n"
        for address, chat, name in rows:
            plain = address.removeprefix("chat:")
            sheet += f"{'' if plain != address else plain},{chat or (plain if plain != address else '')},{name}\n"
        upload = audience.uploaded(sheet, id=key)
        wish = {"upload": upload, "group_ids": self.some(self.groups, joins), "on_duplicate": "ignore"}
        new = NewContactImport.model_validate(wish | ({"on_duplicate": "overwrite"} if overwrite else {}))
        self.imports.append(ids.created(ORGANIZATION, "import_contacts", key))
        self.dying(death, lambda: contact_imports.create(ORGANIZATION, new, key))

    # ---- time and jobs

    @rule(seconds=st.sampled_from([1, 61, 121]))
    def passes(self, seconds: int) -> None:
        self.time.forward(seconds)

    @rule(which=ONE, steps=st.integers(0, 3), death=AT_WORK)
    def works(self, which: int, steps: int, death: Any) -> None:
        """On any job that waits, with time for a few steps; what dies comes back."""
        waiting = kept.queued("JobsQueue")
        if waiting:
            job, times = waiting[which % len(waiting)], iter([LONG] * steps)
            self.dying(death, lambda: jobs.run(job, lambda: next(times, 0)))

    # ---- what must hold

    @invariant()
    def everything_agrees(self) -> None:
        if hasattr(self, "people"):
            audience.consistent()

    def teardown(self) -> None:
        """The faults are over: every job is done, and then there is nothing left half."""
        if not hasattr(self, "people"):
            return
        done = 0
        while done < len(kept.queued("JobsQueue")):
            self.time.forward(200)
            jobs.run(kept.queued("JobsQueue")[done], lambda: LONG)
            done += 1
        audience.consistent()
        assert not [each for each in kept.items("GROUP#") if each.get("closed")]
        assert kept.items("USES#") == []
        for name in self.imports:
            found = imports.get(ORGANIZATION, name)
            assert found is None or found.status.is_end
            if found and found.status is ImportStatus.DONE:
                assert found.rows == found.created + found.overwritten + found.ignored + found.bad
                assert found.cursor == found.good
                own = {ids.derived(ORGANIZATION, "contact", name, line) for line in range(2, 10)}
                assert len(contact_store.get_many(ORGANIZATION, own)) == found.created, "nobody deletes these"

    # ---- small things

    def dying(self, death: Any, act: Callable[[], Any]) -> Any:
        """Acts, and perhaps dies at the nth call. None unless it was done."""
        if death:
            self.faults.arm(*death)
        try:
            return act()
        except (Killed, ParleyError, RuntimeError, *AWS_ERRORS):
            return None
        finally:
            self.faults.disarm()

    def one(self, among: list[str], which: int) -> list[str]:
        return [among[which % len(among)]] if among else []

    def some(self, among: list[str], which: list[int]) -> list[str]:
        return [each for number in which for each in self.one(among, number)]

    def person(self, id: str) -> Contact:
        found = contact_store.get(ORGANIZATION, id)
        assert found is not None
        return found


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Clock, Faults]]:
    with account():
        time, faults = Clock(), Faults()
        monkeypatch.setattr(clock, "now", time)
        monkeypatch.setattr(contact_writes, "ROOM", 12)
        faults.install()
        direct.connect(monkeypatch, faults)
        yield time, faults


def test_any_life_of_contacts_and_groups(world: tuple[Clock, Faults]) -> None:
    life[:] = [world]
    bounded = settings(
        max_examples=EXAMPLES, stateful_step_count=STEPS, deadline=None, suppress_health_check=list(HealthCheck)
    )
    run_state_machine_as_test(Life, settings=bounded)
