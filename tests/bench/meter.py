"""What AWS would bill for the calls that a process makes: write and read units by the sizes of items, requests by kind.

It listens to boto3's clients, so it sees what the code really asks for, whoever answers (moto)."""

import math
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

Json = dict[str, Any]
Change = tuple[Json | None, Json | None]
INDEXES = ("day_list", "person", "reference_key", "held_by", "provider_key")
"""The key of each index: it costs a write when it comes, goes, or both; KEYS_ONLY, so never else."""

UUID = 36
NAMES = {
    "STATE": "row",
    "RATE": "pace",
    "METRIC": "counters",
    "BATCH": "marks of counters",
    "CLAIM": "sender claim",
}
WRITE_UNIT, READ_UNIT = 1024, 4096
FILES = {"PutObject": "S3 puts", "CopyObject": "S3 puts", "GetObject": "S3 gets", "HeadObject": "S3 gets"}


def size(item: Json) -> int:
    """Bytes of an item as DynamoDB counts them."""
    return sum(len(name.encode()) + _size(value) for name, value in item.items())


def _size(value: Json) -> int:
    kind, held = next(iter(value.items()))
    if kind == "M":
        return 3 + sum(len(name.encode()) + 1 + _size(each) for name, each in held.items())
    if kind == "L":
        return 3 + sum(1 + _size(each) for each in held)
    if kind == "N":
        return len(held.strip("-").replace(".", "")) // 2 + 2
    return 1 if kind in ("BOOL", "NULL") else len(held.encode() if isinstance(held, str) else held)


class Meter:
    """`used` counts by kind and by what it was for: ("write units", "row") … `changes` are those of messages, as the
    table's stream carries them. `label` names what an item is."""

    def __init__(self) -> None:
        self.used: Counter[tuple[str, str]] = Counter()
        self.changes: list[Change] = []
        self.largest: Counter[str] = Counter()
        self.listening = True
        self._items: dict[tuple[str, str], Json] = {}

    def add(self, kind: str, what: str, count: float = 1) -> None:
        self.used[kind, what] += count  # type: ignore[assignment]

    @contextmanager
    def pause(self) -> Iterator[None]:
        """For looking at what happened, which costs nobody anything. Nothing may be written meanwhile."""
        self.listening = False
        yield
        self.listening = True

    def forget(self) -> None:
        self.used.clear()
        self.changes.clear()

    # ---- writes

    def wrote(self, key: Json, new: Json | None, times: int = 1) -> None:
        """An item that was put, changed or deleted; in a transaction it counts twice."""
        name, what = _name(key), _label(key)
        old = self._items.get(name)
        units = times * max(1, *(math.ceil(size(each) / WRITE_UNIT) for each in (old or {}, new or {})))
        self.add("write units", what, units)
        moved = sum(_moves((old or {}).get(index), (new or {}).get(index)) for index in INDEXES)
        if moved:
            self.add("write units", f"{what}, index", moved)
        self.largest[what] = max(self.largest[what], size(new or {}))
        self._items[name] = new or {}
        if key["sk"]["S"] == "STATE":
            self.changes.append((old or None, new))

    def refused(self, key: Json) -> None:
        """A condition that fails costs as much."""
        units = max(1, math.ceil(size(self._items.get(_name(key), {})) / WRITE_UNIT))
        self.add("write units", f"{_label(key)}, refused", units)

    # ---- reads

    def read(self, key: Json, item: Json | None, *, consistent: bool) -> None:
        units = max(1, math.ceil(size(item or {}) / READ_UNIT))
        self.add("read units", _label(key), units if consistent else units / 2)

    # ---- what boto3 tells

    def asked(self, params: Json, model: Any, context: Json, **_: Any) -> None:
        context["bench"] = params

    def answered(self, model: Any, parsed: Json, context: Json, **_: Any) -> None:
        asked: Json = context.get("bench", {})
        if not self.listening:
            return
        if model.name in FILES:
            self.add(FILES[model.name], str(asked["Key"]).partition("/")[0])
        elif model.service_model.service_name == "kms":
            self.add("KMS requests", model.name)
        elif model.service_model.service_name == "dynamodb":
            self._table(model.name, asked, parsed)

    def _table(self, operation: str, asked: Json, parsed: Json) -> None:
        failed = "Error" in parsed and parsed["Error"].get("Code")
        match operation:
            case "PutItem" | "UpdateItem" | "DeleteItem" if failed:
                self.refused(asked.get("Key") or asked["Item"])
            case "PutItem":
                self.wrote(asked["Item"], asked["Item"])
            case "UpdateItem":
                self.wrote(asked["Key"], parsed.get("Attributes") or asked["Key"])
            case "DeleteItem":
                self.wrote(asked["Key"], None)
            case "TransactWriteItems":
                self._transaction(asked["TransactItems"], failed=bool(failed))
            case "GetItem":
                self.read(asked["Key"], parsed.get("Item"), consistent=asked.get("ConsistentRead", False))
            case "BatchGetItem":
                self._batch(asked["RequestItems"], parsed.get("Responses", {}))
            case "Query":
                found = sum(size(item) for item in parsed.get("Items", []))
                units = max(1, math.ceil(found / READ_UNIT)) / (1 if asked.get("ConsistentRead") else 2)
                self.add("read units", "queries", units)

    def _transaction(self, writes: Iterable[Json], *, failed: bool) -> None:
        for write in writes:
            [(verb, one)] = write.items()
            key = one.get("Key") or one["Item"]
            if failed or verb == "ConditionCheck":
                self.add("write units", f"{_label(key)}, refused" if failed else _label(key), 2)
            else:
                self.wrote(key, self._items.get(_name(key)) if verb == "Update" else one.get("Item"), times=2)

    def _batch(self, asked: Json, found: Json) -> None:
        for table, wish in asked.items():
            items = {_name(item): item for item in found.get(table, [])}
            for key in wish["Keys"]:
                self.read(key, items.get(_name(key)), consistent=wish.get("ConsistentRead", False))


def _moves(old: Json | None, new: Json | None) -> int:
    return 0 if old == new else (old is not None) + (new is not None)


def _name(key: Json) -> tuple[str, str]:
    return key["pk"]["S"], key["sk"]["S"]


def _label(key: Json) -> str:
    """What an item is, without the ids in its key."""
    pk, sk = _name(key)
    first = sk.partition("#")[0]
    return NAMES.get(first) or (first if len(first) < UUID else pk.partition("#")[0]).lower()


@contextmanager
def measured() -> Iterator[Meter]:
    """A meter that listens while the block runs."""
    from parley.cloud.clients import client

    meter, hooks = Meter(), list[tuple[Any, str, Any]]()
    for service in ("dynamodb", "s3", "kms"):
        for moment, hook in (("provide-client-params", meter.asked), ("after-call", meter.answered)):
            hooks.append((client(service).meta.events, f"{moment}.{service}.*", partial(hook)))
    for events, name, hook in hooks:
        events.register(name, hook)
    try:
        yield meter
    finally:
        for events, name, hook in hooks:
            events.unregister(name, hook)
