"""get_export: how far it is, and for a week a link to its file."""

from urllib.parse import parse_qs, urlsplit

import pytest
from parley.model.export import Export
from parley.store import exports

from tests.support import builders, kept
from tests.support.builders import ORGANIZATION, STRANGER
from tests.support.events import call, refused
from tests.support.exported import EXPORT, export
from tests.support.time import Clock


@pytest.fixture(autouse=True)
def _cast() -> None:
    builders.organization()
    builders.organization(STRANGER)


def ready(made: Export, time: Clock, rows: int = 5) -> None:
    taken = exports.take(made, time(), time() + 1000)
    assert taken
    assert exports.ready(taken, rows, time())


def test_what_waits_has_no_link() -> None:
    export()
    answer = call("get_export")
    assert answer.status == 200
    assert (answer.body["id"], answer.body["status"], answer.body["link"]) == (EXPORT, "waiting", None)
    assert answer.body["rows"] is None


def test_what_is_ready_has_a_link_for_a_quarter_of_an_hour(time: Clock) -> None:
    ready(export(filename="Frühling 2026-03-01.xlsx"), time)
    answer = call("get_export").body
    assert (answer["status"], answer["rows"], answer["ready_at"]) == ("ready", 5, time.text())
    address = urlsplit(answer["link"])
    assert address.path.endswith(f"/exports/{ORGANIZATION}/{EXPORT}.xlsx")
    query = parse_qs(address.query)
    named = "attachment; filename=\"Fr_hling 2026-03-01.xlsx\"; filename*=UTF-8''Fr%C3%BChling%202026-03-01.xlsx"
    assert query["response-content-disposition"] == [named]
    assert query.get("X-Amz-Expires", ["900"]) == ["900"]


def test_what_nobody_is_told(time: Clock) -> None:
    ready(export(), time)
    assert {"fingerprint", "attempt", "leased_until", "expires"}.isdisjoint(call("get_export").body)


def test_after_a_week_it_is_gone_even_if_the_table_still_has_it(time: Clock) -> None:
    ready(export(), time)
    time.forward(7 * 86_400 - 1)
    assert call("get_export").status == 200
    time.forward(1)
    assert kept.items("EXPORT#", "runtime")
    assert refused(call("get_export"))[:2] == (404, "not_found")


def test_nobody_else_sees_it() -> None:
    export()
    assert refused(call("get_export", organization=STRANGER))[:2] == (404, "not_found")


@pytest.mark.parametrize(("kind", "scope"), [("broadcast_rows", "contacts"), ("contacts", "messages")])
def test_a_key_sees_only_what_its_scope_is_about(kind: str, scope: str) -> None:
    export(kind=kind)
    assert refused(call("get_export", scopes=scope))[:2] == (403, "scope_missing")
    assert call("get_export", scopes="read").status == 200
