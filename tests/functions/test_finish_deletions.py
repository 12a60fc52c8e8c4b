"""finish_deletions: a deletion that something cut short is finished by the minute job."""

from typing import Any

import pytest
from parley.cloud import credentials
from parley.store import bindings

from tests.support import builders, kept
from tests.support.builders import ORGANIZATION, SMS, WHATSAPP
from tests.support.events import call, sample
from tests.support.invoke import invoke


def finish(left: int = 60_000) -> Any:
    return invoke("finish_deletions", sample("finish_deletions"), left)


def secret_of(channel: str) -> dict[str, Any]:
    sealed, version = bindings.get_credential(ORGANIZATION, channel) or (b"", 0)
    return credentials.unseal(ORGANIZATION, channel, version, sealed)


@pytest.fixture(autouse=True)
def _cast() -> None:
    builders.organization()
    builders.whatsapp(secret={"app_secret": "app-secret-of-the-shop", "verify_token": "verify-token"})
    builders.sms()


def test_only_what_signs_late_receipts_stays() -> None:
    call("delete_channel")
    assert finish() == {"deletions": 1}
    assert secret_of(WHATSAPP) == {"app_secret": "app-secret-of-the-shop", "verify_token": "verify-token"}
    assert kept.items(f"CHANNEL#{WHATSAPP}")[0]["life"] == "deleted"


def test_a_second_run_finds_nothing() -> None:
    call("delete_channel")
    finish()
    with kept.nothing_changes():
        assert finish() == {"deletions": 0}


def test_other_channels_keep_their_credential() -> None:
    call("delete_channel")
    finish()
    assert secret_of(SMS) == {"token": "gateway-token", "report_secret": "test-report-secret"}
    assert kept.items(f"CHANNEL#{SMS}")[0]["life"] == "present"


def test_it_stops_when_its_time_is_over() -> None:
    call("delete_channel")
    with kept.nothing_changes():
        assert finish(left=4000) == {"deletions": 0}
