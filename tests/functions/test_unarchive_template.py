"""unarchive_template: back in the state that the platform has it in."""

from tests.support import builders
from tests.support.builders import TEMPLATE
from tests.support.events import call


def test_is_brought_back() -> None:
    builders.story()
    call("archive_template")
    answer = call("unarchive_template")
    assert (answer.status, answer.body["archived"], answer.body["status"]) == (200, False, "approved")
    assert [row["id"] for row in call("list_templates", query={"channel_id": None, "status": None}).body["items"]] == [
        TEMPLATE
    ]
    assert call("unarchive_template").status == 200


def test_somebody_elses() -> None:
    builders.story()
    assert call("unarchive_template", organization=builders.STRANGER).status == 404
