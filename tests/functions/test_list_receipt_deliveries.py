"""list_receipt_deliveries: what went to an endpoint or business system, try by try, the newest first."""

import pytest
from parley.store import receipt_endpoints, receipt_keys

from tests.support import builders, endpoints
from tests.support.builders import ORGANIZATION, STRANGER, SYSTEM
from tests.support.endpoints import ENDPOINT
from tests.support.events import Json, call, refused
from tests.support.time import NOW, Clock


@pytest.fixture(autouse=True)
def _cast() -> None:
    builders.organization()


def listed(**query: object) -> list[Json]:
    answer = call("list_receipt_deliveries", query=query)
    assert answer.status == 200
    return list(answer.body["items"])


def test_a_delivery_is_shown_with_its_tries(time: Clock) -> None:
    one = endpoints.delivery()
    endpoints.tried(one, "refused")
    at = time.text()
    assert listed() == [
        {
            "id": one.id,
            "organization_id": ORGANIZATION,
            "receipt_endpoint_id": ENDPOINT,
            "business_system_id": None,
            "kind": "ChatAppStatus",
            "way": "http",
            "events": 1,
            "status": "waiting",
            "tries": 1,
            "next_try_at": time.text(5),
            "created_at": at,
            "replayed_at": None,
            "attempts": [{"at": at, "milliseconds": 12, "status": 500, "problem": "refused", "answer": None}],
            "body": None,
        }
    ]


def test_the_newest_come_first_and_a_period_narrows_them() -> None:
    made = [endpoints.made_at(NOW + 1000 * number).id for number in range(5)]
    assert [each["id"] for each in listed()] == made[::-1]
    period = {"since": "2026-03-01T09:30:01Z", "until": "2026-03-01T10:30:03+01:00"}
    assert [each["id"] for each in listed(**period)] == [made[2], made[1]]
    assert listed(since="2026-03-02T00:00:00Z") == listed(until="1969-12-31T00:00:00Z") == []
    assert [each["id"] for each in listed(since="0001-01-01T00:00:00Z", until="9999-12-31T00:00:00Z")] == made[::-1]


def test_those_of_one_status_are_found_among_many() -> None:
    made = [endpoints.made_at(NOW + number) for number in range(30)]
    for one in made[::10]:
        endpoints.tried(one, "refused", last=True)
    answer = call("list_receipt_deliveries", query={"status": "failed", "limit": "2"})
    found = answer.body["items"]
    while answer.body["next"]:
        answer = call("list_receipt_deliveries", query={"status": "failed", "limit": "2", "next": answer.body["next"]})
        found += answer.body["items"]
    assert [each["id"] for each in found] == [one.id for one in made[::10]][::-1]


def test_those_of_a_business_system_are_listed_by_it() -> None:
    intent = endpoints.delivery(receipt_keys.delivery_id(SYSTEM, NOW, "x"), business_system_id=SYSTEM, kind="intent")
    endpoints.delivery()
    assert [each["id"] for each in listed(receipt_endpoint_id=None, business_system_id=SYSTEM)] == [intent.id]
    assert listed(receipt_endpoint_id=SYSTEM) == []


def test_those_of_an_endpoint_that_was_deleted_stay() -> None:
    endpoint, one = endpoints.endpoint(), endpoints.delivery()
    receipt_endpoints.close(endpoint)
    receipt_endpoints.remove(endpoint)
    assert [each["id"] for each in listed()] == [one.id]


def test_those_of_others_are_not_there() -> None:
    builders.organization(STRANGER)
    endpoints.delivery()
    assert call("list_receipt_deliveries", organization=STRANGER).body["items"] == []


@pytest.mark.parametrize(
    ("query", "code", "fields"),
    [
        ({"receipt_endpoint_id": None}, "target_missing", ["receipt_endpoint_id", "business_system_id"]),
        ({"business_system_id": SYSTEM}, "two_targets", ["receipt_endpoint_id", "business_system_id"]),
        ({"status": "lost"}, "unknown_value", ["status"]),
        ({"since": "yesterday"}, "invalid_time", ["since"]),
        ({"until": "2026-03-01T09:30:00"}, "zone_missing", ["until"]),
        ({"since": "2026-03-02T00:00:00Z", "until": "2026-03-01T00:00:00Z"}, "empty_period", ["until"]),
    ],
)
def test_a_question_that_makes_no_sense_is_refused(query: Json, code: str, fields: list[str]) -> None:
    assert refused(call("list_receipt_deliveries", query=query)) == (422, code, fields)
