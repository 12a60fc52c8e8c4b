"""replay_receipt_delivery: one goes out again, whatever became of it, but never twice at the same time."""

from contextlib import suppress

import pytest
from parley.model.receipt_delivery import DeliveryStatus
from parley.store import receipt_deliveries, receipt_endpoints, receipt_keys

from tests.support import builders, endpoints, kept
from tests.support.builders import ORGANIZATION, STRANGER, SYSTEM
from tests.support.endpoints import DELIVERY, ENDPOINT
from tests.support.events import call, refused
from tests.support.faults import Faults, Killed
from tests.support.time import NOW, Clock

KICK = {"organization": ORGANIZATION, "target": ENDPOINT, "delivery": DELIVERY}


@pytest.fixture(autouse=True)
def _cast() -> None:
    builders.organization()


@pytest.mark.parametrize(("problem", "last"), [(None, False), ("refused", False), ("refused", True)])
def test_it_is_due_at_once_with_all_its_tries(problem: str | None, last: bool, time: Clock) -> None:
    endpoints.endpoint()
    one = endpoints.delivery()
    endpoints.tried(one, problem, last=last)
    time.forward(60)
    answer = call("replay_receipt_delivery")
    assert answer.status == 202
    shown = {name: answer.body[name] for name in ("id", "status", "tries", "next_try_at", "replayed_at")}
    assert shown == {
        "id": DELIVERY,
        "status": "waiting",
        "tries": 0,
        "next_try_at": time.text(),
        "replayed_at": time.text(),
    }
    assert len(answer.body["attempts"]) == 1
    assert (DELIVERY, time(), "http") in receipt_deliveries.tickets(ORGANIZATION, ENDPOINT, time())
    assert kept.queued("ReceiptsQueue") == [KICK]
    assert endpoints.marks() == [(ORGANIZATION, ENDPOINT)]


def test_so_is_an_intent() -> None:
    builders.whatsapp()
    builders.business_system()
    one = endpoints.delivery(receipt_keys.delivery_id(SYSTEM, NOW, "x"), business_system_id=SYSTEM, kind="intent")
    endpoints.tried(one)
    assert call("replay_receipt_delivery", path={"delivery_id": one.id}).status == 202
    assert kept.queued("ReceiptsQueue")[0]["target"] == SYSTEM


def test_not_while_a_try_is_under_way(time: Clock) -> None:
    endpoints.endpoint()
    receipt_deliveries.claim(endpoints.delivery(), time())
    answer = call("replay_receipt_delivery")
    assert refused(answer)[:2] == (409, "try_under_way")
    assert answer.headers["retry-after"] == "30"
    time.forward(31)  # whoever had it is dead
    assert call("replay_receipt_delivery").status == 202


def test_not_where_nobody_is_any_more() -> None:
    endpoints.delivery()
    with kept.nothing_changes():
        assert refused(call("replay_receipt_delivery"))[:2] == (409, "target_gone")


def test_one_that_is_disabled_gets_it_when_it_goes_on(time: Clock) -> None:
    receipt_endpoints.disable(endpoints.endpoint(), "Every call failed.", time())
    one = endpoints.delivery()
    endpoints.tried(one, "refused", last=True)
    assert call("replay_receipt_delivery").status == 202
    assert endpoints.state(one)[0] is DeliveryStatus.WAITING


def test_that_of_others_does_not_exist() -> None:
    endpoints.endpoint()
    endpoints.delivery()
    builders.organization(STRANGER)
    assert refused(call("replay_receipt_delivery", organization=STRANGER))[:2] == (404, "not_found")


def test_wherever_it_breaks_off_a_repeat_or_the_minute_job_sends_it(time: Clock) -> None:
    endpoints.endpoint()
    faults = Faults()
    faults.install()
    for step in range(1, 50):
        one = endpoints.made_at(NOW + step)
        endpoints.tried(one)
        time.forward(1)
        faults.arm(step, "after")
        with suppress(Killed):
            call("replay_receipt_delivery", path={"delivery_id": one.id})
        faults.disarm()
        if endpoints.state(one)[0] is DeliveryStatus.WAITING:
            assert (ORGANIZATION, ENDPOINT) in endpoints.marks()
        time.forward(1)
        assert call("replay_receipt_delivery", path={"delivery_id": one.id}).status == 202
        assert (one.id, time(), "http") in receipt_deliveries.tickets(ORGANIZATION, ENDPOINT, time(), 100)
        if not faults.fired:
            return
