"""list_group_members: the contacts of a group, page by page."""

import pytest

from tests.support import audience, builders
from tests.support.audience import GROUP
from tests.support.events import call, refused

NAME = "list_group_members"


@pytest.fixture(autouse=True)
def _cast() -> None:
    builders.organization()
    audience.group()


def test_members_are_whole_contacts() -> None:
    ana = audience.contact(groups=[GROUP])
    audience.contact("outside", "chat:1")
    assert call(NAME).body == {"items": [ana.model_dump(mode="json")], "next": None}


def test_pages_go_on_to_the_last_member() -> None:
    ids = audience.crowd(5, groups=[GROUP])
    first = call(NAME, query={"limit": "3"}).body
    second = call(NAME, query={"limit": "3", "next": first["next"]}).body
    assert [each["id"] for each in first["items"] + second["items"]] == ids
    assert second["next"] is None


def test_a_cursor_belongs_to_its_group() -> None:
    audience.crowd(2, groups=[GROUP])
    audience.group("other", name="Other")
    cursor = call(NAME, query={"limit": "1"}).body["next"]
    answer = call(NAME, query={"limit": "1", "next": cursor}, path={"group_id": "other"})
    assert refused(answer)[:2] == (400, "bad_cursor")


def test_a_group_that_is_not_there_has_no_members() -> None:
    assert refused(call(NAME, path={"group_id": "nowhere"}))[:2] == (404, "not_found")
