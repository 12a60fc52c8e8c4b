"""get_contact_import: how far an import is; its sheet of bad rows as long as there is one."""

import pytest

from tests.support import audience, builders
from tests.support.events import LEFT_OUT, call, refused
from tests.support.time import Clock

NAME, DAY = "get_contact_import", 86_400


@pytest.fixture(autouse=True)
def _cast() -> None:
    builders.organization()


def test_the_sheet_of_bad_rows_is_linked_for_thirty_days(time: Clock) -> None:
    done = audience.imported("phone\n12\n+34600111222\n", group_ids=LEFT_OUT)
    assert "bad_rows.xlsx" in done["bad_rows"]
    assert "attachment" in done["bad_rows"]
    for days, linked in ((29, True), (2, False)):
        time.forward(days * DAY)
        told = call(NAME, path={"import_id": done["id"]}).body
        assert (told["bad_rows"] is not None) == linked
        assert told["bad"] == 1


def test_an_import_of_others_does_not_exist() -> None:
    builders.organization(builders.STRANGER)
    done = audience.imported("phone\n+34600111222\n", group_ids=LEFT_OUT)
    answer = call(NAME, path={"import_id": done["id"]}, organization=builders.STRANGER)
    assert refused(answer)[:2] == (404, "not_found")
