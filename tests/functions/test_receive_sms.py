"""receive_sms: a gateway's report, signed with the secret of its channel."""

import base64
from typing import Any

import pytest

from tests.support import builders, kept
from tests.support.builders import SMS
from tests.support.events import Json, sample
from tests.support.invoke import invoke
from tests.support.metrics import counted


def receive(**changes: Any) -> Any:
    event: Json = sample("receive_sms")
    headers = {**event["headers"], **changes.pop("headers", {})}
    event |= {"headers": {name: value for name, value in headers.items() if value is not None}}
    return invoke("receive_sms", event | changes)["statusCode"]


def applicable() -> list[Json]:
    """What is queued to be applied; a note for the channel's log is none."""
    return [body for body in kept.queued("WebhooksQueue") if "body" in body]


@pytest.fixture(autouse=True)
def _gateway() -> None:
    builders.organization()
    builders.sms()


def test_a_good_signature_puts_the_raw_bytes_on_the_queue() -> None:
    assert receive() == 200
    (body,) = kept.queued("WebhooksQueue")
    assert (body["provider"], body["channel"]) == ("sms_http", SMS)
    assert base64.b64decode(body["body"]).decode() == sample("receive_sms")["body"]


@pytest.mark.parametrize("signature", [None, "", "sha256=" + "0" * 64, "ñandú", "sha256=é"])
def test_a_bad_signature_is_401_and_nothing_of_it_is_queued(
    signature: str | None, capsys: pytest.CaptureFixture[str]
) -> None:
    assert receive(headers={"x-signature": signature}) == 401
    assert applicable() == []
    assert counted(capsys) == {"WebhookRefused": 1}


def test_a_changed_body_is_401() -> None:
    assert receive(body=sample("receive_sms")["body"].replace("DELIVRD", "UNDELIV")) == 401
    assert applicable() == []


@pytest.mark.parametrize("path", ["/", f"/{builders.KEY}", "/x", f"/{builders.WHATSAPP}"])
def test_only_a_channel_with_a_secret_receives(path: str) -> None:
    builders.whatsapp()
    assert receive(rawPath=path) == 401
    assert applicable() == []


def test_a_gateway_without_a_secret_receives_nothing() -> None:
    builders.channel(builders.KEY, type="SMS")
    with kept.nothing_changes():
        assert receive(rawPath=f"/{builders.KEY}", headers={"x-signature": None}) == 401
