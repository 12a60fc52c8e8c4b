"""The header of a recipients sheet: its columns, the signature that a downloaded one carries, and what was edited."""

import json
from collections import Counter
from collections.abc import Collection
from typing import NamedTuple

from parley.errors import Problem
from parley.model.template import Template

RECIPIENT = "to"
TIME_ZONE = "time_zone"
"""A column that a sheet may have: each recipient's IANA zone."""
EXAMPLE = "(example)"
"""Ends the recipient of the row of examples; such a row is never sent."""
SHEET = "Recipients"
HIDDEN_SHEET = "parley"
MARK = "parley-recipients-1"


class Signature(NamedTuple):
    """What a sheet was made for. It lies in a hidden sheet, so that it survives an edited header; it proves nothing."""

    template: str
    columns: list[str]

    def to_text(self) -> str:
        return json.dumps([MARK, self.template, self.columns], ensure_ascii=False, separators=(",", ":"))

    @classmethod
    def from_text(cls, text: str) -> "Signature | None":
        """None for what is none of ours."""
        try:
            match json.loads(text):
                case [str(mark), str(template), [*columns]] if mark == MARK:
                    return cls(template, [str(each) for each in columns])
        except (ValueError, RecursionError):
            pass
        return None


def columns_of(template: Template) -> list[str]:
    """The header that a sheet for this template has: the recipient, then each variable in order of first use. A
    variable that is called "to" has a column of its own after the recipient's."""
    return [RECIPIENT, *template.variables]


def check_header(
    header: list[str], signature: Signature | None, expected: list[str], template: str, earlier: Collection[str] = ()
) -> list[Problem]:
    """What keeps these columns from being read, nothing if all is well. `earlier` are older versions of the template.

    Codes: wrong_sheet (made for another template), header_edited (one for each cell that was changed), column_missing,
    column_twice. Further columns are left alone."""
    if signature is None:
        return _missing(header, expected) + _doubled(header, expected)
    if signature.template not in (template, *earlier):
        return [Problem("upload", "wrong_sheet", "This sheet was made for another template; download this one's.")]
    if signature.columns != expected:
        told = "This sheet was made for an older version of the template, which has other variables; download it anew."
        return [Problem("upload", "wrong_sheet", told)]
    return _edited(header, expected) or _doubled(header, expected)


def places(header: list[str], expected: list[str]) -> list[int]:
    """Where each expected column stands in a header without problems; of two with one name the first comes first."""
    free = list(enumerate(header))
    found = []
    for name in expected:
        place = next(each for each in free if each[1] == name)
        free.remove(place)
        found.append(place[0])
    return found


def zone_place(header: list[str], expected: list[str]) -> int | None:
    """Where the recipients' time zones stand, if the sheet has them and no variable is called so."""
    return header.index(TIME_ZONE) if TIME_ZONE in header and TIME_ZONE not in expected else None


def is_example(recipient: str) -> bool:
    return recipient.endswith(EXAMPLE)


def _edited(header: list[str], expected: list[str]) -> list[Problem]:
    stands = header + [""] * (len(expected) - len(header))
    return [
        Problem(
            f"upload.{letters(place)}1",
            "header_edited",
            f'Cell {letters(place)}1 of the header was "{wanted}" and is {_quoted(found)} now; write "{wanted}" again.',
        )
        for place, (found, wanted) in enumerate(zip(stands, expected, strict=False))
        if found != wanted
    ]


def _missing(header: list[str], expected: list[str]) -> list[Problem]:
    lacking = list((Counter(expected) - Counter(header)).elements())
    strange = [each for each in header if each and each not in (*expected, TIME_ZONE)]
    hint = f" The columns {', '.join(map(_quoted, strange[:5]))} belong to no variable." if strange else ""
    told = 'The sheet has no column "{}" in its first row.' + hint
    return [Problem("upload", "column_missing", told.format(name)) for name in lacking]


def _doubled(header: list[str], expected: list[str]) -> list[Problem]:
    wanted = Counter([*expected, TIME_ZONE]) if TIME_ZONE not in expected else Counter(expected)
    doubled = [name for name, count in Counter(header).items() if name in wanted and count > wanted[name]]
    told = 'The sheet has more than one column "{}", so it is unclear which one is meant.'
    return [Problem("upload", "column_twice", told.format(name)) for name in doubled]


def _quoted(text: str) -> str:
    return f'"{text[:40]}"' if text else "empty"


def letters(place: int) -> str:
    """A for 0, Z for 25, AA for 26."""
    name = ""
    while place >= 0:
        place, rest = divmod(place, 26)
        name, place = chr(ord("A") + rest) + name, place - 1
    return name
