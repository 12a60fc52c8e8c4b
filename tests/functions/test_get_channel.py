"""get_channel: one channel, without its credential."""

import json

from parley.model.channel import Life

from tests.support import builders
from tests.support.events import call, refused


def test_shows_the_channel_and_its_binding() -> None:
    builders.organization()
    builders.whatsapp()
    answer = call("get_channel")
    assert answer.status == 200
    assert {"id": builders.WHATSAPP, "connection": "connected", "is_active": True}.items() <= answer.body.items()
    assert answer.body["binding"]["sender"] == builders.PHONE


def test_no_secret_comes_back() -> None:
    builders.organization()
    builders.whatsapp(secret={"app_secret": "app-secret-of-the-shop"})
    text = json.dumps(call("get_channel").body)
    assert builders.TOKEN not in text
    assert "app-secret-of-the-shop" not in text


def test_a_deleted_one_is_not_found() -> None:
    builders.organization()
    builders.channel(life=Life.DELETED)
    assert refused(call("get_channel"))[:2] == (404, "not_found")
