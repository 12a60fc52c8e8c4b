"""Each story has an AWS account, a business and its platforms of its own."""

from collections.abc import Iterator

import pytest

from tests.support.cloud import account
from tests.support.world import World


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    with account():
        yield World(monkeypatch)
