"""The cells of a workbook as the texts that a person would type."""

from datetime import date, datetime, time, timedelta
from typing import Any

MOST_BLANK = 1000
"""Rows without a cell, after which nothing may follow: sheets claim a million of them."""


def texts(row: list[Any]) -> list[str]:
    """Without blanks around them."""
    return [cell.strip() if cell.__class__ is str else _text(cell) for cell in row]


def _text(cell: Any) -> str:
    """Nearly all are numbers, so nothing else is asked before."""
    if cell.__class__ is float:
        return _number(cell)
    match cell:
        case bool():
            return "TRUE" if cell else "FALSE"
        case int():
            return _number(cell)
        case datetime():
            return _moment(cell)
        case date():
            return cell.isoformat()
        case time():
            return cell.isoformat("minutes" if cell.second == 0 else "seconds")
        case timedelta():
            return _duration(cell)
    return "" if cell is None else str(cell).strip()


def _number(number: float) -> str:
    """All digits that Excel keeps (15), as it would show them in a cell that is wide enough."""
    text = "%.15g" % (number + 0.0)
    if "e" not in text:
        return text
    return f"{number:.0f}" if 1 <= abs(number) < 1e21 else text


def _moment(moment: datetime) -> str:
    """Excel counts in fractions of a day, which are off by some microseconds."""
    whole = (moment + timedelta(microseconds=500_000)).replace(microsecond=0)
    return whole.isoformat(" ", "minutes" if whole.second == 0 else "seconds")


def _duration(span: timedelta) -> str:
    seconds = round(span.total_seconds())
    sign, seconds = ("-", -seconds) if seconds < 0 else ("", seconds)
    return f"{sign}{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}"
