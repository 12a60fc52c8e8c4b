"""Small checks that the message validators share."""

from collections.abc import Iterable
from typing import Any

from local.simulators.whatsapp.errors import GraphError, invalid


def mapping(name: str, value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise invalid(f"Param {name} must be a JSON object.")
    return value


def sequence(name: str, value: Any, least: int, most: int) -> list[Any]:
    if not isinstance(value, list):
        raise invalid(f"Param {name} must be an array.")
    if not least <= len(value) <= most:
        raise GraphError(131009, f"{name}: needs {least} to {most} elements, has {len(value)}")
    return value


def required(name: str, value: Any) -> Any:
    if value is None or value == "":
        raise GraphError(131008, f"Required parameter is missing: {name}")
    return value


def text(name: str, value: Any, most: int) -> str:
    required(name, value)
    if not isinstance(value, str):
        raise invalid(f"Param {name} must be a string.")
    if not value.strip():
        raise GraphError(131008, f"Required parameter is missing: {name}")
    if len(value) > most:
        raise invalid(f"Param {name} must be at most {most} characters long.")
    return value


def keys(name: str, value: dict[str, Any], allowed: set[str]) -> None:
    for key in value:
        if key not in allowed:
            raise invalid(f'Unexpected key "{key}" on param "{name}".')


def unique(name: str, values: Iterable[Any]) -> None:
    known = list(values)
    if len(set(known)) != len(known):
        raise GraphError(131009, f"{name}: values must be unique")
