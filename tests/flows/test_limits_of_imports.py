"""Sheets of contacts that are more than an import takes, or wrong in more ways than can be told."""

from collections.abc import Iterator

import pytest
from parley.operations import contact_checks, contact_imports
from parley.settings import settings

from tests.support import audience, builders
from tests.support.builders import ORGANIZATION
from tests.support.cloud import account
from tests.support.events import LEFT_OUT, Json, call


@pytest.fixture(autouse=True)
def _cast() -> Iterator[None]:
    with account():
        builders.organization()
        yield
        audience.consistent()


def imported(sheet: str) -> Json:
    return audience.imported(sheet, group_ids=LEFT_OUT)


def test_a_row_too_many_refuses_the_sheet_before_the_first_contact(monkeypatch: pytest.MonkeyPatch) -> None:
    few = settings().model_copy(update={"broadcast_rows": 2})
    monkeypatch.setattr(contact_checks, "settings", lambda: few)
    done = imported("phone\n+34600111222\n12\n+34600111333\n")
    assert (done["status"], [each["code"] for each in done["errors"]]) == ("refused", ["too_many_rows"])


def test_a_file_that_grows_after_it_was_asked_for_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who has the address can put another file there for a while."""
    audience.uploaded("phone\n+34600111222\n")
    asked = call("import_contacts", {"group_ids": LEFT_OUT}).body
    audience.uploaded("phone\n" + "+34600111222\n" * 10)
    monkeypatch.setattr(contact_imports, "LARGEST", 100)
    contact_imports.run(ORGANIZATION, asked["id"])
    done = call("get_contact_import", path={"import_id": asked["id"]}).body
    assert (done["status"], [each["code"] for each in done["errors"]]) == ("refused", ["file_too_large"])


def test_a_cell_far_to_the_right_is_told_in_a_few_sentences() -> None:
    """Each of 16,384 columns without a name would be more than an item holds."""
    done = imported("phone" + "," * 16_000 + "x\n+34600111222\n")
    assert (done["status"], {each["code"] for each in done["errors"]}) == ("refused", {"column_unnamed"})
    assert len(done["errors"]) == 20


def test_rows_that_are_refused_late_stand_in_the_order_of_the_sheet() -> None:
    audience.contact("ana", "chat:1")
    audience.contact("bob", "chat:2")
    done = imported("chat,chat 2,phone\n,,12\n1,2,\n,,13\n2,1,\n,,14\n")
    assert [row[:3] for row in audience.bad_rows(done)[1:]] == [
        ["", "", "12"],
        ["1", "2", ""],
        ["", "", "13"],
        ["2", "1", ""],
        ["", "", "14"],
    ]
