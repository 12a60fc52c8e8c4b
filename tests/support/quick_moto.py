"""moto looks up every member of every DynamoDB value under four names; a plain value has one. Half of a test's time."""

from typing import Any

from moto.core.serialize import ResponseSerializer

KINDS = frozenset({"S", "N", "B", "SS", "NS", "BS", "M", "L", "NULL", "BOOL"})
_slowly = ResponseSerializer.get_value


def _quickly(self: Any, value: Any, key: str, shape: Any) -> Any:
    if type(value) is dict and len(value) == 1 and key in KINDS and KINDS.issuperset(value):
        return value.get(key)
    return _slowly(self, value, key, shape)


def install() -> None:
    ResponseSerializer.get_value = _quickly  # type: ignore[method-assign]
