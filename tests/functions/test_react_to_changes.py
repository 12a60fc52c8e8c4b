"""react_to_changes: what the stream carries becomes deliveries for whoever wants to know, in their words."""

import json
from threading import Barrier
from typing import Any

import pytest
from parley.model import chatapp
from parley.model.receipt import Receipt, StatusReceipt
from parley.model.receipt_endpoint import AuditVersion
from parley.model.status import Status
from parley.model.template import TemplateStatus
from parley.operations import receipt_bodies, receipt_starts
from parley.store import bindings, keys, messages, people, receipt_deliveries, table, templates

from tests.support import builders, endpoints, kept, stream
from tests.support.builders import MESSAGE, ORGANIZATION, PERSON, TEMPLATE, WHATSAPP
from tests.support.endpoints import ENDPOINT
from tests.support.events import sample
from tests.support.invoke import invoke
from tests.support.time import NOW
from tests.support.told import wants

Json = dict[str, Any]
POOLED = "106540352249999"


@pytest.fixture(autouse=True)
def _story() -> None:
    builders.story()


def react(*changes: tuple[Json | None, Json]) -> list[Json]:
    """The events of every delivery that it makes, each change under the filters of the template."""
    event = stream.batch(*changes)
    event["Records"] = [each for each in event["Records"] if wants("react_to_changes", each)]
    invoke("react_to_changes", event)
    return [event for each in deliveries() for event in body(each.id)]


def deliveries(target: str = ENDPOINT) -> list[receipt_deliveries.Stored]:
    return list(receipt_deliveries.all_of(ORGANIZATION, target, 0, NOW * 2))


def body(delivery: str) -> list[Json]:
    found: list[Json] = json.loads(receipt_bodies.read(ORGANIZATION, ENDPOINT, delivery) or b"[]")
    return found


def reached(status: Status, **more: Any) -> tuple[Json, Json]:
    before = stream.stored(MESSAGE)
    messages.reach(messages.read(before), status, NOW, **more)
    return before, stream.stored(MESSAGE)


def item(prefix: str) -> Json:
    [found] = kept.items(prefix)
    return found


def test_the_sample_is_told_to_nobody_without_endpoints() -> None:
    invoke("react_to_changes", sample("react_to_changes"))
    assert kept.items("ORG#", "runtime") == []


def test_a_status_is_told_with_its_template_and_number() -> None:
    endpoints.endpoint()
    builders.message(template=TEMPLATE, kind="template", status=Status.ACCEPTED)
    [event] = react(reached(Status.DELIVERED))
    assert event["Status"] == "Delivered"
    assert (event["MessageId"], event["To"], event["From"]) == (MESSAGE, PERSON[1:], "34600000001")
    assert (event["TemplateCode"], event["MsgFrameType"], event["Timestamp"]) == (TEMPLATE, "template", NOW)
    [delivery] = deliveries()
    assert kept.queued("ReceiptsQueue") == [{"organization": ORGANIZATION, "target": ENDPOINT, "delivery": delivery.id}]


def test_the_same_batch_twice_makes_one_delivery() -> None:
    endpoints.endpoint()
    builders.message(status=Status.ACCEPTED)
    change = reached(Status.SENT)
    react(change)
    react(change)
    assert len(deliveries()) == 1


def test_a_change_that_reaches_no_status_is_no_news() -> None:
    endpoints.endpoint()
    builders.message(status=Status.ACCEPTED)
    before, after = reached(Status.SENT)
    assert len(react((before, after))) == 1
    assert len(react((after, after | {"edited_at": NOW}))) == 1


def test_a_settled_unknown_is_told_as_failed() -> None:
    endpoints.endpoint()
    builders.message(status=Status.UNKNOWN, attempt=1)
    before = stream.stored(MESSAGE)
    [event] = react((before, before | {"settled": True}))
    assert (event["Status"], event["ErrorCode"]) == ("Failed", "outcome_unknown")


def test_a_decision_about_a_template_is_told_and_a_draft_is_not() -> None:
    endpoints.endpoint(kinds=["ChatAppAudit"])
    before = item(f"TEMPLATE#{TEMPLATE}")
    known = templates.get(ORGANIZATION, TEMPLATE)
    assert known
    templates.change(known, {"status": TemplateStatus.PAUSED, "reason": "Low quality"}, frozenset(TemplateStatus), NOW)
    after = item(f"TEMPLATE#{TEMPLATE}")
    [event] = react((before, after))
    assert (event["AuditStatus"], event["Reason"], event["Type"]) == ("paused", "Low quality", "template")
    assert len(react((None, after), (after, after | {"samples": {"name": "Bo"}}))) == 1


