"""receive_telegram: an update of a bot, with the secret that was agreed on for its channel."""

import base64
import json
from typing import Any

import pytest

from tests.support import builders, kept
from tests.support.builders import TELEGRAM
from tests.support.events import Json, sample
from tests.support.invoke import invoke
from tests.support.metrics import counted

SECRET = "x-telegram-bot-api-secret-token"


def receive(**changes: Any) -> Json:
    event: Json = sample("receive_telegram")
    headers = {**event["headers"], **changes.pop("headers", {})}
    event |= {"headers": {name: value for name, value in headers.items() if value is not None}}
    answer: Json = invoke("receive_telegram", event | changes)
    return answer


def applicable() -> list[Json]:
    """What is queued to be applied; a note for the channel's log is none."""
    return [body for body in kept.queued("WebhooksQueue") if "body" in body]


@pytest.fixture(autouse=True)
def _bot() -> None:
    builders.organization()
    builders.telegram()


def test_the_agreed_secret_puts_the_raw_bytes_on_the_queue() -> None:
    assert receive()["statusCode"] == 200
    (body,) = kept.queued("WebhooksQueue")
    assert (body["provider"], body["channel"]) == ("telegram", TELEGRAM)
    assert base64.b64decode(body["body"]).decode() == sample("receive_telegram")["body"]


def test_the_answer_is_empty() -> None:
    """A body with a method in it would be carried out."""
    for raw in (sample("receive_telegram")["body"], '{"method": "sendMessage", "chat_id": 1, "text": "x"}', ""):
        answer = receive(body=raw)
        assert (answer["statusCode"], answer["body"]) == (200, "")


def test_bytes_in_base64_are_the_same_bytes() -> None:
    raw = sample("receive_telegram")["body"].encode()
    assert receive(body=base64.b64encode(raw).decode(), isBase64Encoded=True)["statusCode"] == 200
    assert base64.b64decode(applicable()[0]["body"]) == raw


@pytest.mark.parametrize(
    "secret",
    [
        None,
        "",
        "x",
        builders.BOT_SECRET[:-1],
        builders.BOT_SECRET + "0",
        builders.BOT_SECRET.upper(),
        builders.BOT_TOKEN,
        "ñandú",
        "�",
        f" {builders.BOT_SECRET}",
    ],
)
def test_any_other_secret_is_401_and_nothing_of_it_is_queued(
    secret: str | None, capsys: pytest.CaptureFixture[str]
) -> None:
    answer = receive(headers={SECRET: secret})
    assert (answer["statusCode"], answer["body"]) == (401, "")
    assert applicable() == []
    assert counted(capsys) == {"WebhookRefused": 1}


def test_a_refused_update_is_told_in_the_channels_log_without_its_words() -> None:
    receive(headers={SECRET: "wrong"})
    assert kept.queued("WebhooksQueue") == [{"kind": "refused", "provider": "telegram", "channel": TELEGRAM}]


@pytest.mark.parametrize("path", ["/", "/x", f"/{builders.KEY}", f"/{builders.WHATSAPP}", f"/{builders.SMS}"])
def test_only_the_bots_own_channel_receives(path: str) -> None:
    builders.whatsapp()
    builders.sms()
    assert receive(rawPath=path)["statusCode"] == 401
    assert applicable() == []


@pytest.mark.parametrize("secret", [None, "", "None"])
def test_a_channel_without_a_secret_receives_nothing(secret: str | None) -> None:
    builders.channel(builders.KEY, type="TELEGRAM")
    with kept.nothing_changes():
        assert receive(rawPath=f"/{builders.KEY}", headers={SECRET: secret})["statusCode"] == 401


def test_the_secret_is_neither_queued_nor_written(capsys: pytest.CaptureFixture[str]) -> None:
    receive()
    receive(headers={SECRET: "wrong"})
    told = json.dumps(kept.queued("WebhooksQueue")) + capsys.readouterr().out
    assert builders.BOT_SECRET not in told
    assert builders.BOT_TOKEN not in told
