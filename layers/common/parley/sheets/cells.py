"""The cells of a workbook as the texts that a person would type."""

from datetime import date, datetime, time, timedelta
from typing import Any


def texts(row: list[Any]) -> list[str]:
    """Without blanks around them. Most cells are texts, so nothing else is asked of those."""
    return [cell.strip() if cell.__class__ is str else _text(cell) for cell in row]


def _text(cell: Any) -> str:
    match cell:
        case bool():
            return "TRUE" if cell else "FALSE"
        case float() | int():
            return _number(cell)
        case datetime():
            return cell.isoformat(" ", "seconds").removesuffix(":00") if cell.second == 0 else _to_second(cell)
        case time():
            return cell.isoformat("minutes" if cell.second == 0 else "seconds")
        case date():
            return cell.isoformat()
        case timedelta():
            return _duration(cell)
    return "" if cell is None else str(cell).strip()


def _number(number: float) -> str:
    """All digits that Excel keeps (15), as it would show them in a cell that is wide enough."""
    text = "%.15g" % (number + 0.0)
    if "e" not in text:
        return text
    return str(int(number)) if number.is_integer() and abs(number) < 1e21 else text


def _to_second(moment: datetime) -> str:
    return (moment + timedelta(microseconds=500_000)).replace(microsecond=0).isoformat(" ")


def _duration(span: timedelta) -> str:
    seconds = round(span.total_seconds())
    sign, seconds = ("-", -seconds) if seconds < 0 else ("", seconds)
    return f"{sign}{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}"
