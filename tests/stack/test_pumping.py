"""SMS pumping against the deployed stack: a prefix is stopped at its limit, others pass, and results are learned."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from tests.support.stack_client import Shop

DAY = 86_400
GUARD = {"per_prefix": {"most": 12, "seconds": DAY}, "conversion": {"least": 0.5, "after": 4}}
TEXT = {"type": "text", "text": "Your code is 482913.", "category": "AUTHENTICATION"}
PUMPED, OTHERS = "+4917100", [f"+491722{i}0000" for i in range(5)]


@pytest.fixture
def channel(shop: Shop) -> str:
    made = shop.organization.sms()
    shop.organization.call("PATCH", f"/channel_accounts/{made}/service_settings", {"otp_guard": GUARD})
    return made


def _code(shop: Shop, channel: str, to: str) -> httpx.Response:
    return shop.organization.ask("POST", "/messages", {"channel_id": channel, "to": to, **TEXT})


def _word(answer: httpx.Response) -> str:
    return str(answer.json().get("code", answer.json()["status"]))


def test_one_prefix_is_stopped_at_its_limit_and_others_pass(shop: Shop, channel: str) -> None:
    owner, pumped = shop.organization, [f"{PUMPED}{i:04}" for i in range(40)]
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda to: _code(shop, channel, to), pumped))
    assert Counter(map(_word, answers)) == {"queued": 12, "otp_velocity_prefix": 28}
    refused = next(answer for answer in answers if answer.status_code == 429)
    assert 0 < int(refused.headers["retry-after"]) <= DAY
    others = [_code(shop, channel, to).json()["id"] for to in OTHERS]
    for message in others:
        owner.reaches(message, "delivered")
    events = owner.call("GET", f"/channel_accounts/{channel}/events")["items"]
    assert [event["kind"] for event in events].count("otp_velocity_prefix") >= 1
    assert sum(event["count"] for event in events if event["kind"] == "otp_velocity_prefix") == 28
    assert owner.call("GET", f"/channel_accounts/{channel}/health")["codes_today"]["codes"] == 17


def test_a_prefix_whose_codes_nobody_types_in_is_stopped_earlier(shop: Shop, channel: str) -> None:
    owner = shop.organization
    first = _code(shop, channel, OTHERS[0]).json()["id"]
    told = owner.call("POST", f"/messages/{first}/otp_result", {"converted": True})
    assert (told["id"], told["converted"]) == (first, True)
    words = [_word(_code(shop, channel, f"{PUMPED}{i:04}")) for i in range(6)]
    assert words == ["queued"] * 4 + ["otp_conversion_low"] * 2
    assert _word(_code(shop, channel, OTHERS[0])) == "queued"
    day = owner.call("GET", f"/channel_accounts/{channel}/health")["codes_today"]
    assert day == {"codes": 6, "reported": 1, "converted": 1}
