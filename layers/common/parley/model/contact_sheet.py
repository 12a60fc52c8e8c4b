"""A sheet of contacts: what its columns mean, and what is wrong with a row."""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import NamedTuple

from pydantic import TypeAdapter, ValidationError

from parley.errors import Invalid, Problem
from parley.model.address import Address, AddressKind
from parley.model.cells import NotDialled, dialled, is_error
from parley.model.components import LANGUAGE
from parley.model.contact import (
    KINDS,
    LONGEST_NAME,
    LONGEST_VALUE,
    MOST_ATTRIBUTES,
    MOST_IDENTITIES,
    OWN,
    attribute_problems,
    read_identity,
)
from parley.model.plain_numbers import is_plain
from parley.model.quiet import ZoneName
from parley.model.sheet import letters

REASON = "reason"
PHONE = "to"
_IDENTITY = re.compile(rf"({KINDS}|{PHONE})( \d{{1,2}})?")
_LONGEST_HEADER = 64


class Columns(NamedTuple):
    """Where things stand in a row; `identities` in the order of the sheet."""

    header: list[str]
    identities: list[tuple[int, AddressKind]]
    own: dict[str, int]
    attributes: dict[str, int]


class Contents(NamedTuple):
    """What a row says of a contact; only what it says, so an empty cell is not in `fields` or `attributes`."""

    identities: list[Address]
    fields: dict[str, str]
    attributes: dict[str, str]


def columns_of(header: list[str]) -> Columns:
    """Raises Invalid for a sheet whose columns nobody can tell: recipient_column_missing, column_repeated,
    column_unnamed, column_name, too_many_columns."""
    names = [_name(cell) for cell in header]
    identities = [(place, _kind(name)) for place, name in enumerate(names) if _IDENTITY.fullmatch(name)]
    own = {name: place for place, name in enumerate(names) if name in _FIELDS}
    plain = {name: place for place, name in enumerate(names) if not _is_own(name)}
    found = Columns(header, identities, own, plain)
    wrong = [*_header_problems(names), *_missing(found)]
    if wrong:
        raise Invalid(wrong)
    return found


def _name(cell: str) -> str:
    """Of a column, with blanks of any kind as one; what has a meaning of its own has it without regard to case."""
    name = " ".join(cell.split())
    return name.lower() if _is_own(name.lower()) else name


def _is_own(name: str) -> bool:
    return bool(OWN.fullmatch(name) or _IDENTITY.fullmatch(name))


def _kind(name: str) -> AddressKind:
    kind = name.partition(" ")[0]
    return AddressKind.PHONE if kind == PHONE else AddressKind(kind)


def _header_problems(names: list[str]) -> Iterator[Problem]:
    times = Counter(names)
    for place, name in enumerate(names):
        cell = f"{letters(place)}1"
        if not name:
            yield Problem(f"upload.{cell}", "column_unnamed", f"Cell {cell} is empty; name the column, or delete it.")
        elif times[name] > 1:
            told = f'There is more than one column "{name[:40]}"; name the second address of a kind like "phone 2".'
            yield Problem(f"upload.{cell}", "column_repeated", told)
        elif len(name) > _LONGEST_HEADER or not name.isprintable():
            told = f"The name in cell {cell} has more than {_LONGEST_HEADER} characters, or some that cannot be seen."
            yield Problem(f"upload.{cell}", "column_name", told)


def _missing(columns: Columns) -> Iterator[Problem]:
    if not columns.identities:
        told = 'There is no column with an address; name one "phone", "email", "chat", "username" or "bsuid".'
        yield Problem("upload", "recipient_column_missing", told)
    if len(columns.attributes) > MOST_ATTRIBUTES:
        told = (
            f"The sheet has {len(columns.attributes)} columns for attributes; a contact has at most {MOST_ATTRIBUTES}."
        )
        yield Problem("upload", "too_many_columns", told)


