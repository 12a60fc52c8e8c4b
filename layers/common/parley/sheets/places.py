"""Places of broken cells, eight bytes each: a sheet may have a million of them."""

from array import array

NAMES = ("#ERROR!", "#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#N/A")
Place = int
"""Row (from 0), column (from 0) and number of the name, in bits of their own, so that places sort by row."""


class Outside(Exception):
    """The sheet takes data from other files or programs."""


def place(row: int, column: int, name: str) -> Place:
    return row << 20 | column << 4 | (NAMES.index(name) if name in NAMES else 0)


def row_of(found: "array[Place]", index: int) -> int:
    """The row of a place, -1 behind the last one."""
    return found[index] >> 20 if index < len(found) else -1


def put(cells: list[str], found: "array[Place]", index: int, first_column: int) -> int:
    """Writes the names of a row's errors into its cells. Returns the index of the next row's first place."""
    row = row_of(found, index)
    while row_of(found, index) == row:
        column = (found[index] >> 4 & 0xFFFF) - first_column
        if 0 <= column < len(cells):
            cells[column] = NAMES[found[index] & 0xF]
        index += 1
    return index
