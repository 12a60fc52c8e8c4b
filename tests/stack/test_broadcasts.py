"""Bulk sends through the deployed stack: what the sheet said, what the simulator saw and what the export says agree."""

import os
import random
import signal
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from local import clock, workers
from local.stack import Stack
from tests.support import stack_bulk
from tests.support.stack_bulk import Line
from tests.support.stack_client import Json, Number, Organization, Shop, eventually
from tests.support.stack_simulators import Simulators

SENT = {"sent", "delivered", "read"}
FAILS, SILENT, CUT = 2026, 2, 6


def sheet(simulators: Simulators, size: int) -> list[Line]:
    """Dirty numbers, duplicates, bad ones, people who fail and one whose line is cut."""
    lines: list[Line] = []
    for at in range(size):
        kind = FAILS if at % 50 == 7 else SILENT if at % 20 == 3 else CUT if at == 11 else 1
        to = simulators.person(kind)
        lines.append(_line(at, to, lines))
    return lines


def _line(at: int, to: str, before: list[Line]) -> Line:
    digits, formula = to.removeprefix("+"), at % 9 == 0
    match at % 25:
        case 4:
            return Line(f"00{digits}", to, formula=formula)
        case 5:
            return Line(float(digits), to, formula=formula)
        case 6:
            return Line(f" {to[:3]} ({to[3:6]}) {to[6:9]}-{to[9:]} ", to, formula=formula)
        case 14:
            return Line("5.5E+12", None, "number_rounded")
        case 15:
            return Line("call me", None, "invalid_number")
        case 16:
            return Line(before[-10].cell, None, "duplicate")
        case _:
            return Line(to, to, formula=formula)


@pytest.mark.parametrize(
    ("size", "patience"),
    [
        (300, 240),
        pytest.param(1000, 240, marks=pytest.mark.load),
        pytest.param(5000, 1200, marks=pytest.mark.soak),
    ],
    ids=["300", "1000", "5000"],
)
def test_a_sheet_is_sent_through_kills_and_pauses(
    stack: Stack, make_shop: Callable[[str], Shop], simulators: Simulators, tmp_path: Path, size: int, patience: int
) -> None:
    shop = make_shop(f"Bulk of {size}")
    owner, lines = shop.organization, sheet(simulators, size)
    stack_bulk.template(shop)
    good = [line.to for line in lines if line.to]
    out = good[20:25]
    for to in out[:2]:
        owner.call("POST", "/suppressions", {"channel_id": shop.whatsapp, "to": to}, expect=201)
    upload = stack_bulk.uploaded(owner, stack_bulk.written(tmp_path / "people.xlsx", lines))
    broadcast = stack_bulk.created(shop, upload=upload)["id"]
    checked = stack_bulk.reaches(owner, broadcast, "checked", "refused")
    bad = Counter(line.code for line in lines if line.to is None)
    report = checked["report"]
    assert (checked["status"], report["rows"], report["good"]) == ("checked", size, len(good))
    assert (report["reasons"], report["suppressed"]) == (dict(bad), 2)
    assert not set(good) & set(simulators.served()["whatsapp"])  # nothing was sent before the owner said so
    owner.call("POST", f"/broadcasts/{broadcast}/start", {})
    for to in out[2:]:
        owner.call("POST", "/suppressions", {"channel_id": shop.whatsapp, "to": to}, expect=201)
    killed = _disturbed(stack, shop, simulators, broadcast, set(good))
    done = stack_bulk.reaches(owner, broadcast, "done", within=patience)
    assert done["progress"]["settled"] == len(good)
    eventually(lambda: _receipts_came(shop, broadcast), 60, every=2)
    _check(shop, simulators, broadcast, lines, out, killed)


def _disturbed(stack: Stack, shop: Shop, simulators: Simulators, broadcast: str, people: set[str]) -> int:
    """Kills whoever delivers or feeds, at random moments, and pauses in between."""
    owner, killed, patience = shop.organization, 0, 60 + len(people) / 8

    def served() -> int:
        return len(people & set(simulators.served()["whatsapp"]))

    for share in (0.1, 0.3, 0.5):
        eventually(lambda: served() > len(people) * share * random.uniform(0.8, 1.2), patience, served)  # noqa: B023
        killed += _kill(stack, "DeliverMessagesFunction", "FeedBroadcastsFunction")
    owner.call("POST", f"/broadcasts/{broadcast}/pause")
    before = eventually(lambda: _steady(served), 30, every=3)
    assert before < len(people)
    assert owner.call("GET", f"/broadcasts/{broadcast}")["status"] == "paused"
    owner.call("POST", f"/broadcasts/{broadcast}/resume")
    return killed


