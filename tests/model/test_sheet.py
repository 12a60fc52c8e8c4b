"""The header of a recipients sheet: recognized as it was, and named cell by cell where it was edited."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from parley.errors import Problem
from parley.model.sheet import Signature, check_header, is_example, letters, places, zone_place

COLUMNS = ["to", "name", "order"]
SIGNATURE = Signature("t-1", COLUMNS)


def told(problems: list[Problem]) -> list[tuple[str, str]]:
    return [(each.field, each.code) for each in problems]


@given(st.text(max_size=40), st.lists(st.text(max_size=20), max_size=5))
def test_a_signature_is_read_as_it_was_written(template: str, columns: list[str]) -> None:
    assert Signature.from_text(Signature(template, columns).to_text()) == Signature(template, columns)


@given(st.text() | st.sampled_from(["[]", "1", "null", '["parley-recipients-1"]', '["other", "t", []]', "[" * 99_999]))
def test_what_is_no_signature_is_none(text: str) -> None:
    assert Signature.from_text(text) is None


@pytest.mark.parametrize("header", [COLUMNS, [*COLUMNS, "time_zone"], [*COLUMNS, "my notes", ""]])
@pytest.mark.parametrize("signature", [SIGNATURE, None])
def test_an_untouched_header_is_fine(header: list[str], signature: Signature | None) -> None:
    assert check_header(header, signature, COLUMNS, "t-1") == []


def test_every_edited_cell_is_named() -> None:
    problems = check_header(["to", "Name", "x" * 99], SIGNATURE, COLUMNS, "t-1")
    assert told(problems) == [("upload.B1", "header_edited"), ("upload.C1", "header_edited")]
    assert problems[0].reason == 'Cell B1 of the header was "name" and is "Name" now; write "name" again.'
    assert len(problems[1].reason) < 150


@pytest.mark.parametrize("header", [["to", "order", "name"], ["to", "name"], [], ["", *COLUMNS]])
def test_a_signed_header_has_its_cells_in_their_places(header: list[str]) -> None:
    assert {code for _, code in told(check_header(header, SIGNATURE, COLUMNS, "t-1"))} == {"header_edited"}


def test_a_sheet_of_another_template_is_told() -> None:
    assert told(check_header(COLUMNS, SIGNATURE, COLUMNS, "t-2")) == [("upload", "wrong_sheet")]
    assert check_header(COLUMNS, SIGNATURE, COLUMNS, "t-2", earlier=["t-0", "t-1"]) == []
    older = check_header(COLUMNS, SIGNATURE, ["to", "name"], "t-2", earlier=["t-1"])
    assert told(older) == [("upload", "wrong_sheet")]
    assert "older version" in older[0].reason


def test_without_a_signature_columns_are_found_by_name() -> None:
    header = ["order", "to", "", "time_zone", "name"]
    assert check_header(header, None, COLUMNS, "t-1") == []
    assert places(header, COLUMNS) == [1, 4, 0]
    assert zone_place(header, COLUMNS) == 3
    assert zone_place(COLUMNS, COLUMNS) is None


def test_missing_columns_are_named_beside_strange_ones() -> None:
    problems = check_header(["phone", "Name", "order"], None, COLUMNS, "t-1")
    assert told(problems) == [("upload", "column_missing")] * 2
    assert 'no column "to"' in problems[0].reason
    assert '"phone", "Name"' in problems[0].reason


@pytest.mark.parametrize(
    "header", [["to", "name", "order", "name"], ["to", "to", "name", "order"], [*COLUMNS, "time_zone", "time_zone"]]
)
def test_a_column_that_is_there_twice_is_unclear(header: list[str]) -> None:
    assert told(check_header(header, None, COLUMNS, "t-1")) == [("upload", "column_twice")]
    if header[:3] == COLUMNS:
        assert told(check_header(header, SIGNATURE, COLUMNS, "t-1")) == [("upload", "column_twice")]


def test_a_variable_may_be_called_like_the_recipient_or_the_zone() -> None:
    expected = ["to", "to", "time_zone"]
    assert check_header(["to", "time_zone", "to"], None, expected, "t-1") == []
    assert places(["to", "time_zone", "to"], expected) == [0, 2, 1]
    assert zone_place(["to", "time_zone", "to"], expected) is None
    assert told(check_header(["to", "time_zone"], None, expected, "t-1")) == [("upload", "column_missing")]


def test_the_row_of_examples_is_known() -> None:
    assert is_example("34600111222 (example)")
    assert not is_example("34600111222")


@pytest.mark.parametrize(
    ("place", "name"),
    [(0, "A"), (25, "Z"), (26, "AA"), (51, "AZ"), (52, "BA"), (701, "ZZ"), (702, "AAA"), (16383, "XFD")],
)
def test_columns_have_letters(place: int, name: str) -> None:
    assert letters(place) == name
