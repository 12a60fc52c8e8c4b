"""Contacts as broadcasts and exports see them: the address that fits, what fills a template, the sheet and back."""

import tempfile
from collections.abc import Iterator
from typing import Any

import pytest
from parley.errors import NotFound
from parley.model.address import AddressForm, AddressKind
from parley.operations import audience, contact_exports
from parley.providers.telegram.capabilities import CAPABILITIES as TELEGRAM
from parley.providers.whatsapp_cloud.capabilities import CAPABILITIES as WHATSAPP
from parley.sheets import reading, writing
from parley.store import contacts

from tests.support import audience as people
from tests.support import builders
from tests.support.audience import GROUP
from tests.support.builders import ORGANIZATION
from tests.support.cloud import account


@pytest.fixture(autouse=True)
def _cast() -> Iterator[None]:
    with account():
        builders.organization()
        yield
        people.consistent()


def test_the_first_address_that_fits_a_channel_is_taken() -> None:
    ana = people.contact(
        "ana", "email:ana@example.com", "username:@ana_m", "bsuid:US.1", "phone:+34600111222", "chat:42"
    )
    bob = people.contact("bob", "email:bob@example.com")
    found = [audience.identity_for(ana, each.people) for each in (WHATSAPP, TELEGRAM)]
    assert [each and each.key for each in found] == ["bsuid:US.1", "username:@ana_m"]
    assert audience.identity_for(ana, (AddressForm(AddressKind.PHONE),)) == ana.identities[3]
    assert audience.identity_for(bob, WHATSAPP.people) is None


def test_attributes_fill_the_variables_of_their_name() -> None:
    ana = people.contact(attributes={"city": "Madrid", "City": "Paris", "empty": ""}, language="es")
    assert audience.values_for(ana, ["city", "name", "language", "phone", "email"]) == (
        ["Madrid", "Ana Marín", "es", "+34600111222", "ana@example.com"],
        [],
    )
    filled = audience.values_for(ana, ["shoe", "City", "empty", "time_zone", "chat", "to"])
    assert filled == (["", "Paris", "", "", "", ""], ["shoe", "empty", "time_zone", "chat", "to"])


def test_members_are_all_that_are_in_the_group() -> None:
    people.group()
    inside = people.crowd(105, groups=[GROUP])
    people.contact("outside", "chat:1")
    assert [each.id for each in audience.members(ORGANIZATION, GROUP)] == inside
    assert list(audience.members(ORGANIZATION, "nowhere")) == []


def test_who_leaves_while_members_are_read_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    people.group()
    inside = people.crowd(3, groups=[GROUP])
    get_many = contacts.get_many

    def late(organization: str, wanted: list[str]) -> object:
        monkeypatch.setattr(contacts, "get_many", get_many)
        people.do("delete_contact", path={"contact_id": inside[0]})
        people.call("remove_group_members", {"contact_ids": [inside[1]]})
        return get_many(organization, wanted)

    monkeypatch.setattr(contacts, "get_many", late)
    assert [each.id for each in audience.members(ORGANIZATION, GROUP)] == [inside[2]]


def sheet(group: str | None = None) -> tuple[bytes, list[list[str]]]:
    columns, rows = contact_exports.rows(ORGANIZATION, group)
    with tempfile.NamedTemporaryFile(suffix=".xlsx") as file:
        writer = writing.Writer(file.name, columns, "xlsx")
        for row in rows:
            writer.row(row)
        writer.close()
        read = reading.read(file.name, "contacts.xlsx")
        return file.read(), [read.header, *(cells for _, cells in read.rows)]


def test_an_export_has_a_column_for_everything() -> None:
    people.group()
    people.contact("1", "phone:+34600111222", "phone:+12025550111", "chat:42", groups=[GROUP])
    people.contact("2", "email:bob@example.com", name=None, attributes={"shoe": "41"}, time_zone="Europe/Berlin")
    assert sheet()[1] == [
        ["phone", "phone 2", "chat", "email", "name", "language", "time_zone", "city", "shoe"],
        ["+34600111222", "+12025550111", "42", "", "Ana Marín", "", "", "Madrid", ""],
        ["", "", "", "bob@example.com", "", "", "Europe/Berlin", "", "41"],
    ]
    assert len(sheet(GROUP)[1]) == 2


def everybody() -> list[Any]:
    """What is known of each contact, apart from its id and times."""
    without = {"id", "created_at", "updated_at"}
    found = [each.model_dump(exclude=without) for each in contacts.all_of(ORGANIZATION)]
    return sorted(found, key=lambda each: str(each["identities"]))


def test_what_was_exported_is_imported_as_the_same() -> None:
    people.contact("1", "phone:+34600111222", "phone:+12025550111", "chat:42", "chat:43", language="es_MX")
    people.contact("2", "bsuid:US.1", name=None, attributes={"shoe size": "41", "=1+1": "@SUM(A1)"})
    body, before = sheet()
    kept = everybody()
    for each in ("1", "2"):
        people.do("delete_contact", path={"contact_id": each})
    done = people.imported(body, "contacts.xlsx", group_ids=[])
    assert (done["created"], done["bad"]) == (2, 0)
    assert everybody() == kept
    assert sorted(sheet()[1]) == sorted(before)


def test_an_export_of_nobody_has_a_header() -> None:
    assert contact_exports.rows(ORGANIZATION, None)[0] == ["phone", "name", "language", "time_zone"]
    with pytest.raises(NotFound):
        contact_exports.rows(ORGANIZATION, GROUP)
