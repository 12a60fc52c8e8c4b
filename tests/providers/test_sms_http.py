"""A gateway described by data: the request it gets, what its answers and reports mean."""

import json
from typing import Any

import httpx
import pytest
from parley.errors import Disconnected, Invalid, OutcomeUnknown, ProviderError, Rejected, Throttled
from parley.model.address import Address
from parley.model.channel import Binding
from parley.model.content import Content, Kind
from parley.model.events import NotUnderstood, StatusReport
from parley.providers.provider import Outbound
from parley.providers.sms_http import bind, webhook

from tests.support.make import MESSAGE, ORGANIZATION, binding
from tests.support.platforms import Gateway, says

ECHO = f"{ORGANIZATION}.{MESSAGE}"
URL = "https://sms.example/send"


def outbound(words: str = "Hello") -> Outbound:
    to = Address.model_validate({"type": "phone", "value": "+34600111222"})
    content = Content(type=Kind.TEXT, text=words)
    more = {"ttl": 60, "marketing": False, "callback_url": "https://hooks.example/sms/c"}
    return Outbound(echo=ECHO, to=to, content=content, template=None, **more)  # type: ignore[arg-type]


def sent_with(gateway: Gateway, words: str = "Hello", **chosen: Any) -> httpx.Request:
    settings = {"url": URL, "sender_id": "ACME", **chosen}
    gateway.bound = {"sender": "ACME", "sender_id": "ACME", "settings": settings}
    gateway.send(outbound(words))
    request: httpx.Request = gateway.requests[-1]
    return request


def test_the_default_request(gateway: Gateway) -> None:
    request = sent_with(gateway)
    assert (request.method, str(request.url)) == ("POST", URL)
    assert request.headers["authorization"] == "Bearer t0ken"
    assert json.loads(request.content) == {
        "to": "+34600111222",
        "from": "ACME",
        "text": "Hello",
        "reference": ECHO,
        "callback_url": "https://hooks.example/sms/c",
    }


def test_a_form(gateway: Gateway) -> None:
    request = sent_with(gateway, "a&b=c é", format="form", body={"n": "$(to)", "m": "«$(text)»"}, number_format="E164")
    assert request.headers["content-type"] == "application/x-www-form-urlencoded"
    assert dict(httpx.QueryParams(request.content.decode())) == {"n": "34600111222", "m": "«a&b=c é»"}


def test_a_query(gateway: Gateway) -> None:
    request = sent_with(
        gateway, "a&b", format="query", method="GET", body={"to": "$(to)", "t": "$(text)", "k": "$(token)"}
    )
    assert (request.method, dict(request.url.params)) == ("GET", {"to": "+34600111222", "t": "a&b", "k": "t0ken"})


def test_a_text_cannot_smuggle_a_variable(gateway: Gateway) -> None:
    assert json.loads(sent_with(gateway, "$(token) $(to)").content)["text"] == "$(token) $(to)"


@pytest.mark.parametrize("words", ["naïve €", "two\r\nX-Evil: 1"])
def test_what_no_header_can_carry_is_refused_before_it_leaves(gateway: Gateway, words: str) -> None:
    with pytest.raises(Rejected):
        sent_with(gateway, words, headers={"X-Text": "$(text)"}, body={"to": "$(to)"})
    assert not gateway.requests


MEANS: list[tuple[int, str, type[ProviderError] | None]] = [
    (200, '{"status": "ok", "id": "g-1"}', None),
    (202, '{"status": "ok", "id": 17}', None),
    (200, '{"status": "error", "code": 17}', Rejected),
    (200, "ERROR 17", Rejected),
    (200, '["error"]', Rejected),
    (200, '{"status": "err', OutcomeUnknown),
    (200, "  ", OutcomeUnknown),
    (204, "", OutcomeUnknown),
    (301, "", OutcomeUnknown),
    (400, '{"code": "no_credit"}', Rejected),
    (404, "<html>", Rejected),
    (422, "", Rejected),
    (401, "", Disconnected),
    (403, '{"status": "ok"}', Disconnected),
    (429, "", Throttled),
    (500, '{"status": "ok"}', OutcomeUnknown),
    (503, "", OutcomeUnknown),
]


@pytest.mark.parametrize(("status", "text", "meaning"), MEANS)
def test_what_an_answer_means(gateway: Gateway, status: int, text: str, meaning: type[ProviderError] | None) -> None:
    gateway.answer = says(status, text)
    if meaning is None:
        assert gateway.send(outbound()).by_id
        return
    with pytest.raises(ProviderError) as caught:
        gateway.send(outbound())
    assert type(caught.value) is meaning


def test_the_gateways_own_word_for_a_refusal_is_kept(gateway: Gateway) -> None:
    gateway.answer = says(400, {"code": "no_credit" * 20})
    with pytest.raises(Rejected) as caught:
        gateway.send(outbound())
    assert caught.value.provider_code == ("no_credit" * 20)[:64]


@pytest.mark.parametrize(
    ("given", "seconds"),
    [
        ("7", 7),
        ("0", 0),
        ("", 5),
        ("Wed, 21 Oct 2026 07:28:00 GMT", 5),
        ("-3", 5),
        ("9" * 400, 86_400),
        ("100000", 86_400),
    ],
)
def test_how_long_to_wait(gateway: Gateway, given: str, seconds: float) -> None:
    gateway.answer = says(429, "", **({"retry_after": given} if given else {}))
    with pytest.raises(Throttled) as caught:
        gateway.send(outbound())
    assert caught.value.retry_after == seconds


