"""The contract that every provider keeps: what a platform does decides what the caller does next, in one call."""

import pytest
from parley.errors import (
    Disconnected,
    OutcomeUnknown,
    ProviderError,
    Rejected,
    Throttled,
    Unavailable,
)
from parley.model.address import Address, AddressKind
from parley.model.message import Content, Kind
from parley.providers.provider import Outbound

from tests.support.make import MESSAGE, ORGANIZATION, body, template
from tests.support.platforms import PLATFORMS, Platform

MEANS: dict[str, type[ProviderError]] = {
    "rejects": Rejected,
    "throttles": Throttled,
    "refuses the credential": Disconnected,
    "says that it did not take it": Unavailable,
    "cannot connect": Unavailable,
    "cannot connect in time": Unavailable,
    "has no free connection": Unavailable,
    "says that it does not know": OutcomeUnknown,
    "answers too late": OutcomeUnknown,
    "takes too long to read": OutcomeUnknown,
    "cuts the line": OutcomeUnknown,
    "resets the line": OutcomeUnknown,
    "resets while we write": OutcomeUnknown,
    "answers a page of its edge": OutcomeUnknown,
    "answers an empty 503": OutcomeUnknown,
    "answers half a success": OutcomeUnknown,
    "answers an empty success": OutcomeUnknown,
    "sends us elsewhere": OutcomeUnknown,
}
EVERYBODY = {"accepts", "rejects", "throttles", "refuses the credential", "cannot connect", "answers too late"} | {
    "cuts the line",
    "answers a page of its edge",
    "answers half a success",
}
ECHO = f"{ORGANIZATION}.{MESSAGE}"


def text(words: str = "Hello", **fields: object) -> Outbound:
    known = {"echo": ECHO, "to": Address(type=AddressKind.PHONE, value="+34600111222"), "template": None}
    more = {"content": Content(type=Kind.TEXT, text=words), "ttl": 300, "marketing": False}
    return Outbound(**{**known, **more, "callback_url": "https://hooks.example/sms/c", **fields})  # type: ignore[arg-type]


def test_every_provider_shows_every_kind_of_outcome() -> None:
    for platform in PLATFORMS:
        assert set(platform.answers) <= {*MEANS, "accepts"}
        assert set(platform.answers) >= EVERYBODY


def test_accepts(platform: Platform) -> None:
    accepted = platform.send(text())
    assert accepted.provider_id in ("wamid.1", "g-1", "ed23196c")
    assert len(platform.requests) == 1


@pytest.mark.parametrize("case", MEANS)
def test_an_answer_means_one_thing_and_is_asked_for_once(platform: Platform, case: str) -> None:
    if case not in platform.answers:
        return
    platform.answer = platform.answers[case]
    with pytest.raises(ProviderError) as caught:
        platform.send(text())
    assert type(caught.value) is MEANS[case], caught.value.message
    assert len(platform.requests) == 1


def test_throttled_says_how_long(platform: Platform) -> None:
    platform.answer = platform.answers["throttles"]
    with pytest.raises(Throttled) as caught:
        platform.send(text())
    assert 0 < caught.value.retry_after <= 10


@pytest.mark.parametrize("case", ["rejects", "refuses the credential", "answers too late"])
def test_errors_carry_no_content_number_or_secret(platform: Platform, case: str) -> None:
    platform.answer = platform.answers[case]
    with pytest.raises(ProviderError) as caught:
        platform.send(text("S3cret words"))
    told = f"{caught.value.message} {caught.value.provider_code} {caught.value}"
    assert not any(part in told for part in ("S3cret", "600111222", "t0ken", "EAA"))


def test_our_id_travels_along(platform: Platform) -> None:
    platform.send(text())
    assert ECHO in str(platform.sent())
    assert "34600111222" in str(platform.sent())


def test_a_template_reads_the_same_everywhere(platform: Platform) -> None:
    made = template(body("Hello $(name), your code is $(code)."))
    content = Content(type=Kind.TEMPLATE, variables={"name": "Ana", "code": "4821"})
    platform.send(text(content=content, template=made))
    sent = str(platform.sent())
    assert "Hello Ana, your code is 4821." in sent or ("Ana" in sent and "4821" in sent and "order_ready" in sent)


@pytest.mark.parametrize("words", ["مرحبا 4821", "😀", "a\nb", "$(to) {{1}} %s", '"quoted" \\ back', "x" * 1600])
def test_any_text_arrives_as_it_is(platform: Platform, words: str) -> None:
    platform.send(text(words))
    assert words in _strings(platform.sent())


def _strings(value: object) -> list[str]:
    if isinstance(value, dict):
        return [text for each in value.values() for text in _strings(each)]
    return [value] if isinstance(value, str) else []
