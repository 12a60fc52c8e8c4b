"""Each test of a function has an account of its own, a clock that stands still, and friendly platforms."""

from collections.abc import Iterator

import pytest
from parley.cloud import clock, metrics

from tests.support import wire as wires
from tests.support.cloud import account
from tests.support.time import Clock

pytest.register_assert_rewrite("tests.support.events", "tests.support.kept")


@pytest.fixture(autouse=True)
def time(monkeypatch: pytest.MonkeyPatch) -> Iterator[Clock]:
    standing = Clock()
    metrics.drain()  # what a test before this one counted, and no function wrote down
    with account():
        monkeypatch.setattr(clock, "now", standing)
        yield standing


@pytest.fixture(autouse=True)
def wire(time: Clock) -> Iterator[wires.Wire]:
    with wires.connected() as connected:
        yield connected