_last = [0]


def _steady(served: Callable[[], int]) -> int:
    """The number, once it stays the same: calls that were under way have ended."""
    now, _last[0] = (served(), _last[0]), served()
    return now[0] if now[0] == now[1] else 0


def _kill(stack: Stack, *functions: str) -> int:
    running = [pid for function in functions for pid in workers.pids(stack, function)]
    for pid in running:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    return len(running)


def _receipts_came(shop: Shop, broadcast: str) -> bool:
    counts = shop.organization.call("GET", f"/broadcasts/{broadcast}")["progress"]["by_status"]
    return not {"accepted", "sent", "delivered"} & {name for name, count in counts.items() if count > 60}


def _check(shop: Shop, simulators: Simulators, broadcast: str, lines: list[Line], out: list[str], killed: int) -> None:
    """Row by row: nobody twice, every loss a listed unknown outcome; counts, list and export say the same."""
    served, rows = simulators.served()["whatsapp"], stack_bulk.rows(shop.organization, broadcast)
    by = {row["to"]["value"]: row for row in rows}
    good = [line.to for line in lines if line.to]
    assert list(by) == good  # each once, in the order of the sheet
    assert not {to: served[to] for to in good if served.get(to, 0) > 1}
    unknown = [to for to, row in by.items() if (row["error"] or {}).get("code") == "outcome_unknown"]
    assert len(unknown) <= 10 * killed + 1
    for to, row in by.items():
        if to in unknown:
            continue
        if to in out[:2]:
            assert row["status"] == "skipped"
        elif row["status"] == "failed":
            assert row["error"]["provider_code"] == "131026"
            assert not served.get(to)
        elif row["status"] != "skipped":
            assert served.get(to) == 1, row
    assert all(by[to]["status"] in ("skipped", *SENT, "accepted") for to in out[2:])
    _check_export(shop, broadcast, lines, by)


def _check_export(shop: Shop, broadcast: str, lines: list[Line], by: dict[str, Json]) -> None:
    exported = stack_bulk.exported(shop.organization, broadcast)
    assert [row["line"] for row in exported] == list(range(2, len(lines) + 2))
    for line, row in zip(lines, exported, strict=True):
        if line.to is None:
            assert (row["status"], row["code"]) == ("bad", line.code)
        else:
            assert row["to"].lstrip("'").endswith(line.to)
            assert row["status"] == by[line.to]["status"] or row["status"] in SENT
    counts = Counter(row["status"] for row in exported)
    assert sum(counts.values()) == len(lines)


def test_twenty_senders_keep_to_their_limits(
    stack: Stack, make_shop: Callable[[str], Shop], simulators: Simulators
) -> None:
    """Each number with its own limit, enforced by a bucket at the simulated platform, all at once."""
    shop = make_shop("Twenty senders")
    owner, limits = shop.organization, [1 + index % 5 for index in range(20)]
    numbers = [simulators.number() for _ in limits]
    with ThreadPoolExecutor(4) as pool:
        channels = list(pool.map(lambda each: _sender(owner, *each), zip(numbers, limits, strict=True)))
    rates = {number.id: limit for number, limit in zip(numbers, limits, strict=True)}
    with simulators.settings(whatsapp={"phone_rates": rates}):
        made = [_plain(shop, channel, simulators, 8 * limit) for channel, limit in zip(channels, limits, strict=True)]
        for broadcast, _ in made:
            stack_bulk.reaches(owner, broadcast, "done", within=150)
    refused = [error for error in simulators.get("/errors") if error.get("phone_number_id") in rates]
    assert not [error for error in refused if error.get("code") == 130429]
    for (broadcast, people), limit in zip(made, limits, strict=True):
        rows = stack_bulk.rows(owner, broadcast)
        assert len(rows) == len(people)
        _no_window_above(limit, sorted(datetime.fromisoformat(row["times"]["sending"]) for row in rows))


def _sender(owner: Organization, number: Number, limit: int) -> str:
    channel = owner.whatsapp(number)
    owner.call("PATCH", f"/channel_accounts/{channel}/service_settings", {"messages_per_second": limit})
    owner.approved(channel, "plain", "We have moved to a new shop.", category="MARKETING")
    return channel


def _plain(shop: Shop, channel: str, simulators: Simulators, count: int) -> tuple[str, list[str]]:
    people = [simulators.person(0) for _ in range(count)]
    fields = {"channel_id": channel, "template": "plain", "recipients": people}
    return str(stack_bulk.created(shop, **fields)["id"]), people


def _no_window_above(limit: int, times: list[datetime]) -> None:
    """In any ten seconds at most the limit's ten, and what a worker that woke up late may still claim."""
    for start in times:
        inside = [at for at in times if start <= at < start + timedelta(seconds=10)]
        assert len(inside) <= 10 * limit + limit


