"""Each story has an AWS account, a business and its platforms of its own."""

from collections.abc import Iterator

import pytest

from tests.support import direct
from tests.support.cloud import account
from tests.support.world import World


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    with account():
        yield World(monkeypatch)


@pytest.fixture
def quick(world: World, monkeypatch: pytest.MonkeyPatch) -> World:
    """The same world with a short way to the table, for what makes many thousand calls."""
    direct.connect(monkeypatch, world.faults)
    return world
