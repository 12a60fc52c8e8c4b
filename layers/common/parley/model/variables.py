"""`$(name)` variables in texts: found, counted and filled in one place for every channel."""

import re
from collections.abc import Mapping

from parley.errors import Problem

VARIABLE = re.compile(r"\$\(([A-Za-z][A-Za-z0-9_]{0,63})\)")


def names(text: str) -> list[str]:
    """The variables of a text in order of first use, each once."""
    return list(dict.fromkeys(VARIABLE.findall(text)))


def fill(text: str, values: Mapping[str, str]) -> str:
    return VARIABLE.sub(lambda match: values[match.group(1)], text)


def check(wanted: list[str], given: Mapping[str, str], field: str = "variables") -> list[Problem]:
    """Every variable exactly once, none empty, none that the text does not have."""
    missing = [name for name in wanted if not given.get(name)]
    extra = [name for name in given if name not in wanted]
    return [
        *(Problem(f"{field}.{name}", "variable_missing", f'The variable "{name}" needs a value.') for name in missing),
        *(
            Problem(f"{field}.{name[:64]}", "variable_unknown", "The template has no variable of this name.")
            for name in extra
        ),
    ]
