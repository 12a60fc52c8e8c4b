"""Small: a reader does not scroll to understand one operation."""

import ast
from pathlib import Path

from tests.support.house import CODE, HANDLERS, RESOURCES, functions, name, tree

FILE, FUNCTION, HANDLER, RESOURCE = 250, 40, 40, 60


def lines(path: Path) -> int:
    return len(path.read_text().splitlines())


def test_there_is_code() -> None:
    assert len(CODE) > 150


def most(path: Path) -> int:
    return RESOURCE if path in RESOURCES else HANDLER if path in HANDLERS else FILE


def test_a_file_has_one_concern() -> None:
    assert {name(path): lines(path) for path in CODE if lines(path) > most(path)} == {}


def test_a_function_fits_a_look() -> None:
    found = {f"{name(path)} {function}": length for path in CODE for function, length in functions(path)}
    assert {each: length for each, length in found.items() if length > FUNCTION} == {}


def test_most_functions_are_small() -> None:
    lengths = sorted(length for path in CODE for _, length in functions(path))
    assert lengths[len(lengths) // 2] <= 10


def test_a_module_says_what_it_is_in_its_first_line() -> None:
    assert [name(path) for path in CODE if not (ast.get_docstring(tree(path)) or "").partition("\n")[0].strip()] == []