def test_the_id_stands_where_the_settings_say(gateway: Gateway) -> None:
    gateway.answer = says(200, {"result": {"sms": {"id": 4711}}})
    settings = {"url": URL, "sender_id": "ACME", "success": {"id_path": "result.sms.id"}}
    gateway.bound = {**gateway.bound, "settings": settings}
    assert gateway.send(outbound()).provider_id == "4711"


def silent(gateway: Gateway) -> None:
    """A gateway that carries nothing of ours."""
    settings = {"url": URL, "sender_id": "ACME", "body": {"to": "$(to)", "text": "$(text)"}}
    gateway.bound = {**gateway.bound, "settings": settings}


def test_a_gateway_that_echoes_nothing_must_name_an_id(gateway: Gateway) -> None:
    silent(gateway)
    gateway.answer = says(200, {"id": "g-1"})
    accepted = gateway.send(outbound())
    assert (accepted.provider_id, accepted.by_id) == ("g-1", True)
    gateway.answer = says(200, {})
    with pytest.raises(OutcomeUnknown):
        gateway.send(outbound())


def test_a_gateway_that_echoes_needs_no_id(gateway: Gateway) -> None:
    gateway.answer = says(200, {"status": "ok"})
    accepted = gateway.send(outbound())
    assert (accepted.provider_id, accepted.by_id) == (ECHO, False)


def reports(body: Any, **words: Any) -> list[Any]:
    settings = {"url": URL, "sender_id": "ACME", "reports": words}
    found = Binding.model_validate(binding(provider="sms_http", sender="ACME", sender_id="ACME", settings=settings))
    return webhook.read(json.dumps(body).encode(), found)


REPORT = {"id": "g-1", "reference": ECHO, "status": "DELIVRD", "time": "2026-03-01T09:30:00Z"}


@pytest.mark.parametrize(
    ("word", "ours"),
    [
        ("DELIVRD", "delivered"),
        ("ACCEPTD", "sent"),
        ("UNDELIV", "failed"),
        ("EXPIRED", "failed"),
        ("REJECTD", "failed"),
    ],
)
def test_the_common_words(word: str, ours: str) -> None:
    [found] = reports({**REPORT, "status": word, "error": "017"})
    assert isinstance(found, StatusReport)
    assert (str(found.status), found.echo, found.provider_id, found.sender_id) == (ours, ECHO, "g-1", "ACME")
    assert (found.fault.provider_code if found.fault else None) == ("017" if ours == "failed" else None)


def test_reports_in_a_gateways_own_words() -> None:
    words = {
        "id_path": "msg.id",
        "reference_path": "",
        "status_path": "msg.state",
        "time_path": "at",
        "statuses": {"3": "delivered"},
    }
    [found] = reports({"msg": {"id": 9, "state": 3}, "at": 1772357400}, **words)
    assert (found.provider_id, found.echo, str(found.status), found.at) == ("9", None, "delivered", 1772357400000)


def test_a_list_of_reports() -> None:
    found = reports([REPORT, {**REPORT, "status": "NOISE"}, "odd", {**REPORT, "id": "g-2"}])
    assert [type(each) for each in found] == [StatusReport, NotUnderstood, NotUnderstood, StatusReport]


@pytest.mark.parametrize(
    ("given", "at"),
    [
        ("2026-03-01T09:30:00Z", 1772357400000),
        ("2026-03-01T10:30:00+01:00", 1772357400000),
        ("1772357400", 1772357400000),
        (1772357400, 1772357400000),
        (None, 0),
        ("soon", 0),
        ("²", 0),
        ("0001-01-01", 0),
        ("9" * 5000, 0),
        ({}, 0),
    ],
)
def test_times(given: Any, at: int) -> None:
    assert reports({**REPORT, "time": given})[0].at == at


def test_a_report_by_reference_alone_names_no_id() -> None:
    [found] = reports({name: text for name, text in REPORT.items() if name != "id"})
    assert (found.echo, found.provider_id) == (ECHO, "")


def test_a_report_about_nothing() -> None:
    assert reports({"status": "DELIVRD"}) == [NotUnderstood("report")]


@pytest.mark.parametrize(
    ("settings", "field", "code"),
    [
        ({"url": "http://sms.example/send"}, "settings.url", "url_not_allowed"),
        ({"url": "https://user:pw@sms.example/"}, "settings.url", "url_not_allowed"),
        ({"body": {"to": "$(to)", "text": "$(text)", "x": "$(password)"}}, "settings.body", "unknown_placeholder"),
        ({"headers": {"X": "$(secret)"}}, "settings.body", "unknown_placeholder"),
        ({"body": {"to": "$(to)"}}, "settings.body", "placeholder_missing"),
        ({"body": {"text": "$(text)"}}, "settings.body", "placeholder_missing"),
    ],
)
def test_settings_that_cannot_be_bound(settings: Any, field: str, code: str) -> None:
    with pytest.raises(Invalid) as caught:
        bind.bind("c", {"gateway": "HTTP", "url": URL, "sender_id": "ACME", **settings}, {"token": "t"}, "")
    assert [(each.field, each.code) for each in caught.value.problems] == [(field, code)]


def test_a_binding_keeps_what_was_chosen_and_seals_the_rest() -> None:
    bound = bind.bind(
        "c", {"gateway": "HTTP", "url": URL, "sender_id": "ACME"}, {"token": "t", "report_secret": "s"}, ""
    )
    assert (bound.provider, bound.sender, bound.claims) == ("sms_http", "ACME", [])
    assert bound.settings == {"url": URL, "sender_id": "ACME"}
    assert bound.secret == {"token": "t", "report_secret": "s"}
