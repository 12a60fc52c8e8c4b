"""list_broadcast_rows: each row's own truth, in the order in which they go out; before the run, what it would do."""

import pytest
from parley.model import ids
from parley.model.run import Account
from parley.model.status import Status

from tests.support import builders, kept, runs
from tests.support.builders import PHONE_ID, SMS, TEMPLATE, WHATSAPP
from tests.support.events import Answer, Json, call, refused
from tests.support.runs import BROADCAST, number
from tests.support.time import NOW

OTHER = "5d3c9a10-0d5e-4a55-8f0e-6c7a1b2d3e4f"
OTHER_TEMPLATE = "0de4814e-9894-4ea5-be8c-3d96d03edfb5"
TEXT = "Hello Name 2, your order A-2 is ready to be picked up at our shop."


@pytest.fixture(autouse=True)
def _cast() -> None:
    builders.story()


def page(**query: str | None) -> Answer:
    return call("list_broadcast_rows", query={"status": None, **query}, path={"broadcast_id": BROADCAST})


def listed(**query: str | None) -> list[Json]:
    """All pages."""
    answer = page(**query)
    found = list(answer.body["items"])
    while answer.body["next"]:
        answer = page(**{**query, "next": answer.body["next"]})
        found += answer.body["items"]
    return found


def numbers(**query: str | None) -> list[int]:
    return [each["row"] for each in listed(**query)]


def test_before_the_run_each_row_tells_what_it_would_do() -> None:
    run = runs.broadcast(status="checked")
    with kept.nothing_changes():
        rows = listed()
    [first, *_] = rows
    wanted = {"row": 0, "line": 2, "message_id": ids.row_of(run.id, 0), "channel_id": WHATSAPP}
    wanted |= {"to": {"type": "phone", "value": number(1)}, "status": "waiting", "skip_reason": None}
    wanted |= {"send_at": None, "error": None, "late": False, "parts": None, "encoding": None, "times": {}}
    assert {**first, "text": ""} == wanted | {"text": ""}
    assert TEXT in first["text"]
    assert [each["line"] for each in rows] == [2, 3, 4]


def test_and_why_it_would_not_go_out() -> None:
    runs.broadcast(status="checked")
    builders.suppressed(who=f"phone:{number(2)}")
    assert [each["skip_reason"] for each in listed()] == [None, "person_blocked", None]
    call("update_channel", {"is_active": False})
    assert [each["skip_reason"] for each in listed()] == ["channel", "person_blocked", "channel"]


def test_its_own_quiet_hours_count_instead_of_the_channels() -> None:
    asleep, awake = {"start": "10:00", "end": "11:00"}, {"start": "21:00", "end": "08:00"}  # half past ten in Madrid
    everything = {"time_zone": "Europe/Madrid", "categories": ["MARKETING", "UTILITY"]}
    call("update_service_settings", {"quiet_hours": awake | everything})
    runs.broadcast(status="checked", quiet_hours=asleep | everything)
    assert {each["skip_reason"] for each in listed()} == {"quiet"}
    call("update_service_settings", {"quiet_hours": asleep | everything})
    runs.broadcast(OTHER, status="checked", quiet_hours=awake | everything)
    rows = call("list_broadcast_rows", query={"status": None}, path={"broadcast_id": OTHER}).body["items"]
    assert {each["skip_reason"] for each in rows} == {None}


def test_of_sms_the_parts_are_counted() -> None:
    builders.template(OTHER_TEMPLATE, channel_id=SMS, name="sms", **builders.simple("Hi $(order), it is $(name) ✂" * 6))
    runs.broadcast(status="checked", accounts=[Account(channel=SMS, sender="BAKERY", template=OTHER_TEMPLATE)])
    assert {(each["encoding"], each["parts"]) for each in listed()} == {("UCS2", 2)}


def test_a_row_that_was_taken_tells_how_it_stands() -> None:
    run = runs.broadcast()
    fault = {"code": "undeliverable", "message": "Nobody has this number."}
    runs.row(run, 0, Status.DELIVERED, times={"accepted": NOW - 1000, "delivered": NOW}, late=True)
    runs.row(run, 1, Status.FAILED, error=fault)
    delivered, failed, waiting = listed()
    assert (delivered["status"], delivered["late"], delivered["error"]) == ("delivered", True, None)
    assert delivered["times"] == {"accepted": "2026-03-01T09:29:59.000Z", "delivered": "2026-03-01T09:30:00.000Z"}
    assert (failed["status"], failed["error"]["code"], failed["error"]["message"]) == ("failed", *fault.values())
    assert (waiting["status"], waiting["message_id"]) == ("waiting", ids.row_of(run.id, 2))
    message = call("get_message", path={"message_id": delivered["message_id"]}).body
    assert (message["status"], message["variables"]) == ("delivered", {"order": "A-2", "name": "Name 2"})


