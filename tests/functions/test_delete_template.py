"""delete_template: here and at the platform."""

import pytest
from parley.cloud import clock
from parley.model.content import Content, Kind
from parley.model.status import Status
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


def _scheduled() -> str:
    said = Content(type=Kind.TEMPLATE, template=builders.TEMPLATE, language="en")
    later = clock.now() + 86_400_000
    return builders.message(
        status=Status.SCHEDULED, content=said, template=builders.TEMPLATE, send_at=later, expires_at=later + 1000
    ).id


def test_one_that_is_scheduled_says_what_uses_it(wire: Wire) -> None:
    builders.template()
    message = _scheduled()
    with kept.nothing_changes():
        answer = call("delete_template")
    assert (answer.status, answer.body["code"]) == (409, "template_in_use")
    assert message in answer.body["errors"][0]["reason"]
    assert wire.requests == []


def test_forced_it_goes_all_the_same(wire: Wire) -> None:
    builders.template()
    _scheduled()
    assert call("delete_template", query={"force": "true"}).status == 204
    assert refused(call("get_template"))[:2] == (404, "not_found")


def test_in_all_its_languages(wire: Wire) -> None:
    builders.template()
    builders.template("9ab2b2a4-3c2e-4a4e-8f4e-1b9c6c7d8e9f", language="es", provider_id=None)
    assert call("delete_template", query={"all_languages": "true"}).status == 204
    assert [item for item in kept.items("TEMPLATE#") if item["sk"] != "CLAIM"] == []
