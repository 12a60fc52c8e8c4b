"""set_template_properties: what may change in any state, and what goes on because of it."""

from typing import Any

import pytest
from parley.model.content import Content, Kind
from parley.model.message import State
from parley.model.template import Template, TemplateStatus

from tests.support import builders, kept
from tests.support.builders import ORGANIZATION, TEMPLATE
from tests.support.events import LEFT_OUT, Json, call, records, refused
from tests.support.invoke import invoke
from tests.support.wire import Wire


@pytest.fixture(autouse=True)
def _bound() -> None:
    builders.organization()
    builders.whatsapp()


def stopped(**changes: Any) -> Template:
    """Became MARKETING, which its owner wanted to be stopped by."""
    known = {"allow_send": False, "category": "MARKETING", "asked_category": "UTILITY", "category_change_paused": True}
    return builders.template(**{**known, **changes})


def held() -> State:
    said = Content(type=Kind.TEMPLATE, template=TEMPLATE, language="en", variables={"name": "Ana", "order": "A-19"})
    return builders.message(template=TEMPLATE, lane="marketing", content=said)


def test_lets_a_stopped_one_go_on() -> None:
    stopped()
    answer = call("set_template_properties", {"category_change_paused": LEFT_OUT})
    assert (answer.status, answer.body["allow_send"], answer.body["category"]) == (200, True, "MARKETING")
    assert call("get_template").body == answer.body
    assert [timer["kind"] for timer in kept.queued("TimersQueue")] == ["release"]


def test_what_it_held_goes_out_once(wire: Wire) -> None:
    stopped()
    state = held()
    body = {"organization": ORGANIZATION, "message": state.id, "lane": "marketing"}
    assert invoke("deliver_messages", records(body)) == {"batchItemFailures": []}
    assert call("get_message").body["held"] == "template"
    call("set_template_properties")
    (timer,) = kept.queued("TimersQueue")
    invoke("fire_timers", records(timer))
    assert kept.queued("MarketingQueue") == [body]
    for _ in range(2):
        assert invoke("deliver_messages", records(body)) == {"batchItemFailures": []}
    assert (call("get_message").body["status"], wire.calls) == ("accepted", ["POST messages"])


def test_a_repeat_releases_nothing_more() -> None:
    stopped()
    first = call("set_template_properties")
    assert call("set_template_properties").body | {"updated_at": ""} == first.body | {"updated_at": ""}
    assert len(kept.queued("TimersQueue")) == 1


def test_what_is_not_given_stays() -> None:
    stopped(category_change_paused=False)
    body = call("set_template_properties", {"allow_send": LEFT_OUT, "category_change_paused": True}).body
    assert (body["allow_send"], body["category_change_paused"]) == (False, True)
    assert kept.queued("TimersQueue") == []


def test_nothing_given_changes_nothing() -> None:
    stopped()
    with kept.nothing_changes():
        nothing = {"allow_send": LEFT_OUT, "category_change_paused": LEFT_OUT}
        assert call("set_template_properties", nothing).body["allow_send"] is False


def test_sending_can_be_stopped_by_hand() -> None:
    builders.template()
    assert call("set_template_properties", {"allow_send": False}).body["allow_send"] is False
    with kept.nothing_changes():
        assert refused(call("send_message", {"fallback": LEFT_OUT}))[:2] == (409, "category_changed")


@pytest.mark.parametrize("status", TemplateStatus)
def test_in_any_state(status: TemplateStatus) -> None:
    builders.template(status=status)
    body = call("set_template_properties", {"allow_send": LEFT_OUT}).body
    assert (body["status"], body["category_change_paused"]) == (status, True)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"allow_send": "perhaps"}, "allow_send"),
        ({"category": "UTILITY"}, "category"),
        ({"status": "approved"}, "status"),
    ],
)
def test_what_is_no_property(change: Json, field: str) -> None:
    stopped()
    with kept.nothing_changes():
        status, _, fields = refused(call("set_template_properties", change))
        assert (status, fields) == (422, [field])


def test_a_template_that_is_not_there() -> None:
    with kept.nothing_changes():
        assert refused(call("set_template_properties"))[:2] == (404, "not_found")
