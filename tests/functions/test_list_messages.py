"""list_messages: by channel, person or reference, newest first; filters narrow a page, and the cursor goes on."""

import pytest
from parley.model.status import Status
from parley.model.times import DAY

from tests.support import builders
from tests.support.builders import MESSAGE, PERSON, SMS, WHATSAPP
from tests.support.events import call, refused
from tests.support.time import NOW, Clock

IDS = ["0de4814e-9894-4ea5-be8c-3d96d03edfb5", "1670b671-4f2e-40b9-9bc6-39ef35547468", MESSAGE]


def listed(**query: str | None) -> list[str]:
    answer = call("list_messages", query={"channel_id": None, "since": None, **query})
    assert answer.status == 200, answer
    return [item["id"] for item in answer.body["items"]]


def test_the_newest_comes_first(time: Clock) -> None:
    for id in IDS:
        builders.message(id)
        time.forward(60)
    assert call("list_messages").body["items"][0] == {
        "id": MESSAGE,
        "channel_id": WHATSAPP,
        "direction": "out",
        "status": "queued",
        "to": {"type": "phone", "value": PERSON},
        "type": "text",
        "category": None,
        "reference": None,
        "created_at": "2026-03-01T09:32:00.000Z",
        "send_at": "2026-03-01T09:32:00.000Z",
        "error": None,
        "fallback_of": None,
        "late": False,
    }
    assert listed(channel_id=WHATSAPP) == IDS[::-1]


def test_each_question_has_its_own_answer() -> None:
    builders.message(IDS[0], reference="order-A-19")
    builders.message(IDS[1], to="phone:+34600111333", channel=SMS)
    assert listed(channel_id=WHATSAPP) == [IDS[0]]
    assert listed(channel_id=SMS) == [IDS[1]]
    assert listed(to=PERSON) == listed(to="34600111222") == listed(to=f"phone:{PERSON}") == [IDS[0]]
    assert listed(reference="order-A-19") == [IDS[0]]
    assert listed(reference="order-A") == []


def test_goes_back_seven_days_or_as_far_as_one_asks() -> None:
    for id, days in zip(IDS, (0, 6, 30), strict=True):
        builders.message(id, created_at=NOW - days * DAY)
    assert listed(channel_id=WHATSAPP) == IDS[:2]
    assert listed(channel_id=WHATSAPP, since="2026-01-30T00:00:00Z") == IDS
    assert listed(channel_id=WHATSAPP, since="2026-03-01T00:00:00Z") == IDS[:1]
    assert listed(channel_id=WHATSAPP, since="2027-03-01T00:00:00Z") == []


def test_a_status_narrows_the_page_and_the_cursor_goes_on() -> None:
    builders.message(IDS[0], status=Status.FAILED)
    builders.message(IDS[1], created_at=NOW - 1)
    answer = call("list_messages", query={"limit": "1", "status": "queued"})
    assert answer.body["items"] == []
    answer = call("list_messages", query={"limit": "1", "status": "queued", "next": answer.body["next"]})
    assert [item["id"] for item in answer.body["items"]] == [IDS[1]]


def test_an_unknown_outcome_is_found_as_it_is_shown() -> None:
    builders.message(status=Status.UNKNOWN, settled=True)
    assert listed(channel_id=WHATSAPP, status="failed") == [MESSAGE]
    assert listed(channel_id=WHATSAPP, status="unknown") == []


@pytest.mark.parametrize(
    ("query", "code", "field"),
    [
        ({}, "filter_missing", "channel_id"),
        ({"status": "queued"}, "filter_missing", "channel_id"),
        ({"to": "12"}, "invalid_number", "to"),
        ({"to": "x" * 257}, "string_too_long", "to"),
        ({"reference": "x" * 257}, "string_too_long", "reference"),
        ({"channel_id": WHATSAPP, "status": "lost"}, "unknown_value", "status"),
        ({"channel_id": WHATSAPP, "since": "yesterday"}, "invalid_time", "since"),
        ({"channel_id": WHATSAPP, "since": "2026-02-27T00:00:00"}, "zone_missing", "since"),
    ],
)
def test_bad_questions(query: dict[str, str], code: str, field: str) -> None:
    answer = call("list_messages", query={"channel_id": None, "since": None, **query})
    assert refused(answer) == (422, code, [field])
