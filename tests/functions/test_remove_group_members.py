"""remove_group_members: the contacts stay, and a repeat changes nothing."""

from collections.abc import Iterator

import pytest

from tests.support import audience, builders, kept
from tests.support.audience import GROUP
from tests.support.events import call, refused

NAME = "remove_group_members"


@pytest.fixture(autouse=True)
def _cast() -> Iterator[None]:
    builders.organization()
    audience.group()
    yield
    audience.consistent()


def test_members_leave_and_stay_contacts() -> None:
    ids = audience.crowd(70, groups=[GROUP])
    told = call(NAME, {"contact_ids": [*ids[:60], "nobody", ids[0]]})
    assert (told.status, told.body) == (200, {"removed": ids[:60], "absent": ["nobody"]})
    assert audience.members() == ids[60:]
    assert len(kept.items("CONTACT#")) == 70
    assert audience.do("get_contact", path={"contact_id": ids[0]}).body["groups"] == []


def test_a_repeat_changes_nothing() -> None:
    ids = audience.crowd(2, groups=[GROUP])
    call(NAME, {"contact_ids": ids})
    with kept.nothing_changes():
        assert call(NAME, {"contact_ids": ids}).body == {"removed": [], "absent": ids}


def test_a_group_that_is_not_there_loses_nobody() -> None:
    audience.crowd(1, groups=[GROUP])
    assert refused(call(NAME, path={"group_id": "nowhere"}))[:2] == (404, "not_found")
