"""list_channels: newest first, by type and activity, without what was deleted."""

import pytest
from parley.model.channel import ChannelType, Life

from tests.support import builders
from tests.support.builders import SMS, WHATSAPP
from tests.support.events import call, refused
from tests.support.time import Clock

IDLE, GONE = "e1c87db6-374c-4e3d-b9df-cc016dc30188", "1670b671-4f2e-40b9-9bc6-39ef35547468"


@pytest.fixture(autouse=True)
def _channels(time: Clock) -> None:
    builders.organization()
    builders.channel(WHATSAPP)
    time.forward(60)
    builders.channel(SMS, type=ChannelType.SMS)
    time.forward(60)
    builders.channel(IDLE, type=ChannelType.SMS, is_active=False)
    builders.channel(GONE, life=Life.DELETED)


@pytest.mark.parametrize(
    ("type", "is_active", "found"),
    [
        (None, None, [IDLE, SMS, WHATSAPP]),
        ("SMS", None, [IDLE, SMS]),
        (None, "true", [SMS, WHATSAPP]),
        (None, "false", [IDLE]),
        ("SMS", "true", [SMS]),
        ("WHATSAPP", None, [WHATSAPP]),
        ("TELEGRAM", None, []),
    ],
)
def test_filters(type: str | None, is_active: str | None, found: list[str]) -> None:
    answer = call("list_channels", query={"type": type, "is_active": is_active})
    assert (answer.status, [item["id"] for item in answer.body["items"]], answer.body["next"]) == (200, found, None)


@pytest.mark.parametrize(("query", "field"), [({"type": "PIGEON"}, "type"), ({"is_active": "perhaps"}, "is_active")])
def test_bad_filters(query: dict[str, str], field: str) -> None:
    assert refused(call("list_channels", query=query))[::2] == (422, [field])


def test_the_documented_filter_by_the_own_organization() -> None:
    query = {"organization_id": builders.ORGANIZATION, "type": None, "is_active": None}
    assert len(call("list_channels", query=query).body["items"]) == 3
