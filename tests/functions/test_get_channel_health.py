"""get_channel_health: what the channel and its platform say of themselves."""

import pytest

from tests.support import builders
from tests.support.events import call
from tests.support.time import Clock
from tests.support.wire import PHONE, Wire, refusal


@pytest.fixture(autouse=True)
def _bound() -> None:
    builders.organization()
    builders.whatsapp()


def test_a_healthy_channel(time: Clock) -> None:
    answer = call("get_channel_health")
    assert answer.status == 200
    assert answer.body == {
        "channel_id": builders.WHATSAPP,
        "is_active": True,
        "connection": "connected",
        "can_send": True,
        "platform": PHONE,
        "codes_today": {"codes": 0, "reported": 0, "converted": 0},
        "checked_at": time.text(),
    }


def test_a_platform_that_refuses_says_so(wire: Wire) -> None:
    wire.answers[f"GET {builders.PHONE_ID}"] = refusal(190, 401)
    answer = call("get_channel_health")
    assert (answer.status, answer.body["platform"]["code"]) == (200, "190")


def test_an_inactive_channel_cannot_send() -> None:
    call("update_channel", {"is_active": False})
    body = call("get_channel_health").body
    assert (body["is_active"], body["connection"], body["can_send"]) == (False, "connected", False)


def test_an_unbound_one_has_no_platform(wire: Wire) -> None:
    call("unbind_channel")
    body = call("get_channel_health").body
    assert (body["platform"], body["can_send"], wire.requests) == ({}, False, [])
