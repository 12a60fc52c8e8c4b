"""Small: a reader does not scroll to understand one operation."""

import ast
from pathlib import Path

import pytest

from tests.support.house import CODE, HANDLERS, functions, name, tree

FILE, FUNCTION, HANDLER = 250, 40, 40
each_file = pytest.mark.parametrize("path", CODE, ids=name)


def lines(path: Path) -> int:
    return len(path.read_text().splitlines())


@each_file
def test_a_file_has_one_concern(path: Path) -> None:
    assert lines(path) <= (HANDLER if path in HANDLERS else FILE)


@each_file
def test_a_function_fits_a_look(path: Path) -> None:
    assert [(name, length) for name, length in functions(path) if length > FUNCTION] == []


@each_file
def test_a_module_says_what_it_is(path: Path) -> None:
    """In its first line, and in a sentence."""
    docstring = ast.get_docstring(tree(path))
    assert docstring
    assert docstring.splitlines()[0].strip()


def test_most_functions_are_small() -> None:
    lengths = sorted(length for path in CODE for _, length in functions(path))
    assert lengths[len(lengths) // 2] <= 10
