"""From changes of the table to deliveries of receipts: whom they are for, in which words, a batch at a time.

Everything is named by what it is about, so a batch of changes that comes twice makes the same deliveries."""

import json
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from typing import Any, NamedTuple

from parley.cloud import clock
from parley.model import chatapp, receipt_view
from parley.model.receipt import Receipt, ReceiptKind, kind_of
from parley.model.receipt_delivery import Way
from parley.model.receipt_endpoint import ReceiptEndpoint, ReceiptFormat
from parley.model.times import rfc3339
from parley.model.types import JsonObject
from parley.operations import facts, receipt_starts
from parley.operations.facts import Heard
from parley.operations.looked_up import Change
from parley.store import keys, receipt_endpoints, receipt_keys, table
from parley.store.receipt_deliveries import Stored

Image = dict[str, Any]
Images = tuple[Image | None, Image, int]
AT_ONCE = 16
"""Deliveries that are made at the same time: an organization may have many endpoints, and others wait behind it."""
MOST_BYTES = 1_000_000
"""Of a call's body, unless one event alone has more."""


class Said(NamedTuple):
    """An event in an endpoint's words, as JSON. `at`: when its change was written."""

    id: str
    at: int
    text: bytes


def react(changes: Iterable[tuple[Image | None, Image | None, int]]) -> None:
    """Makes and starts the deliveries of a batch. Raises what a repeat of the whole batch may mend."""
    of_whom: dict[str, list[Images]] = {}
    for old, new, at in changes:
        if new:
            whose = keys.organization_of(table.from_wire({"pk": new["pk"]}))
            of_whom.setdefault(whose, []).append((old, new, at))
    for organization, several in of_whom.items():
        _tell(organization, several)


def _tell(organization: str, changes: list[Images]) -> None:
    """Where nobody wants to know, one look for who does is all the work."""
    endpoints = [each for each in receipt_endpoints.of_organization(organization) if each.collects]
    heard = facts.build(organization, [_change(*each) for each in changes]) if endpoints else []
    made = (each for endpoint in endpoints for each in _made(endpoint, heard))
    with ThreadPoolExecutor(AT_ONCE) as pool:
        while several := [*islice(made, AT_ONCE)]:
            list(pool.map(receipt_starts.start, *zip(*several, strict=True)))


def _change(old: Image | None, new: Image, at: int) -> Change:
    return Change(table.from_wire(old) if old else None, table.from_wire(new), at + clock.offset())


def _made(endpoint: ReceiptEndpoint, heard: list[Heard]) -> Iterator[tuple[Stored, bytes]]:
    for kind in endpoint.kinds:
        said = _said(endpoint, (each for each in heard if kind_of(each.receipt) is kind))
        for batch in _batches(said, endpoint.batch_size):
            yield from _deliveries(endpoint, kind, batch)


def _said(endpoint: ReceiptEndpoint, heard: Iterable[Heard]) -> list[Said]:
    said = list[Said]()
    for receipt, change in heard:
        with facts.setting_aside(change):
            words = _words(endpoint, receipt) if endpoint.wants(receipt) else None
            if words is not None:
                said.append(Said(receipt.where.id, change.at, _text(words)))
    return said


def _text(words: JsonObject) -> bytes:
    return json.dumps(words, ensure_ascii=False, separators=(",", ":")).encode()


def _batches(said: list[Said], most: int) -> Iterator[list[Said]]:
    batch, size = list[Said](), 0
    for each in said:
        if batch and (len(batch) == most or size + len(each.text) > MOST_BYTES):
            yield batch
            batch, size = [], 0
        batch.append(each)
        size += len(each.text)
    if batch:
        yield batch


def _words(endpoint: ReceiptEndpoint, receipt: Receipt) -> JsonObject | None:
    if endpoint.format is ReceiptFormat.ORIGINAL:
        return chatapp.written(receipt, endpoint.audit_version)
    return receipt_view.written(receipt)


def _deliveries(endpoint: ReceiptEndpoint, kind: ReceiptKind, said: list[Said]) -> Iterator[tuple[Stored, bytes]]:
    body = b"[" + b",".join(each.text for each in said) + b"]"
    ways = [*([Way.HTTP] if endpoint.url else []), *([Way.QUEUE] if endpoint.queue_role_arn else [])]
    for way in ways:
        id = receipt_keys.delivery_id(endpoint.id, said[0].at, way, kind, *(each.id for each in said))
        now = clock.now()
        delivery = Stored(
            id=id,
            organization_id=endpoint.organization_id,
            receipt_endpoint_id=endpoint.id,
            kind=kind,
            way=way,
            events=len(said),
            created_at=rfc3339(said[0].at),
            made_at=said[0].at,
            due=now,
        )
        yield delivery, body
