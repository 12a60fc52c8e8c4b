"""How the rows of a broadcast stand, for reading a million of them: only what tells it, since reading whole items takes
more than twice the time."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from parley.model.message_view import shown_as
from parley.model.status import ENDED_BADLY, Status
from parley.store import keys, table
from parley.store.table import Item

NEEDED = ("pk", "status", "settled", "times", "error", "late", "step")
TOLD = ENDED_BADLY | {Status.SKIPPED}


class Standing(NamedTuple):
    """`status` as the API shows it, `times` in epoch milliseconds by status, `error` a fault of a status that has one
    (code, message, provider_code), `step` the last fallback step that fired."""

    status: str
    times: Mapping[str, int] = MappingProxyType({})
    error: Mapping[str, str] = MappingProxyType({})
    late: bool = False
    step: int = 0


def of(organization: str, messages: list[str]) -> dict[str, Standing]:
    """Those of these messages that exist, by their ids."""
    found = table.get_many(table.data(), [keys.state(organization, each) for each in messages], NEEDED)
    return {item["pk"].rpartition("#")[2]: _read(item) for item in found}


def _read(item: Item) -> Standing:
    status = shown_as(Status(item["status"]), settled=item.get("settled", False))
    error = item.get("error") or {} if status in TOLD else {}
    return Standing(status, item.get("times") or {}, error, item.get("late", False), item.get("step", 0))
