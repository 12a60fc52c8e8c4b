"""Whatever a sheet holds: each of its rows is either good or bad, and each good one is in exactly one wave."""

import json
from collections.abc import Iterator
from typing import IO, Any

import pytest
from hypothesis import given
from hypothesis import settings as settings_of
from hypothesis import strategies as st
from parley import providers
from parley.cloud import clock, files
from parley.model.local_times import LocalTimes
from parley.model.run import Run
from parley.operations import check_sources, checking
from parley.operations.entries import Source, entry
from parley.store import people

from tests.support.make import NOW, body, template
from tests.support.sheets import PERSON

OFFER = template(body("Dear $(name), order $(order)."), defaults={"order": "A-19"})
RUN = {"id": "b", "organization": "o", "name": "Spring", "accounts": [{"channel": "c", "sender": "1", "template": "t"}]}
RUN |= {"template_name": "offer", "language": "en", "category": "MARKETING", "lane": "marketing", "ttl": 60}
RUN |= {"variables": OFFER.variables, "fingerprint": "f", "created_at": 0, "updated_at": 0, "filename": "x.csv"}

numbers = st.integers(1, 6).map(lambda number: f"+3460011122{number}")
dirty = st.sampled_from(
    ["0034 600 111 221", "600111222", "", "5.5E+12", "hello", "#N/A", "+1 312 555 0123", "+34", PERSON]
)
words = st.sampled_from(["", "Ana", "x" * 3000, "é" * 1500, "two\nlines", "#REF!", "A-19"])
zones = st.sampled_from(["", "", "Asia/Tokyo", "america/new_york", "Pacific/Kiritimati", "Mars/Olympus"])
rows = st.lists(st.tuples(numbers | dirty, st.lists(words, min_size=2, max_size=2), zones), max_size=20)
Given = list[tuple[str, list[str], str]]


class Kept(dict[str, bytes]):
    """Stands in for S3."""

    def put(self, key: str, file: IO[bytes], _: str) -> None:
        self[key] = file.read()

    def rows(self) -> list[Any]:
        found = [self[key] for key in sorted(self) if "/rows-" in key]
        return [json.loads(line) for raw in found for line in raw.decode().split("\n")]


@pytest.fixture(scope="module", autouse=True)
def kept() -> Iterator[Kept]:
    with pytest.MonkeyPatch.context() as patch:
        found = Kept()
        patch.setattr(files, "put", found.put)
        patch.setattr(clock, "now", lambda: NOW)
        patch.setattr(people, "all_suppressed", lambda *_: {f"phone:{PERSON}"})
        patch.setattr(checking, "_ground", lambda _: ([OFFER], providers.abilities("whatsapp_cloud")))
        yield found


def check(kept: Kept, given: Given, patch: pytest.MonkeyPatch, **fields: Any) -> tuple[Run, checking.Outcome]:
    run = Run.model_validate({**RUN, "source": "upload", **fields})
    entries = (entry(line, to, values, zone) for line, (to, values, zone) in enumerate(given, 2))
    patch.setattr(check_sources, "open_source", lambda *_: Source(["to", "name", "order", "time_zone"], entries))
    kept.clear()
    return run, checking._attempt(run)


local = {"local_time": True, "wall_time": "2026-09-22T03:00:00", "time_zone": "Europe/Madrid"}


@given(given=rows, deduplicate=st.booleans(), more=st.sampled_from([{}, local, {"send_at": NOW + 1}]))
@settings_of(max_examples=300, deadline=None)
def test_rows_are_good_or_bad_and_good_ones_are_in_one_wave(
    kept: Kept, given: Given, deduplicate: bool, more: dict[str, Any]
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        run, outcome = check(kept, given, patch, deduplicate=deduplicate, **more)
    if not given:
        assert [each.code for each in outcome.problems] == ["sheet_without_rows"]
        return
    report = outcome.report
    assert report is not None
    written, bad = kept.rows(), report.examples
    assert bool(outcome.problems) == (report.good == 0)
    assert (report.rows, report.good, report.bad) == (len(given), len(written), len(bad))
    assert sorted([row[0] for row in written] + [each.line for each in bad]) == list(range(2, len(given) + 2))
    assert sum(report.reasons.values()) == report.bad
    assert report.suppressed == sum(row[1] == f"phone:{PERSON}" for row in written)
    _check_waves(run, outcome, written, given)
    _check_duplicates(deduplicate, written, report)


def _check_waves(run: Run, outcome: checking.Outcome, written: list[Any], given: Given) -> None:
    assert [wave.first for wave in outcome.waves] == [
        sum(wave.count for wave in outcome.waves[:place]) for place in range(len(outcome.waves))
    ]
    assert sum(wave.count for wave in outcome.waves) == len(written)
    assert [wave.due for wave in outcome.waves] == sorted({wave.due for wave in outcome.waves})
    for wave in outcome.waves:
        of_wave = written[wave.first : wave.first + wave.count]
        assert of_wave
        assert [row[0] for row in of_wave] == sorted(row[0] for row in of_wave)
        assert {_due(run, row, given) for row in of_wave} == {wave.due}


def _due(run: Run, row: Any, given: Given) -> int:
    if not run.local_time:
        return run.send_at or NOW
    due = LocalTimes(str(run.wall_time), run.time_zone).due(given[row[0] - 2][2], row[1])
    assert due > NOW
    return due


def _check_duplicates(deduplicate: bool, written: list[Any], report: Any) -> None:
    to = [row[1] for row in written]
    assert not deduplicate or len(set(to)) == len(to)
    assert deduplicate or "duplicate" not in report.reasons
    firsts = {row[0] for row in written}
    for each in report.examples:
        if each.code == "duplicate":
            first = int(each.reason.split("line ")[1].split(" ")[0])
            assert first in firsts
            assert first < each.line
