"""Two hundred messages through all that can go wrong at once; at the end each is where its address prescribes."""

import os
import signal
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import pytest

from local import workers
from local.stack import Stack
from tests.support.stack_client import Json, Shop, eventually, times
from tests.support.stack_crowd import UNDELIVERED, WAIT, Recipient, crowd
from tests.support.stack_simulators import Simulators

CHAOS = {"duplicates": 2, "shuffle": True, "batch": 5, "batch_seconds": 0.2, "unknown_field": True}
CHAOS |= {"retry_seconds": 0.5, "retry_factor": 1.0}  # a webhook that the busy engine refuses comes again soon
SLOW = 10
Sent = dict[str, Recipient]
Rows = dict[str, Json]


@pytest.mark.parametrize(
    ("size", "patience"), [(200, 180), pytest.param(1000, 600, marks=pytest.mark.soak)], ids=["200", "1000"]
)
def test_every_message_ends_where_its_address_prescribes(
    stack: Stack, make_shop: Callable[[str], Shop], simulators: Simulators, size: int, patience: int
) -> None:
    shop = make_shop(f"Crowd of {size}")
    people = crowd(simulators.person, size)
    _open_windows(shop, simulators, [recipient.to for recipient in people if recipient.fate.code])
    with simulators.settings(whatsapp=CHAOS):
        sent, killed = _send_and_kill(stack, shop, simulators, people)
        eventually(lambda: _is_over(shop, sent), patience, lambda: _open(sent, _rows(shop)), every=1)
    rows, served = _rows(shop), simulators.served()
    _check_list(shop, sent, rows)
    lost = _check_messages(sent, rows, served["whatsapp"])
    assert len(lost) <= 10 * killed
    assert _cut_off(shop, sent)
    _check_fallbacks(shop, sent, rows, served["sms_voice"])
    assert not [error for error in simulators.get("/errors") if "BUG" in str(error.get("details"))]


def _open_windows(shop: Shop, simulators: Simulators, people: list[str]) -> None:
    """A code in free form needs a person who has just written."""
    for who in people:
        simulators.says(shop.number, who)
    eventually(lambda: len(list(shop.organization.messages(channel_id=shop.whatsapp))) == len(people), 30)


def _send_and_kill(stack: Stack, shop: Shop, simulators: Simulators, people: list[Recipient]) -> tuple[Sent, int]:
    """Sends to all; kills whoever delivers while a slow call is in flight, and once more when a third is through."""
    slow = {recipient.to for recipient in people if recipient.fate.behaviour == SLOW}
    everybody = {recipient.to for recipient in people}
    with ThreadPoolExecutor(2) as pool:
        posted = [pool.submit(_send, shop, recipient) for recipient in people]
        eventually(lambda: slow & set(simulators.served()["whatsapp"]), 90)
        killed = _kill(stack)
        eventually(lambda: len(everybody & set(simulators.served()["whatsapp"])) > len(people) / 3, 90)
        killed += _kill(stack)
        return dict(each.result() for each in posted), killed


def _kill(stack: Stack) -> int:
    running = workers.pids(stack, "DeliverMessagesFunction")
    for pid in running:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    return len(running)


def _send(shop: Shop, recipient: Recipient) -> tuple[str, Recipient]:
    """Some requests go out twice, as clients do that saw a time-out."""
    body = recipient.body(shop.fallback(wait=WAIT))
    requests = 2 if recipient.to.endswith("7") else 1
    [sent] = {shop.send(recipient.to, idempotency=recipient.to, **body)["id"] for _ in range(requests)}
    return sent, recipient


def _rows(shop: Shop) -> Rows:
    """By the list alone: what a customer would look at."""
    rows = list(shop.organization.messages(channel_id=shop.whatsapp, limit=100))
    assert len(rows) == len({row["id"] for row in rows})
    return {row["id"]: row for row in rows if row["direction"] == "out"}


def _is_over(shop: Shop, sent: Sent) -> bool:
    """Nothing changes any more: every message stands where it is meant to, and every fallback has arrived."""
    rows = _rows(shop)
    if len(rows) < len(sent) or _open(sent, rows):
        return False
    copies = list(shop.organization.messages(channel_id=shop.sms, limit=100))
    return len(copies) >= len(_due(sent, rows)) and all(copy["status"] == "delivered" for copy in copies)


def _open(sent: Sent, rows: Rows) -> list[Json]:
    return [row for i, row in rows.items() if not (sent[i].is_kept(row) or sent[i].may_be_lost(row, served=0))]


def _due(sent: Sent, rows: Rows) -> set[str]:
    """The messages whose fallback has to go out."""
    return {i for i, row in rows.items() if sent[i].falls_back and row["status"] in UNDELIVERED}


def _check_list(shop: Shop, sent: Sent, rows: Rows) -> None:
    """The list is complete to the last row, whatever the size of its pages, and by its filters."""
    assert set(rows) == set(sent)
    small = [row["id"] for row in shop.organization.messages(channel_id=shop.whatsapp, limit=37)]
    assert set(sent) <= set(small)
    assert len(small) == len(set(small))
    failed = {row["id"] for row in shop.organization.messages(channel_id=shop.whatsapp, status="failed", limit=100)}
    assert failed == {i for i, row in rows.items() if row["status"] == "failed"}


def _check_messages(sent: Sent, rows: Rows, served: dict[str, int]) -> list[str]:
    """Returns what a killed worker took with it; all others are as prescribed, and nobody got one twice."""
    lost = [i for i, row in rows.items() if not sent[i].is_kept(row)]
    strange = [i for i in lost if not sent[i].may_be_lost(rows[i], served.get(sent[i].to, 0))]
    assert not strange, [(sent[i], rows[i], served.get(sent[i].to)) for i in strange]
    twice = {i: served[sent[i].to] for i in sent if served.get(sent[i].to, 0) > max(1, sent[i].fate.served)}
    assert not twice
    wrong = {sent[i]: served.get(sent[i].to, 0) for i in sent if i not in lost and not _fits(sent[i], served)}
    assert not wrong
    return lost


def _cut_off(shop: Shop, sent: Sent) -> list[Json]:
    """Slow calls that their worker did not outlive: what became of them is known by receipts alone."""
    slow = [shop.organization.message(i) for i, recipient in sent.items() if recipient.fate.behaviour == SLOW]
    return [message for message in slow if not {"accepted", "unknown"} & set(times(message))]


def _fits(recipient: Recipient, served: dict[str, int]) -> bool:
    """A one-time code whose worker was killed before its first call is tried once, not twice."""
    count, fate = served.get(recipient.to, 0), recipient.fate
    return count == fate.served or (fate.code and count < fate.served)


def _check_fallbacks(shop: Shop, sent: Sent, rows: Rows, served: dict[str, int]) -> None:
    """Exactly one SMS for each message that was not delivered and has a fallback, and none for any other."""
    due = _due(sent, rows)
    copies = list(shop.organization.messages(channel_id=shop.sms, limit=100))
    assert Counter(copy["fallback_of"] for copy in copies) == Counter(due)
    assert {to: served[to] for to in (r.to for r in sent.values()) if to in served} == {sent[i].to: 1 for i in due}
    assert not [row for row in rows.values() if row["late"]]
