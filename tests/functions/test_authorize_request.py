"""authorize_request: from an Authorization header to an organization, or to nothing."""

from typing import Any

import pytest

from tests.support import builders
from tests.support.builders import KEY, ORGANIZATION, SECRET
from tests.support.events import call, sample
from tests.support.invoke import invoke
from tests.support.metrics import counted
from tests.support.time import Clock

REFUSED = {"isAuthorized": False}


def authorize(header: str | None = None) -> Any:
    event = sample("authorize_request")
    return invoke("authorize_request", event if header is None else event | {"identitySource": [header]})


def test_a_good_key_says_who_calls_and_what_for() -> None:
    builders.key(scopes=["messages", "read"])
    context = {"organization": ORGANIZATION, "key": KEY, "scopes": "messages,read"}
    assert authorize() == {"isAuthorized": True, "context": context}


def test_a_key_that_the_api_made_works() -> None:
    builders.organization()
    made = call("create_api_key", organization=ORGANIZATION).body
    assert authorize(f"bearer {made['secret']}")["context"]["key"] == made["id"]


@pytest.mark.parametrize(
    "header",
    [
        "",
        "Bearer",
        "Bearer ",
        SECRET,
        f"Basic {SECRET}",
        f"Bearer {SECRET}x",
        f"Bearer x{SECRET}",
        f"Bearer {SECRET[:-1]}",
        "Bearer sk_live_",
        "Bearer sk_live_é",
    ],
)
def test_anything_else_is_refused_and_counted(header: str, capsys: pytest.CaptureFixture[str]) -> None:
    builders.key()
    assert authorize(header) == REFUSED
    assert counted(capsys) == {"KeyRefused": 1}


def test_a_missing_header_is_refused() -> None:
    assert invoke("authorize_request", {"identitySource": None}) == REFUSED


def test_an_expired_key_is_refused(time: Clock) -> None:
    builders.key(expires_at=time.text(60))
    assert authorize()["isAuthorized"]
    time.forward(60)
    assert authorize() == REFUSED


def test_a_revoked_key_is_refused() -> None:
    builders.key()
    assert call("revoke_api_key").status == 200
    assert authorize() == REFUSED
