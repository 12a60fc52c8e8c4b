"""open_file: a link of a receipt leads to the file for seven days, and nothing else does."""

from typing import Any

import pytest
from parley.cloud import clock, tokens
from parley.model.times import DAY
from parley.operations import file_links
from parley.store import messages

from tests.support import builders
from tests.support.builders import MESSAGE, ORGANIZATION
from tests.support.events import sample
from tests.support.invoke import invoke
from tests.support.time import Clock

KEY = f"inbound/{ORGANIZATION}/c/{MESSAGE}/0"
Json = dict[str, Any]


def follow(token: str, left: int = 5000) -> Json:
    event = sample("open_file")
    event["rawPath"] = f"/{token}"
    answer: Json = invoke("open_file", event, left)
    return answer


def link(**changes: Any) -> str:
    named = {"organization": ORGANIZATION, "message": MESSAGE, "file": 0, "until": clock.now() + 7 * DAY}
    return tokens.seal({**named, **changes})


def with_file(**file: Any) -> None:
    state = builders.message()
    messages.put_content(state, {"type": "image", "files": [{"kind": "image", **file}]}, "")


def test_the_sample_is_no_link_of_ours() -> None:
    assert invoke("open_file", sample("open_file"))["statusCode"] == 404


def test_it_leads_to_the_file_and_not_through_any_cache() -> None:
    with_file(key=KEY)
    answer = follow(link())
    assert answer["statusCode"] == 302
    assert KEY in answer["headers"]["location"]
    assert answer["headers"]["cache-control"] == "no-store"


def test_it_ends_after_seven_days(time: Clock) -> None:
    with_file(key=KEY)
    token = link()
    time.forward(7 * 86_400 + 1)
    assert follow(token)["statusCode"] == 410


@pytest.mark.parametrize("token", ["", "abc", "AAAA", "a" * 5000, "ü", "..%2f", "%00"])
def test_what_we_did_not_seal_is_nothing(token: str) -> None:
    assert follow(token)["statusCode"] == 404


def test_a_sealed_credential_is_no_link() -> None:
    from base64 import urlsafe_b64encode

    from parley.cloud import credentials

    sealed = credentials.seal(ORGANIZATION, "channel", {"token": "secret"})
    assert follow(urlsafe_b64encode(sealed).decode())["statusCode"] == 404


def test_a_file_that_the_platform_did_not_hand_out_is_not_there() -> None:
    with_file(problem="media_failed")
    assert follow(link())["statusCode"] == 404
    assert follow(link(file=3))["statusCode"] == 404
    assert follow(link(message="another"))["statusCode"] == 404


def test_a_file_on_its_way_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its copy comes while we wait; or the time is over, and the caller tries again."""
    with_file()
    token = link()
    assert follow(token, left=3000)["statusCode"] == 503
    monkeypatch.setattr(file_links.time, "sleep", lambda _: with_file(key=KEY))
    assert follow(token, left=20_000)["statusCode"] == 302
