"""get_broadcast: what was asked for, what the check found, how far the run is."""

from collections import Counter

import pytest
from parley.cloud.clients import client
from parley.model.broadcast_view import CheckReport
from parley.model.message import Fault
from parley.model.metrics import NOW as NOW_PLACE
from parley.model.metrics import Place
from parley.settings import settings
from parley.store import metrics

from tests.support import builders, kept, runs
from tests.support.builders import ORGANIZATION, TEMPLATE, WHATSAPP
from tests.support.events import Json, call, refused
from tests.support.runs import BROADCAST
from tests.support.time import NOW, Clock

BAD = CheckReport(rows=5, good=3, bad=2, reasons={"invalid_number": 2})


@pytest.fixture(autouse=True)
def _cast() -> None:
    builders.story()


def progress() -> Json:
    found = runs.shown()["progress"]
    assert found is not None
    return dict(found)


def test_what_was_asked_for_is_shown(time: Clock) -> None:
    runs.broadcast(status="checked", reference="orders", speed=2.5)
    wanted = {"id": BROADCAST, "organization_id": ORGANIZATION, "name": "Orders of this morning", "status": "checked"}
    wanted |= {"channel_id": WHATSAPP, "channel_ids": [WHATSAPP], "template": TEMPLATE, "language": "en"}
    wanted |= {"speed": 2.5, "reference": "orders", "send_at": None, "created_at": time.text()}
    wanted |= {"progress": None, "waits_for": None, "bad_rows": None, "errors": []}
    shown = runs.shown()
    assert shown == shown | wanted
    assert (shown["report"]["rows"], shown["report"]["good"], shown["report"]["bad"]) == (3, 3, 0)


def test_looking_changes_nothing() -> None:
    runs.broadcast()
    with kept.nothing_changes():
        runs.shown()


@pytest.mark.parametrize(("filename", "kind"), [("people.xlsx", "xlsx"), ("People.CSV", "csv"), ("", "xlsx")])
def test_its_bad_rows_can_be_fetched_in_the_shape_that_was_uploaded(filename: str, kind: str) -> None:
    run = runs.broadcast(status="checked", report=BAD, filename=filename)
    link = runs.shown()["bad_rows"]
    assert f"{run.folder}/bad_rows.{kind}?" in link
    assert "X-Amz-Expires=900" in link or "Expires=" in link
    assert call("list_broadcasts", query={"status": None}).body["items"][0]["bad_rows"] is None


def test_why_it_was_refused_is_told() -> None:
    runs.broadcast(status="refused", errors=[Fault(code="wrong_sheet", message="It was made for another template.")])
    shown = runs.shown()
    assert shown["errors"] == [{"code": "wrong_sheet", "reason": "It was made for another template."}]
    assert (shown["progress"], shown["bad_rows"]) == (None, None)


def test_a_run_that_has_just_begun() -> None:
    runs.broadcast()
    nothing = {"fed": 0, "settled": 0, "by_status": {}, "rate": None, "eta": None}
    assert progress() == {"rows": 3, "waiting": 3, **nothing}


def test_how_fast_it_is_and_when_it_will_be_through(time: Clock) -> None:
    run = runs.broadcast(rows=1500)
    samples = [[NOW - 30_000, 100], [NOW - 10_000, 400], [NOW, 700]]
    runs.moved(run, fed=800, seen=700, settled=690, samples=samples)
    found = progress()
    assert (found["fed"], found["waiting"], found["settled"], found["rate"]) == (800, 800, 690, 20.0)
    assert found["eta"] == time.text(40)


def test_of_a_paused_run_nobody_knows_when() -> None:
    run = runs.broadcast(status="paused", rows=10)
    runs.moved(run, fed=4, seen=4, waits_for="window", samples=[[NOW - 10_000, 0], [NOW, 4]])
    shown = runs.shown()
    assert (shown["waits_for"], shown["progress"]["rate"], shown["progress"]["eta"]) == (None, None, None)
    assert shown["progress"]["waiting"] == 6


def test_what_a_run_rests_for_is_told() -> None:
    runs.moved(runs.broadcast(), waits_for="channel")
    assert runs.shown()["waits_for"] == "channel"


def test_when_it_is_done_nothing_waits() -> None:
    runs.moved(runs.broadcast(status="done"), fed=3, seen=3, settled=3, tally={"accepted": 3})
    found = progress()
    assert (found["waiting"], found["settled"], found["rate"], found["eta"]) == (0, 3, None, None)
    assert found["by_status"] == {"accepted": 3}  # the counters are late


def test_its_rows_are_counted_as_they_stand(time: Clock) -> None:
    """By the counters of the changes, which leave out what was cancelled."""
    run = runs.broadcast(status="cancelled", rows=9, done_at=NOW)
    runs.moved(run, fed=4, seen=4, settled=9, tally={"accepted": 4, "cancelled": 5})
    metrics.add(
        "changes", {Place(ORGANIZATION, BROADCAST, NOW_PLACE, broadcast=True): Counter(read=1, accepted=3)}, NOW
    )
    assert progress()["by_status"] == {"read": 1, "accepted": 3, "cancelled": 5}


def test_its_rows_are_read_from_no_file() -> None:
    """They may be a million."""
    runs.broadcast(rows=2)
    for name in kept.files():
        client("s3").delete_object(Bucket=settings().files_bucket, Key=name)
    assert runs.shown()["progress"]["rows"] == 2


def test_what_does_not_exist_is_not_found() -> None:
    assert refused(runs.do("get"))[:2] == (404, "not_found")
