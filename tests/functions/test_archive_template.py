"""archive_template: neither sent nor listed, until it is brought back."""

from tests.support import builders
from tests.support.builders import TEMPLATE
from tests.support.events import call, refused

EVERY = {"channel_id": None, "status": None}


def test_is_put_away() -> None:
    builders.story()
    answer = call("archive_template")
    assert (answer.status, answer.body["archived"], answer.body["status"]) == (200, True, "approved")
    assert call("list_templates", query=EVERY).body["items"] == []
    [row] = call("list_templates", query={**EVERY, "status": "archived"}).body["items"]
    assert row["id"] == TEMPLATE
    assert call("archive_template").body["archived"]


def test_what_is_scheduled_with_it_is_named() -> None:
    builders.story()
    message = call("send_message", {"send_at": "2026-03-02T09:30:00Z"}).body["id"]
    assert refused(call("archive_template"))[:2] == (409, "template_in_use")
    assert message in call("archive_template").body["errors"][0]["reason"]
    assert call("archive_template", query={"force": "true"}).body["archived"]


def test_somebody_elses() -> None:
    builders.story()
    assert call("archive_template", organization=builders.STRANGER).status == 404
