"""Hundreds of messages with a fallback: each that is due goes out once, no other does, and the timers keep time."""

import random
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from statistics import quantiles

import pytest

from tests.support.stack_client import Json, Shop, eventually, times
from tests.support.stack_simulators import Simulators

WAIT, LATE, TTL, PACE, HASTY = 15, 25, 30, 10, 45
SHARES = {0: 80, 1026: 10, 2: 5, 4: 5}
"""Of a hundred: delivered, failed by receipt, silent, and delivered after the fallback went out."""
TIMELY = 4
"""Seconds for the 95th percentile: 1.5 on a machine that does nothing else. Timers of the local stack go in short hops,
thirty a second here, so that a shifted clock is noticed; on AWS this wait is one hop."""
Rows = dict[str, Json]


@pytest.mark.parametrize(
    ("size", "patience"),
    [
        (100, 120),
        pytest.param(500, 240, marks=pytest.mark.load),
        pytest.param(10_000, 3000, marks=pytest.mark.soak),
    ],
    ids=["100", "500", "10000"],
)
def test_each_due_fallback_goes_out_once(
    make_shop: Callable[[str], Shop], simulators: Simulators, size: int, patience: int
) -> None:
    shop = make_shop(f"Fallbacks of {size}")
    owner = shop.organization
    with simulators.settings(whatsapp={"late_seconds": LATE, "duplicates": 2}):
        sent = _send(shop, simulators, size)
        eventually(lambda: _is_over(shop, sent), patience, lambda: Counter(_words(shop).values()), every=2)
    rows = _rows(shop, shop.whatsapp)
    due = {i for i, row in rows.items() if row["status"] != "delivered" or row["late"]}
    copies = _rows(shop, shop.sms)
    assert Counter(copy["fallback_of"] for copy in copies.values()) == Counter(due)
    served = simulators.served()["sms_voice"]
    assert {to: served[to] for to in sent.values() if to in served} == {sent[i]: 1 for i in due}
    late = {i for i, row in rows.items() if row["late"]}  # on a busy machine a receipt may be late by itself
    assert (
        {i for i in due if _fate(sent[i]) == 4 and _arrived(rows[i])} <= late <= {i for i in due if _arrived(rows[i])}
    )
    assert {row["status"] for i, row in rows.items() if i in due} >= {"failed", "expired", "accepted", "delivered"}
    assert quantiles([_error(owner.message(i)) for i in due if _waited(rows[i])], n=20)[-1] < TIMELY


def _send(shop: Shop, simulators: Simulators, size: int) -> dict[str, str]:
    """Message → person. The first ones may wait half a minute, and the sender is slow until some of them expired."""
    fates = [fate for fate, share in SHARES.items() for _ in range(share * size // 100)]
    random.shuffle(fates)
    people = [(simulators.person(fate), {"ttl": TTL} if n < HASTY else {}) for n, fate in enumerate(fates)]
    fallback = shop.fallback(wait=WAIT)
    _pace(shop, 1)
    with ThreadPoolExecutor(4) as pool:
        sent = pool.map(lambda each: (shop.send(each[0], fallback=fallback, **each[1])["id"], each[0]), people)
        eventually(lambda: "expired" in _words(shop).values(), 90, lambda: Counter(_words(shop).values()), every=1)
        _pace(shop, PACE)
        return dict(sent)


def _pace(shop: Shop, rate: int) -> None:
    settings = f"/channel_accounts/{shop.whatsapp}/service_settings"
    shop.organization.call("PATCH", settings, {"messages_per_second": rate})


def _fate(to: str) -> int:
    return int(to[6:10])


def _arrived(row: Json) -> bool:
    return bool(row["status"] == "delivered")


def _waited(row: Json) -> bool:
    return bool(row["status"] == "accepted" or row["late"])


def _rows(shop: Shop, channel: str) -> Rows:
    return {row["id"]: row for row in shop.organization.messages(channel_id=channel, limit=100)}


def _words(shop: Shop) -> dict[str, str]:
    return {i: row["status"] for i, row in _rows(shop, shop.whatsapp).items()}


def _is_over(shop: Shop, sent: dict[str, str]) -> bool:
    """Each stands where its number says, or expired behind the others, and each fallback arrived."""
    ends = {0: {"delivered"}, 1026: {"failed"}, 2: {"accepted"}, 4: {"delivered"}}
    rows, words = _rows(shop, shop.sms), _words(shop)
    if any(words[i] not in ends[_fate(to)] | {"expired"} for i, to in sent.items()):
        return False
    late = sum(_fate(to) == 4 or words[i] != "delivered" for i, to in sent.items())
    return len(rows) >= late and all(row["status"] == "delivered" for row in rows.values())


def _error(message: Json) -> float:
    """Seconds between the moment at which the wait ran out and the one at which the step fired."""
    accepted, fired = (
        datetime.fromisoformat(each).timestamp()
        for each in (times(message)["accepted"], message["fallback"]["fired_at"])
    )
    return fired - accepted - WAIT
