"""poll_templates: a lost webhook leaves nothing stale."""

from typing import Any

import pytest
from parley.model.template import TemplateStatus
from parley.store import templates

from tests.support import builders, kept
from tests.support.events import call, sample
from tests.support.invoke import invoke
from tests.support.time import NOW
from tests.support.wire import Wire, refusal


def poll(left: int = 60_000) -> Any:
    return invoke("poll_templates", sample("poll_templates"), left)


def row(status: str, **more: Any) -> dict[str, Any]:
    return {"data": [{"id": "594425479261596", "name": "order_ready", "language": "en", "status": status, **more}]}


@pytest.fixture(autouse=True)
def _in_review() -> None:
    builders.organization()
    builders.whatsapp()
    templates.mark_review(builders.template(status=TemplateStatus.IN_REVIEW), NOW)


def test_an_approval_is_taken_over_once(wire: Wire) -> None:
    wire.answers["GET message_templates"] = row("APPROVED")
    assert poll() == {"asked": 1}
    assert call("get_template").body["status"] == "approved"
    assert [timer["kind"] for timer in kept.queued("TimersQueue")] == ["release"]
    assert poll() == {"asked": 0}


def test_a_rejection_says_why(wire: Wire) -> None:
    wire.answers["GET message_templates"] = row("REJECTED", rejected_reason="INVALID_FORMAT")
    poll()
    body = call("get_template").body
    assert (body["status"], body["reason"]) == ("rejected", "INVALID_FORMAT")


def test_what_is_still_in_review_is_asked_for_again(wire: Wire) -> None:
    wire.answers["GET message_templates"] = row("PENDING")
    with kept.nothing_changes():
        assert (poll(), poll()) == ({"asked": 1}, {"asked": 1})


def test_a_platform_that_does_not_answer_does_not_stop_the_others(wire: Wire) -> None:
    builders.sms()
    wire.answers["GET message_templates"] = refusal(131_016, 500)
    with kept.nothing_changes():
        assert poll() == {"asked": 0}


def test_it_stops_when_its_time_is_over(wire: Wire) -> None:
    assert (poll(left=1000), wire.requests) == ({"asked": 0}, [])