def test_an_outcome_that_nobody_knows_is_told_as_such() -> None:
    run = runs.broadcast(rows=1)
    error = {"code": "outcome_unknown", "message": "Nobody knows."}
    runs.row(run, 0, Status.UNKNOWN, settled=True, error=error)
    [row] = listed()
    assert (row["status"], row["error"]["code"]) == ("failed", "outcome_unknown")
    assert numbers(status="failed") == [0]


def test_what_a_cancelled_run_never_handed_out_is_cancelled() -> None:
    run = runs.broadcast(status="cancelled")
    runs.row(run, 0, Status.READ)
    assert [each["status"] for each in listed()] == ["read", "cancelled", "cancelled"]


@pytest.mark.parametrize("status", ["scheduled", "paused"])
def test_what_a_run_that_rests_has_not_handed_out_waits(status: str) -> None:
    runs.broadcast(status=status)
    assert {(each["status"], each["skip_reason"]) for each in listed()} == {("waiting", "broadcast")}


@pytest.mark.parametrize("status", ["checking", "refused"])
def test_there_are_none_before_the_check_or_after_a_refusal(status: str) -> None:
    runs.broadcast(status=status)
    assert page().body == {"items": [], "next": None}


def test_each_goes_out_from_one_of_its_channels() -> None:
    builders.whatsapp(OTHER, number="106540352249999")
    builders.template(OTHER_TEMPLATE, channel_id=OTHER, provider_id="2", **builders.simple())
    accounts = [
        Account(channel=WHATSAPP, sender=PHONE_ID, template=TEMPLATE, weight=2),
        Account(channel=OTHER, sender="106540352249999", template=OTHER_TEMPLATE),
    ]
    runs.broadcast(status="checked", rows=6, accounts=accounts)
    rows = listed()
    assert [each["channel_id"] == OTHER for each in rows] == [False, False, True] * 2
    assert rows[2]["text"] == "Hello Name 4, see you."


@pytest.mark.parametrize("limit", ["1", "2", "7", "100"])
def test_pages_lead_to_the_last_row(limit: str) -> None:
    runs.broadcast(rows=7)
    assert numbers(limit=limit) == list(range(7))


def test_more_rows_than_a_file_holds() -> None:
    runs.broadcast(status="checked", rows=1001)
    assert [each["line"] for each in listed(to=number(1001))] == [1002]
    assert len(page(limit="100").body["items"]) == 100


def test_a_filter_looks_at_a_bounded_number_of_rows_and_the_cursor_goes_on() -> None:
    runs.broadcast(rows=3500)
    first = page(to=number(3500), limit="1")
    assert (first.body["items"], first.body["next"] is not None) == ([], True)
    rest = page(to=number(3500), limit="1", next=first.body["next"])
    assert ([each["row"] for each in rest.body["items"]], rest.body["next"]) == ([3499], None)


@pytest.mark.parametrize("limit", ["1", "2", "50"])
def test_a_status_narrows_the_list(limit: str) -> None:
    run = runs.broadcast(rows=7)
    for at in (1, 2, 5):
        runs.row(run, at, Status.FAILED)
    assert numbers(status="failed", limit=limit) == [1, 2, 5]
    assert numbers(status="waiting", limit=limit) == [0, 3, 4, 6]
    assert numbers(status="read", limit=limit) == []


def test_a_person_is_found_however_they_are_written() -> None:
    runs.broadcast()
    for to in (number(2), number(2).removeprefix("+"), f"phone:{number(2)}", f" {number(2)} "):
        assert numbers(to=to) == [1]
    assert numbers(to=number(2)[:-1]) == []


@pytest.mark.parametrize(
    ("query", "code", "field"),
    [
        ({"status": "lost"}, "unknown_value", "status"),
        ({"status": "x" * 21}, "string_too_long", "status"),
        ({"to": "x" * 257}, "string_too_long", "to"),
    ],
)
def test_bad_questions(query: dict[str, str], code: str, field: str) -> None:
    runs.broadcast()
    assert refused(page(**query)) == (422, code, [field])


@pytest.mark.parametrize("status", [*Status, "waiting"])
def test_every_status_may_be_asked_for(status: str) -> None:
    runs.broadcast(rows=1)
    assert page(status=status).status == 200


def test_the_cursor_of_another_broadcast_does_not_go_on() -> None:
    runs.broadcast(rows=5)
    runs.broadcast(OTHER, rows=5)
    cursor = page(limit="2").body["next"]
    answer = call("list_broadcast_rows", query={"status": None, "next": cursor}, path={"broadcast_id": OTHER})
    assert refused(answer) == (400, "bad_cursor", ["next"])
