"""The streams of an OLE file, the container of .xls and of everything that Office encrypts."""

import struct
from typing import NamedTuple

MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
NONE = 0xFFFFFFF0
"""Sector numbers from here on are marks."""
ENTRY, SMALL = 128, 64
IN_HEADER = 109
"""So many sectors of the allocation table are listed in the header."""


class Entry(NamedTuple):
    name: str
    start: int
    size: int


class Container:
    """Reads what is asked for. Raises struct.error, IndexError or ValueError for a file that is damaged."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._size = 1 << min(struct.unpack_from("<H", data, 30)[0], 16)
        (directory,) = struct.unpack_from("<I", data, 48)
        self._cutoff, self._small_start = struct.unpack_from("<II", data, 56)
        self._table = self._allocation()
        raw = self._chain(directory)
        self._entries = [_entry(raw[at : at + ENTRY]) for at in range(0, len(raw) - ENTRY + 1, ENTRY)]

    def names(self) -> list[str]:
        return [entry.name for entry in self._entries]

    def read(self, name: str) -> bytes:
        """The bytes of a stream, none where there is no such stream."""
        entry = next((each for each in self._entries if each.name == name), None)
        if entry is None:
            return b""
        data = self._chain(entry.start) if entry.size >= self._cutoff else self._small(entry.start)
        return data[: entry.size]

    def _allocation(self) -> list[int]:
        """For each sector the one that follows it."""
        listed = list(struct.unpack_from(f"<{IN_HEADER}I", self._data, 76))
        (more,) = struct.unpack_from("<I", self._data, 68)
        for _ in range(len(self._data) // self._size):
            if more >= NONE:
                break
            *found, more = _numbers(self._sector(more))
            listed += found
        return [number for sector in listed if sector < NONE for number in _numbers(self._sector(sector))]

    def _sector(self, number: int) -> bytes:
        return self._data[(number + 1) * self._size : (number + 2) * self._size]

    def _chain(self, start: int) -> bytes:
        return b"".join(self._sector(number) for number in _follow(self._table, start))

    def _small(self, start: int) -> bytes:
        """Short streams lie in sectors of 64 bytes inside the stream of the root."""
        inside = self._chain(self._entries[0].start)
        table = _numbers(self._chain(self._small_start))
        return b"".join(inside[number * SMALL : (number + 1) * SMALL] for number in _follow(table, start))


def _follow(table: list[int], start: int) -> list[int]:
    """A chain of sectors; one that runs in a circle is damaged."""
    found = []
    while start < NONE:
        found.append(start)
        if len(found) > len(table):
            raise ValueError("a chain of sectors runs in a circle")
        start = table[start]
    return found


def _numbers(raw: bytes) -> list[int]:
    return list(struct.unpack(f"<{len(raw) // 4}I", raw[: len(raw) // 4 * 4]))


def _entry(raw: bytes) -> Entry:
    (length,) = struct.unpack_from("<H", raw, 64)
    start, size = struct.unpack_from("<II", raw, 116)
    return Entry(raw[: max(min(length, 64) - 2, 0)].decode("utf-16-le", "replace"), start, size)
