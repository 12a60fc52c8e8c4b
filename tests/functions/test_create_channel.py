"""create_channel: what is kept of a new channel, and what is refused."""

import json

import pytest

from tests.support import builders, kept
from tests.support.events import LEFT_OUT, call, refused


def test_a_channel_is_created_and_counted() -> None:
    builders.organization()
    answer = call("create_channel")
    print(answer)
    assert answer.status == 201
    assert refused(call("create_channel", {"name": "x" * 51})) == (422, "string_too_long", ["name"])
