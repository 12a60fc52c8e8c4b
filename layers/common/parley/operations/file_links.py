"""Links in receipts to files that people sent."""

import time
from collections.abc import Callable
from typing import NamedTuple

from parley.cloud import clock, files, tokens
from parley.model.types import JsonObject
from parley.store import messages as store

PAUSE = 0.5
MARGIN = 4000
"""Milliseconds of the function's time in which nobody waits any more."""


class Link(NamedTuple):
    """`url` is good for minutes; without one, the HTTP status and the reason why."""

    url: str | None = None
    status: int = 404
    reason: str = "There is no such file."


GONE = Link(status=410, reason="This link has ended.")
NOT_YET = Link(status=503, reason="The file is not here yet; try again in a moment.")


def follow(token: str, left: Callable[[], int]) -> Link:
    """A receipt may be faster than the copy of its file: waits for that a while."""
    named = tokens.read(token)
    if named is None:
        return Link()
    if named["until"] < clock.now():
        return GONE
    while (found := _look(named)) is NOT_YET and left() > MARGIN:
        time.sleep(PAUSE)
    return found


def _look(named: JsonObject) -> Link:
    state = store.get(named["organization"], named["message"])
    content = store.get_content(state).get("content", {}) if state else {}
    kept = (content.get("files") or [])[named["file"] :][:1]
    if not kept or kept[0].get("problem"):
        return Link()
    return Link(files.link_to_get(kept[0]["key"])) if kept[0].get("key") else NOT_YET
