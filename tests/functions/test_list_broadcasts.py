"""list_broadcasts: the newest first; filters narrow a page, and the cursor goes on."""

import pytest
from parley.model.run import Account

from tests.support import builders, runs
from tests.support.builders import ORGANIZATION, PHONE_ID, SMS, STRANGER, TEMPLATE, WHATSAPP
from tests.support.events import call, refused
from tests.support.runs import BROADCAST
from tests.support.time import Clock

IDS = ["0de4814e-9894-4ea5-be8c-3d96d03edfb5", "1670b671-4f2e-40b9-9bc6-39ef35547468", BROADCAST]
BOTH = [Account(channel=each, sender=PHONE_ID, template=TEMPLATE) for each in (WHATSAPP, SMS)]


def listed(**query: str | None) -> list[str]:
    answer = call("list_broadcasts", query={"channel_id": None, "status": None, **query})
    assert answer.status == 200, answer
    return [item["id"] for item in answer.body["items"]]


@pytest.fixture(autouse=True)
def _cast(time: Clock) -> None:
    builders.story()
    runs.broadcast(IDS[0], "done", reference="spring")
    time.forward(60)
    runs.broadcast(IDS[1], accounts=BOTH, reference="spring")
    time.forward(60)
    runs.broadcast(IDS[2])


def test_the_newest_comes_first() -> None:
    assert listed() == IDS[::-1]


def test_each_question_has_its_own_answer() -> None:
    assert listed(reference="spring") == IDS[1::-1]
    assert listed(reference="spring", status="done") == IDS[:1]
    assert listed(reference="sprin") == []
    assert listed(status="running") == IDS[:0:-1]
    assert listed(channel_id=SMS) == IDS[1:2]
    assert listed(channel_id=WHATSAPP, status="done") == IDS[:1]
    assert listed(channel_id="nobody") == []


def test_a_row_of_the_list_has_no_progress() -> None:
    [row, *_] = call("list_broadcasts").body["items"]
    assert row == runs.shown() | {"progress": None}


def test_a_filter_narrows_the_page_and_the_cursor_goes_on() -> None:
    answer = call("list_broadcasts", query={"channel_id": None, "status": "done", "limit": "1"})
    found = list(answer.body["items"])
    while answer.body["next"]:
        answer = call(
            "list_broadcasts", query={"channel_id": None, "status": "done", "limit": "1", "next": answer.body["next"]}
        )
        found += answer.body["items"]
    assert [each["id"] for each in found] == IDS[:1]


def test_messages_of_the_same_reference_are_not_among_them() -> None:
    builders.message(reference="spring")
    assert listed(reference="spring") == IDS[1::-1]
    messages = call("list_messages", query={"channel_id": None, "since": None, "reference": "spring"})
    assert [each["id"] for each in messages.body["items"]] == [builders.MESSAGE]


def test_those_of_others_are_not_shown() -> None:
    builders.organization(STRANGER)
    assert call("list_broadcasts", organization=STRANGER).body == {"items": [], "next": None}
    assert {each["organization_id"] for each in call("list_broadcasts").body["items"]} == {ORGANIZATION}


@pytest.mark.parametrize(
    ("query", "code", "field"),
    [
        ({"status": "lost"}, "unknown_value", "status"),
        ({"channel_id": "x" * 257}, "string_too_long", "channel_id"),
        ({"reference": "x" * 257}, "string_too_long", "reference"),
    ],
)
def test_bad_questions(query: dict[str, str], code: str, field: str) -> None:
    assert refused(call("list_broadcasts", query=query)) == (422, code, [field])
