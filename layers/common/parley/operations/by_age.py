"""Lists of things of which an organization has so few that all are read: the newest first, a page at a time."""

from typing import Any, Protocol, TypeVar

from parley.model import cursor


class Aged(Protocol):
    id: str
    created_at: str


T = TypeVar("T", bound=Aged)


def page(found: list[T], next_page: str | None, limit: int, **question: Any) -> tuple[list[T], str | None]:
    """A page and the cursor of the next one. `question`: what was asked, filters included."""
    after = _after(cursor.decode(next_page, **question))
    rest = [each for each in sorted(found, key=_age, reverse=True) if after is None or list(_age(each)) < after]
    last = {"age": list(_age(rest[limit - 1]))} if len(rest) > limit else None
    return rest[:limit], cursor.encode(last, **question)


def _after(position: cursor.Position | None) -> list[str] | None:
    """The age after which a page begins, as a cursor brought it."""
    if position is None:
        return None
    age = position.get("age")
    if not isinstance(age, list) or [type(each) for each in age] != [str, str]:
        raise cursor.bad_cursor()
    return age


def _age(one: Aged) -> tuple[str, str]:
    return one.created_at, one.id
