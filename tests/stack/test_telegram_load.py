"""Many sends over several bots, against limits that are enforced: nothing lost, doubled, or sent too fast."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.support import stack_bots
from tests.support.stack_bots import Bot
from tests.support.stack_client import Shop, eventually
from tests.support.stack_simulators import Simulators

BOTS = 4
TO_EACH = 2
"""Messages to each person, so that some of them meet the limit of one a second."""


@pytest.mark.parametrize(
    ("size", "patience"),
    [
        (500, 120),
        pytest.param(2000, 300, marks=pytest.mark.load),
        pytest.param(10_000, 1500, marks=pytest.mark.soak),
    ],
    ids=["500", "2000", "10000"],
)
def test_no_window_is_overrun(shop: Shop, simulators: Simulators, size: int, patience: int) -> None:
    bots = [stack_bots.bound(shop.organization, simulators) for _ in range(BOTS)]
    wanted = [(bots[number % BOTS], f"9{1:04}{number // TO_EACH:04}", f"{number}") for number in range(size)]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda each: each[0].send(each[1], type="text", text=each[2]), wanted))
    eventually(lambda: sum(bot.limits()["sent"] for bot in bots) >= size, patience, lambda: _sent(bots), every=1)
    log = simulators.get("/log", simulator="telegram")
    ids = {bot.id for bot in bots}
    told = Counter((str(each["sender"]), each["to"], each["text"]) for each in log if str(each["sender"]) in ids)
    assert told == Counter((bot.id, to, text) for bot, to, text in wanted)
    for bot in bots:
        limits = bot.limits()
        assert (limits["throttled"], limits["early"]) == (0, 0)
        assert limits["windows"]["second"] <= 30


def _sent(bots: list[Bot]) -> list[int]:
    return [bot.limits()["sent"] for bot in bots]