def test_each_recipient_gets_it_at_their_own_wall_clock(stack: Stack, shop: Shop, simulators: Simulators) -> None:
    """Two zones of one broadcast: the first is due today, the other one only when it is that time there."""
    owner = shop.organization
    owner.approved(shop.whatsapp, "greeting", "Good morning.", category="MARKETING")
    soon = datetime.fromtimestamp(clock.now(stack) + 30, UTC).replace(microsecond=0)
    east, west = "Asia/Tokyo", "America/Anchorage"
    wall = soon.astimezone(ZoneInfo(east)).replace(tzinfo=None)
    first, later = simulators.person(0), simulators.person(0)
    people = [{"to": later, "time_zone": west}, {"to": first, "time_zone": east}]
    fields = {"send_at": wall.isoformat(), "time_zone": east, "local_time": True, "recipients": people}
    broadcast = stack_bulk.created(shop, template="greeting", **fields)["id"]
    [entry] = eventually(lambda: simulators.log(first), 90, every=0.5)
    served = datetime.fromisoformat(entry["at"]) + timedelta(milliseconds=clock.offset(stack))
    assert timedelta(0) <= served - soon <= timedelta(seconds=6)
    assert not simulators.log(later)

    def stands() -> tuple[str, str, int]:
        shown = owner.call("GET", f"/broadcasts/{broadcast}")
        return shown["status"], shown["waits_for"], shown["progress"]["waiting"]

    eventually(lambda: stands() == ("running", "time", 1), 30, stands)
    owner.call("POST", f"/broadcasts/{broadcast}/cancel")


def test_bad_files_are_refused_by_name(shop: Shop, tmp_path: Path) -> None:
    owner = shop.organization
    stack_bulk.template(shop)
    empty = stack_bulk.written(tmp_path / "empty.xlsx", [])
    hopeless = stack_bulk.written(tmp_path / "bad.xlsx", [Line("call me", None), Line("nobody", None)])
    edited = b"to;name;Order number;price\n+34600111222;Ana;A-1;3\n"
    for body, name, code in (
        (empty, "empty.xlsx", "sheet_without_rows"),
        (hopeless, "bad.xlsx", "no_good_rows"),
        (edited, "edited.csv", "column_missing"),
        (b"PK\x03\x04 broken", "broken.xlsx", "unreadable"),
    ):
        upload = stack_bulk.uploaded(owner, body, name, "text/csv" if name.endswith("csv") else stack_bulk.XLSX)
        refused = stack_bulk.reaches(owner, stack_bulk.created(shop, upload=upload)["id"], "refused")
        assert any(code in error["code"] for error in refused["errors"]), (name, refused["errors"])
    answer = owner.ask("POST", "/broadcasts", {**_body(shop), "recipients": ["+34600111222"]})
    assert (answer.status_code, [each["code"] for each in answer.json()["errors"]]) == (422, ["variables_need_sheet"])


def _body(shop: Shop) -> Json:
    return {"name": "Offers", "channel_id": shop.whatsapp, "template": "three_values", "language": "en"}


def test_the_downloaded_sheet_comes_back_filled_in(shop: Shop, simulators: Simulators, tmp_path: Path) -> None:
    """As an operator does it in a spreadsheet program: the header is known again, the examples are replaced."""
    import openpyxl

    owner = shop.organization
    made = stack_bulk.template(shop, "downloaded", stack_bulk.TEXT.replace("Hello", "Good day"))
    answer = owner.ask("GET", f"/templates/{made}/recipients.xlsx")
    assert answer.status_code == 200
    path = tmp_path / "filled.xlsx"
    path.write_bytes(answer.content)
    book = openpyxl.load_workbook(path)
    sheet = book.worksheets[0]
    assert [cell.value for cell in sheet[1]] == stack_bulk.COLUMNS
    person = simulators.person(1)
    for column, value in enumerate([person, "Ana", "A-1", "3.50"], 1):
        sheet.cell(2, column, value)
    book.save(path)
    broadcast = stack_bulk.created(shop, template="downloaded", upload=stack_bulk.uploaded(owner, path.read_bytes()))[
        "id"
    ]
    stack_bulk.reaches(owner, broadcast, "done", "checked", "refused", within=90)
    eventually(lambda: len(simulators.log(person)) == 1, 90)
    assert _texts(stack_bulk.rows(owner, broadcast)) == ["Good day Ana, your order A-1 is ready, it costs 3.50."]


def _texts(rows: Iterator[Json] | list[Json]) -> list[str]:
    return [row["text"] for row in rows]
