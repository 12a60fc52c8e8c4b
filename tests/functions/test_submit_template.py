"""submit_template: what the platform is given, and what its answer leaves behind."""

import json
from typing import Any

import httpx
import pytest
from parley.model.template import Template, TemplateStatus
from parley.providers.whatsapp_cloud.templates import payload

from tests.support import builders, kept
from tests.support.builders import SMS, TEMPLATE
from tests.support.events import call, refused
from tests.support.wire import Wire, refusal


@pytest.fixture(autouse=True)
def _channels() -> None:
    builders.organization()
    builders.whatsapp()
    builders.sms()


def draft(**changes: Any) -> Template:
    return builders.template(**{"status": TemplateStatus.DRAFT, "provider_id": None, **changes})


def test_goes_to_the_platform_with_samples_in_its_words(wire: Wire) -> None:
    draft()
    answer = call("submit_template")
    assert (answer.status, answer.body["status"], answer.body["provider_id"]) == (200, "in_review", "594425479261596")
    assert wire.calls == ["POST message_templates"]
    sent = json.loads(wire.requests[0].content)
    assert (sent["name"], sent["language"], sent["category"]) == ("order_ready", "en", "UTILITY")
    assert sent["components"][1] == {
        "type": "BODY",
        "text": "Hello {{name}}, your order {{order}} is ready to be picked up at our shop.",
        "example": {
            "body_text_named_params": [
                {"param_name": "name", "example": "Ana"},
                {"param_name": "order", "example": "A-19"},
            ]
        },
    }


def test_the_poll_will_ask_and_webhooks_find_it() -> None:
    draft()
    call("submit_template")
    assert [mark["template"] for mark in kept.items("IN_REVIEW", "runtime")] == [TEMPLATE]
    assert kept.items("TEMPLATE#whatsapp_cloud#594425479261596")[0]["template"] == TEMPLATE


def test_an_immediate_approval_needs_no_poll(wire: Wire) -> None:
    draft()
    wire.answers["POST message_templates"] = {"id": "1", "status": "APPROVED", "category": "MARKETING"}
    body = call("submit_template").body
    assert (body["status"], body["category"]) == ("approved", "MARKETING")
    assert kept.items("IN_REVIEW", "runtime") == []


def test_a_repeat_asks_nobody(wire: Wire) -> None:
    draft()
    first = call("submit_template")
    with kept.nothing_changes():
        assert call("submit_template") == first
    assert len(wire.requests) == 1


def test_a_rejected_one_is_handed_in_again_under_its_id(wire: Wire) -> None:
    draft(status=TemplateStatus.REJECTED, provider_id="594425479261596")
    wire.answers["POST 594425479261596"] = {"success": True}
    assert call("submit_template").body["status"] == "in_review"


def test_a_channel_without_reviews_approves_at_once(wire: Wire) -> None:
    draft(channel_id=SMS)
    assert (call("submit_template").body["status"], wire.requests) == ("approved", [])


@pytest.mark.parametrize("status", [TemplateStatus.APPROVED, TemplateStatus.PAUSED, TemplateStatus.DISABLED])
def test_what_was_decided_cannot_be_handed_in(status: TemplateStatus) -> None:
    draft(status=status)
    with kept.nothing_changes():
        assert refused(call("submit_template"))[:2] == (409, "template_not_submittable")


def test_an_unbound_channel() -> None:
    draft()
    call("unbind_channel")
    with kept.nothing_changes():
        assert refused(call("submit_template"))[:2] == (409, "channel_unbound")


@pytest.mark.parametrize(
    ("answer", "status", "code", "after"),
    [
        (refusal(100, error_subcode=2388299, error_user_msg="Variables at the edge"), 502, "template_refused", "draft"),
        (refusal(130_429), 429, "throttled", "draft"),
        (refusal(190, 401), 409, "channel_disconnected", "draft"),
        (httpx.ConnectError("refused"), 503, "provider_unavailable", "draft"),
        (httpx.ReadTimeout("slow"), 502, "outcome_unknown", "in_review"),
    ],
)
def test_what_the_platform_refuses(wire: Wire, answer: Any, status: int, code: str, after: str) -> None:
    """An outcome that nobody knows stays in review, and the poll finds out."""
    draft()
    wire.answers["POST message_templates"] = answer
    assert refused(call("submit_template"))[:2] == (status, code)
    assert call("get_template").body["status"] == after
    assert len(kept.items("IN_REVIEW", "runtime")) == (after == "in_review")


def platforms(template: Template, **changes: Any) -> Any:
    """The row of a template at the platform."""
    row = {**payload(template, {}), "id": "7", "status": "APPROVED", **changes}
    return {"data": [row]}


def test_the_one_that_a_lost_answer_was_about_is_taken_over(wire: Wire) -> None:
    wire.answers["GET message_templates"] = platforms(draft())
    wire.answers["POST message_templates"] = refusal(100, error_subcode=2388024)
    body = call("submit_template").body
    assert (body["status"], body["provider_id"]) == ("approved", "7")


def test_a_strangers_is_not(wire: Wire) -> None:
    other = [{"type": "BODY", "text": "Buy now!"}]
    wire.answers["GET message_templates"] = platforms(draft(), components=other)
    wire.answers["POST message_templates"] = refusal(100, error_subcode=2388024)
    assert refused(call("submit_template"))[:2] == (409, "template_exists_at_platform")
    assert call("get_template").body["status"] == "draft"
