"""get_channel_capabilities: what a channel can show and tell, before anybody sends."""

import pytest
from parley import providers

from tests.support import builders
from tests.support.builders import SMS, TELEGRAM, WHATSAPP
from tests.support.events import call, refused


@pytest.fixture(autouse=True)
def _cast() -> None:
    builders.organization()


def of(channel: str) -> dict[str, object]:
    answer = call("get_channel_capabilities", path={"channel_id": channel})
    assert answer.status == 200
    assert answer.body["channel_id"] == channel
    return dict(answer.body)


def test_a_bot() -> None:
    builders.telegram()
    found = of(TELEGRAM)
    assert found["people"] == [
        {"type": "chat", "example": "4211", "seconds_between": 1.0},
        {"type": "chat", "example": "-1001234567890", "seconds_between": 3.0},
        {"type": "username", "example": "@my_channel", "seconds_between": 3.0},
    ]
    assert (found["business_starts"], found["receipts"], found["window"]) == (False, ["sent"], None)
    assert (found["text_limit"], found["caption_limit"], found["album_size"]) == (4096, 1024, [2, 10])
    assert found["buttons"] == {"per_row": 8, "total": 100, "payload_bytes": 64, "urls": True}
    assert (found["keyboards"], found["replies"], found["deletes"]) == (True, True, True)


def test_whatsapp_and_an_sms() -> None:
    builders.whatsapp()
    builders.sms()
    whatsapp, sms = of(WHATSAPP), of(SMS)
    assert (whatsapp["window"], whatsapp["templates"]["reviewed"]) == (86_400, True)
    assert (whatsapp["receipts"], sms["receipts"]) == (["delivered", "read", "sent"], ["delivered", "sent"])
    assert (sms["kinds"], sms["buttons"], sms["album_size"], sms["window"]) == (["template", "text"], None, None, None)


@pytest.mark.parametrize("kind", ["TELEGRAM", "SMS", "WHATSAPP_CLOUD"])
def test_an_unbound_channel_has_those_of_its_type(kind: str) -> None:
    channel = builders.channel(type=kind)
    declared = providers.capabilities(channel)
    assert of(WHATSAPP)["kinds"] == sorted(declared.kinds)


def test_a_type_that_is_not_built_yet() -> None:
    builders.channel(type="TIKTOK")
    answer = call("get_channel_capabilities", path={"channel_id": WHATSAPP})
    assert refused(answer) == (422, "not_available", ["type"])
