"""get_template: the state of its review, and why it was rejected."""

from parley.model.template import TemplateStatus

from tests.support import builders
from tests.support.builders import TEMPLATE
from tests.support.events import call


def test_shows_content_and_status() -> None:
    builders.template()
    answer = call("get_template")
    assert (answer.status, answer.body["id"], answer.body["status"]) == (200, TEMPLATE, "approved")
    assert answer.body["components"][1]["text"].startswith("Hello $(name)")
    assert "fingerprint" not in answer.body


def test_says_why_it_was_rejected() -> None:
    builders.template(status=TemplateStatus.REJECTED, reason="INVALID_FORMAT")
    body = call("get_template").body
    assert (body["status"], body["reason"]) == ("rejected", "INVALID_FORMAT")
