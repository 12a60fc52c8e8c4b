"""delete_template: here and at the platform."""

import pytest
from parley.model.template import TemplateStatus

from tests.support import builders, kept
from tests.support.events import call, records, refused
from tests.support.invoke import invoke
from tests.support.wire import Wire, refusal


@pytest.fixture(autouse=True)
def _bound() -> None:
    builders.organization()
    builders.whatsapp()


def test_is_gone_here_and_there(wire: Wire) -> None:
    builders.template()
    assert call("delete_template").status == 204
    assert wire.calls == ["DELETE message_templates"]
    assert dict(wire.requests[0].url.params).items() >= {"hsm_id": "594425479261596", "name": "order_ready"}.items()
    assert refused(call("get_template"))[:2] == (404, "not_found")
    assert call("create_template").status == 201


def test_a_draft_is_unknown_to_the_platform(wire: Wire) -> None:
    builders.template(status=TemplateStatus.DRAFT, provider_id=None)
    assert (call("delete_template").status, wire.requests) == (204, [])


def test_one_that_is_gone_there_already_goes_here_too(wire: Wire) -> None:
    builders.template()
    wire.answers["DELETE message_templates"] = refusal(100)
    assert call("delete_template").status == 204


def test_a_platform_that_refuses_keeps_it(wire: Wire) -> None:
    builders.template()
    wire.answers["DELETE message_templates"] = refusal(131_016, 500)
    with kept.nothing_changes():
        assert refused(call("delete_template"))[:2] == (503, "provider_unavailable")


def test_what_waits_with_it_fails() -> None:
    builders.template()
    call("send_message", {"fallback": None})
    call("delete_template")
    (body,) = kept.queued("TransactionalQueue")
    invoke("deliver_messages", records(body))
    assert (kept.states()[0]["status"], kept.states()[0]["error"]["code"]) == ("failed", "template_deleted")