def read(columns: Columns, cells: list[str], default_country: str | None) -> Contents:
    """Raises Invalid with everything that is wrong with a row; each problem's field is a column."""
    if any(map(is_error, cells)):
        _check_errors(columns, cells)
    wrong: list[Problem] = []
    identities = list(_identities(columns, cells, default_country, wrong))
    found = contents(columns, cells, identities)
    if not identities and not wrong:
        wrong.append(Problem(columns.header[columns.identities[0][0]], "recipient_missing", "The row has no address."))
    wrong += _rules(columns, found)
    if wrong:
        raise Invalid(wrong)
    return found


def _check_errors(columns: Columns, cells: list[str]) -> None:
    """What a spreadsheet could not compute is nobody's attribute: it would fill a template and go out."""
    told = 'The cell of "{}" shows the error {}; its formula failed.'
    shown = ((name, cell) for name, cell in zip(columns.header, cells, strict=True) if _name(name) != REASON)
    wrong = [Problem(name, "cell_error", told.format(name, cell)) for name, cell in shown if is_error(cell)]
    if wrong:
        raise Invalid(wrong)


def contents(columns: Columns, cells: list[str], identities: list[Address]) -> Contents:
    """Of a row that was read before."""
    fields = {name: _own(name, cells[place]) for name, place in columns.own.items() if cells[place]}
    attributes = {name: cells[place] for name, place in columns.attributes.items() if cells[place]}
    return Contents(identities, fields, attributes)


def _own(name: str, cell: str) -> str:
    """Languages are written in many ways: es-mx is es_MX."""
    if name != "language":
        return cell
    language, _, region = cell.replace("-", "_").partition("_")
    return f"{language.lower()}_{region.upper()}" if region else language.lower()


def _identities(columns: Columns, cells: list[str], country: str | None, wrong: list[Problem]) -> Iterator[Address]:
    known = set()
    for place, kind in columns.identities:
        if not cells[place]:
            continue
        found = _identity(kind, cells[place], columns.header[place], country, wrong)
        if found and found.key not in known:
            known.add(found.key)
            yield found


def _identity(kind: AddressKind, cell: str, column: str, country: str | None, wrong: list[Problem]) -> Address | None:
    if kind is AddressKind.PHONE:
        try:
            return Address(type=kind, value=cell if is_plain(cell) else dialled(cell, country))
        except NotDialled as error:
            wrong.append(Problem(column, error.code, error.reason))
            return None
    try:
        return read_identity(f"{kind}:{cell}", column)
    except Invalid as invalid:
        wrong += invalid.problems
    return None


def _rules(columns: Columns, found: Contents) -> Iterator[Problem]:
    """What the API would refuse, too."""
    if len(found.identities) > MOST_IDENTITIES:
        column = columns.header[columns.identities[MOST_IDENTITIES][0]]
        yield Problem(column, "too_many_identities", f"A contact has at most {MOST_IDENTITIES} addresses.")
    for name, cell in found.fields.items():
        if not _FIELDS[name](cell):
            yield Problem(columns.header[columns.own[name]], f"invalid_{name}", _SENTENCES[name])
    for name, cell in found.attributes.items():
        if len(cell) > LONGEST_VALUE:
            yield Problem(name, "value_too_long", f"The text has more than {LONGEST_VALUE} characters.")
    yield from (Problem("", each.code, each.reason) for each in attribute_problems(found.attributes))


@lru_cache(maxsize=1024)
def _is_zone(name: str) -> bool:
    try:
        return bool(_ZONE.validate_python(name))
    except ValidationError:
        return False


_ZONE = TypeAdapter(ZoneName)
_FIELDS: dict[str, Callable[[str], bool]] = {
    "name": lambda name: len(name) <= LONGEST_NAME,
    "language": lambda language: bool(re.match(LANGUAGE, language)),
    "time_zone": _is_zone,
}
_SENTENCES = {
    "name": f"The name has more than {LONGEST_NAME} characters.",
    "language": "This is not a language like es or es_MX.",
    "time_zone": "This is not an IANA time zone like Europe/Berlin.",
}


def told(wrong: list[Problem]) -> str:
    """What the sheet of bad rows says in its last column."""
    return " ".join(f"{each.field}: {each.reason}".removeprefix(": ") for each in wrong)
