"""Items as Python has them, from the typed form that DynamoDB and its stream write; much quicker than boto3's own."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any


def read(item: dict[str, Any]) -> dict[str, Any]:
    return {name: _native(value) for name, value in item.items()}


def _native(value: dict[str, Any]) -> Any:
    [(kind, held)] = value.items()
    return READERS[kind](held)


def _number(text: str) -> int | float:
    try:
        return int(text)
    except ValueError:
        number = Decimal(text)
    return int(number) if number == number.to_integral_value() else float(number)


READERS: dict[str, Callable[[Any], Any]] = {
    "S": str,
    "N": _number,
    "BOOL": bool,
    "NULL": lambda _: None,
    "M": read,
    "L": lambda held: [_native(each) for each in held],
    "B": bytes,
    "SS": set,
    "NS": lambda held: {_number(each) for each in held},
    "BS": lambda held: {bytes(each) for each in held},
}
