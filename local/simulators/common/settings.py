"""Settings that the control API may change while the simulators run."""

from dataclasses import asdict, dataclass, fields
from typing import Any, Self


class BadSetting(ValueError):
    """Unknown name or a value of the wrong kind."""


@dataclass
class Settings:
    """Base of every simulator's settings: a flat dataclass."""

    def update(self, values: dict[str, Any]) -> None:
        known = {item.name: getattr(type(self)(), item.name) for item in fields(self)}
        for name, value in values.items():
            if name not in known:
                raise BadSetting(f"unknown setting {name!r}; there are {', '.join(known)}")
            setattr(self, name, _fitting(name, known[name], value))

    def reset(self) -> None:
        self.__dict__.update(type(self)().__dict__)

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    def copy(self) -> Self:
        return type(self)(**self.__dict__)


def _fitting(name: str, default: Any, value: Any) -> Any:
    if isinstance(default, (bool, str, dict, list)):
        if type(value) is not type(default):
            raise BadSetting(f"{name} must be of type {type(default).__name__}")
        return value
    if value is None or (isinstance(value, (int, float)) and not isinstance(value, bool)):
        return value
    raise BadSetting(f"{name} must be a number or null")
