"""pydantic's findings in our own words; the values that were given never appear in them."""

from collections.abc import Iterable, Sequence
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from parley.errors import Invalid, Problem

CODES = {"extra_forbidden": "unknown_field", "missing": "field_missing", "enum": "unknown_value"}
WORDS = {"extra_forbidden": "There is no such field.", "missing": "This field is required."}
M = TypeVar("M", bound=BaseModel)
MOST = 100
"""Problems that one answer names; a list of thousands may have one in each row."""


def validated(model: type[M], values: Any, at: str) -> M:
    """The values as `model`; `at` is the field of the request that holds them. Raises Invalid with every problem."""
    try:
        return model.model_validate(values)
    except ValidationError as error:
        raise Invalid(problems(error.errors(include_input=False), at)) from None


def problems(errors: Sequence[Any], at: str = "") -> list[Problem]:
    return [Problem(_at(at, each["loc"]), code(each), _words(each)) for each in errors[:MOST]]


def code(error: Any) -> str:
    return CODES.get(error["type"], str(error["type"]))


def _words(error: Any) -> str:
    return WORDS.get(error["type"]) or str(error["msg"]).removeprefix("Value error, ")[:300]


def field_name(loc: Iterable[Any]) -> str:
    """`to` of ("body", "to"); the tag of a chosen variant is not a field and is left out."""
    parts = [str(part) for part in loc]
    shown = parts[1:] if parts[:1] in (["body"], ["query"], ["header"], ["path"]) else parts
    kept = [part for part in shown if not (part.isupper() or "[" in part or part in ("str", "Address"))]
    return ".".join(kept) or "body"


def _at(holder: str, loc: Iterable[Any]) -> str:
    name = field_name(loc)
    return name if not holder else holder if name == "body" else f"{holder}.{name}"
