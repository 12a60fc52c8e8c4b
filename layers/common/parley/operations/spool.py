"""Lines of text sorted by the instants that they belong to: on disk, so that memory does not grow with them."""

from collections.abc import Iterator
from typing import TextIO


class Spool:
    """`desk` is a folder on disk. Each instant has a file of its own, so there may be some hundred, not thousands."""

    def __init__(self, desk: str) -> None:
        self._desk = desk
        self._files: dict[int, TextIO] = {}

    def add(self, at: int, line: str) -> None:
        (self._files.get(at) or self._begin(at)).write(line + "\n")

    def _begin(self, at: int) -> TextIO:
        file = open(f"{self._desk}/{at}.spool", "w+", encoding="utf-8", newline="\n")  # noqa: SIM115 - closed in `lines`
        self._files[at] = file
        return file

    def lines(self) -> Iterator[tuple[int, str]]:
        """The earliest instant first, the lines of each in the order in which they came. Once."""
        for at, file in sorted(self._files.items()):
            with file:
                file.seek(0)
                for line in file:
                    yield at, line[:-1]