def test_who_shuts_the_channel_out_is_told_and_who_comes_back() -> None:
    endpoints.endpoint()
    people.suppress(ORGANIZATION, WHATSAPP, f"phone:{PERSON}", "person_blocked", NOW)
    out = item("PERSON#")
    people.let_in(ORGANIZATION, WHATSAPP, f"phone:{PERSON}", NOW + 5000)
    back = item("PERSON#")
    assert [each["Status"] for each in react((None, out), (out, back))] == ["unsubscribe", "subscribe"]


def test_what_cannot_be_read_is_set_aside_and_stops_nothing() -> None:
    endpoints.endpoint()
    builders.message(status=Status.ACCEPTED)
    before, after = reached(Status.SENT)
    assert len(react((None, after | {"status": "nonsense", "times": {"sent": "?"}}), (before, after))) == 1
    [told] = kept.queued("ReceiptsDeadLetters")
    assert told["pk"] == after["pk"]


def test_another_organizations_endpoints_hear_nothing() -> None:
    builders.organization("another-organization")
    endpoints.endpoint(organization_id="another-organization")
    builders.message(status=Status.ACCEPTED)
    assert react(reached(Status.SENT)) == []
    assert kept.queued("ReceiptsQueue") == []


def test_what_has_no_words_is_set_aside_and_stops_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    written = chatapp.written

    def speechless(receipt: Receipt, version: AuditVersion) -> Any:
        if isinstance(receipt, StatusReceipt) and receipt.status is Status.DELIVERED:
            raise RecursionError
        return written(receipt, version)

    endpoints.endpoint()
    builders.message(status=Status.ACCEPTED)
    changes = [reached(each) for each in (Status.SENT, Status.DELIVERED, Status.READ)]
    monkeypatch.setattr(chatapp, "written", speechless)
    assert [each["Status"] for each in react(*changes)] == ["Sent", "Read"]
    [told] = kept.queued("ReceiptsDeadLetters")
    assert told["pk"] == changes[0][1]["pk"]


def test_half_a_letter_stops_nothing() -> None:
    """A JSON text may have one, and the table keeps it; no body can."""
    endpoints.endpoint(format="parley")
    builders.message(status=Status.ACCEPTED)
    before, after = reached(Status.SENT)
    assert [each["type"] for each in react((before, after | {"kind": "te\ud800xt"}), reached(Status.READ))] == [
        "message.read"
    ]
    assert len(kept.queued("ReceiptsDeadLetters")) == 1


def test_what_is_looked_up_in_vain_for_one_change_stops_no_other() -> None:
    endpoints.endpoint()
    builders.message(status=Status.ACCEPTED)
    table.put(table.data(), {**keys.channel(ORGANIZATION, "broken"), "id": "broken"})
    news = {"pk": f"ORG#{ORGANIZATION}#CHANNEL#broken", "sk": "NEWS#x", "at": 1, "status": "a", "news": "x"}
    before, after = reached(Status.SENT)
    nowhere = {name: value for name, value in after.items() if name != "day_list"}
    assert [each["Status"] for each in react((None, news), (before, nowhere), (before, after))] == ["Sent"]


def test_the_deliveries_of_many_endpoints_are_made_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Or one organization with many would make all others wait behind it."""
    for number in range(8):
        endpoints.endpoint(f"{ENDPOINT[:-1]}{number}")
    builders.message(status=Status.ACCEPTED)
    met = Barrier(8)
    monkeypatch.setattr(receipt_starts, "start", lambda *_: met.wait(10))
    react(reached(Status.SENT))
    assert not met.broken


def test_a_body_has_no_more_bytes_than_can_be_sent() -> None:
    endpoints.endpoint(batch_size=100)
    builders.message(status=Status.ACCEPTED)
    before, after = reached(Status.SENT)
    long = {"reference_key": f"{after['pk']}#REFERENCE#{'x' * 390_000}"}
    events = react(*[(before, {**after, **long, "pk": f"{after['pk']}{number}"}) for number in range(9)])
    assert sorted(each["MessageId"] for each in events) == [f"{MESSAGE}{number}" for number in range(9)]
    assert sorted(each.events for each in deliveries()) == [1, 2, 2, 2, 2]


def test_codes_from_the_pool_name_its_number_and_it_is_looked_for_once(monkeypatch: pytest.MonkeyPatch) -> None:
    endpoints.endpoint()
    builders.whatsapp("pool-channel", number=POOLED)
    builders.message(status=Status.ACCEPTED, origin=POOLED)
    looked, claimed_by = [], bindings.claimed_by
    monkeypatch.setattr(bindings, "claimed_by", lambda *which: looked.append(which) or claimed_by(*which))
    told = react(reached(Status.SENT), reached(Status.DELIVERED))
    assert [each["OriginPhoneNumber"] for each in told] == [builders.PHONE[1:]] * 2
    assert looked == [("whatsapp", POOLED)]
