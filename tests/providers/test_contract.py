"""The contract that every provider keeps: what a platform does decides what the caller does next, in one call."""

import io
import logging
from dataclasses import fields
from typing import Any

import pytest
from parley import providers
from parley.errors import (
    Disconnected,
    OutcomeUnknown,
    ProviderError,
    Rejected,
    Throttled,
    Unavailable,
)
from parley.model.address import form_of, read_recipient
from parley.model.capabilities import Capabilities, view
from parley.model.channel import PROVIDERS
from parley.model.content import MEDIA, Content, Kind, Source
from parley.model.content_rules import check
from parley.model.status import Status
from parley.providers.provider import Accepted, Outbound

from tests.support.make import CHANNEL, MESSAGE, ORGANIZATION, body, template
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
TEMPLATE = template(body("Hello $(name), your code is $(code)."))
VALUES = {"name": "Ana", "code": "4821"}


def text(platform: Platform, words: str = "Hello", **changes: Any) -> Outbound:
    known = {"echo": ECHO, "to": platform.person, "template": None, "ttl": 300, "marketing": False}
    more = {"content": Content(type=Kind.TEXT, text=words), "callback_url": "https://hooks.example/sms/c"}
    return Outbound(**{**known, **more, **changes})


def able(platform: type[Platform] | Platform) -> Capabilities:
    return providers.abilities(platform.name)


def test_every_provider_is_under_the_contract() -> None:
    assert {each.name for each in PLATFORMS} == {name for kinds in PROVIDERS.values() for name in kinds.values()}


def test_every_provider_shows_every_kind_of_outcome() -> None:
    for platform in PLATFORMS:
        assert set(platform.answers) <= {*MEANS, "accepts"}
        assert set(platform.answers) >= EVERYBODY


def test_accepts(platform: Platform) -> None:
    accepted = platform.send(text(platform))
    assert accepted.provider_id == platform.accepted_as
    assert len(platform.requests) == 1


@pytest.mark.parametrize("case", MEANS)
def test_an_answer_means_one_thing_and_is_asked_for_once(platform: Platform, case: str) -> None:
    if case not in platform.answers:
        return
    platform.answer = platform.answers[case]
    with pytest.raises(ProviderError) as caught:
        platform.send(text(platform))
    assert type(caught.value) is MEANS[case], caught.value.message
    assert len(platform.requests) == 1


def test_throttled_says_how_long(platform: Platform) -> None:
    platform.answer = platform.answers["throttles"]
    with pytest.raises(Throttled) as caught:
        platform.send(text(platform))
    assert 0 < caught.value.retry_after <= 10


@pytest.mark.parametrize("case", MEANS)
def test_errors_and_logs_carry_no_content_person_or_secret(
    platform: Platform, case: str, caplog: pytest.LogCaptureFixture
) -> None:
    """Nor do their causes, which a log shows with its traceback."""
    if case not in platform.answers:
        return
    caplog.set_level(logging.DEBUG, "parley")
    caplog.set_level(logging.INFO)
    platform.answer = platform.answers[case]
    with pytest.raises(ProviderError) as caught:
        platform.send(text(platform, "S3cret words"))
    error: BaseException | None = caught.value
    told = [caplog.text, caught.value.message, str(caught.value.provider_code), caught.value.code]
    while error:
        told += [str(error), repr(error), repr(error.args)]
        error = error.__cause__ or error.__context__
    own = [str(each) for each in platform.secret.values() if each]
    assert not [part for part in ("S3cret", platform.person.value, *own) if part in "\n".join(told)]


def test_a_success_says_no_secret_either(platform: Platform, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    accepted = platform.send(text(platform, "S3cret words"))
    assert isinstance(accepted, Accepted)
    told = repr(accepted) + caplog.text
    assert not [part for part in ("S3cret", *map(str, platform.secret.values())) if part and part in told]


def test_our_id_travels_along_where_the_platform_carries_it(platform: Platform) -> None:
    accepted = platform.send(text(platform))
    assert (ECHO in str(platform.sent())) is platform.echoes
    assert platform.echoes or accepted.sent or accepted.by_id
    assert platform.person.value.removeprefix("+") in str(platform.sent())


def test_a_template_reads_the_same_everywhere(platform: Platform) -> None:
    content = Content(type=Kind.TEMPLATE, variables=VALUES)
    platform.send(text(platform, content=content, template=TEMPLATE))
    sent = str(platform.sent())
    assert "Hello Ana, your code is 4821." in sent or ("Ana" in sent and "4821" in sent and "order_ready" in sent)


@pytest.mark.parametrize("words", ["مرحبا 4821", "😀", "a\nb", "$(to) {{1}} %s", '"quoted" \\ back', "x" * 1600])
def test_any_text_arrives_as_it_is(platform: Platform, words: str) -> None:
    platform.send(text(platform, words))
    assert words in _strings(platform.sent())


def _strings(value: object) -> list[str]:
    if isinstance(value, dict):
        return [text for each in value.values() for text in _strings(each)]
    return [value] if isinstance(value, str) else []


# ---- capabilities


def test_capabilities_say_everything_in_known_words(platform: Platform) -> None:
    declared = able(platform)
    assert declared.kinds
    assert declared.kinds <= set(Kind)
    assert declared.receipts <= {Status.SENT, Status.DELIVERED, Status.READ}
    assert declared.sources
    assert declared.receiver
    assert declared.captions <= MEDIA & declared.kinds
    assert declared.edits <= declared.kinds
    assert set(declared.upload_bytes) <= MEDIA
    assert declared.text_limit > 0
    assert declared.messages_per_second > 0
    assert declared.window is None or declared.window > 0


def test_files_that_are_handed_over_have_a_largest_size(platform: Platform) -> None:
    declared = able(platform)
    if declared.upload_bytes:
        assert Source.UPLOAD in declared.sources
        assert set(declared.upload_bytes) == MEDIA & declared.kinds


def test_capabilities_are_values_and_cannot_be_changed(platform: Platform) -> None:
    declared = able(platform)
    for each in fields(declared):
        with pytest.raises(AttributeError):
            setattr(declared, each.name, None)


def test_the_default_form_comes_first_and_reads_its_own_person(platform: Platform) -> None:
    forms = able(platform).people
    assert forms[0].kind is platform.person.type
    assert read_recipient(platform.person.value, forms) == platform.person
    assert form_of(platform.person, forms) is forms[0]


def test_every_form_reads_its_own_example(platform: Platform) -> None:
    """An address that is shown as an example is one, and is of that very form."""
    for form in able(platform).people:
        if form.pattern:
            assert form.example
            found = read_recipient(form.example, able(platform).people)
            assert form_of(found, able(platform).people) is form


def test_capabilities_can_be_shown(platform: Platform) -> None:
    shown = view(CHANNEL, able(platform))
    assert set(shown.kinds) == able(platform).kinds
    assert [each.type for each in shown.people] == [form.kind for form in able(platform).people]
    assert shown.model_dump_json()


LINK = {"link": "https://a.test/f.jpg"}
MINIMAL: dict[Kind, dict[str, Any]] = {
    Kind.TEXT: {"text": "Hello"},
    Kind.TEMPLATE: {"template": "order_ready", "language": "es_MX", "variables": VALUES},
    Kind.LOCATION: {"location": {"latitude": 40.4, "longitude": -3.7}},
    Kind.CONTACT: {"contact": {"phone": "+34600000001", "first_name": "Help"}},
    Kind.POLL: {"poll": {"question": "Best day?", "options": ["Mon", "Tue"]}},
    Kind.ALBUM: {"album": [{"type": "image", **LINK}, {"type": "image", **LINK}]},
    **{kind: {"media": LINK} for kind in MEDIA},
}


def said(kind: Kind, **more: Any) -> Content:
    return Content.model_validate({"type": kind, **MINIMAL[kind], **more})


@pytest.mark.parametrize("kind", Kind)
def test_every_declared_kind_can_be_sent_and_no_other_one_is_let_in(platform: Platform, kind: Kind) -> None:
    made = TEMPLATE if kind is Kind.TEMPLATE else None
    problems = [each.code for each in check(said(kind), made, able(platform), "")]
    if kind not in able(platform).kinds:
        assert problems == ["kind_not_supported"]
        return
    assert problems == []
    accepted = platform.send(text(platform, content=said(kind), template=made))
    assert accepted.provider_id == platform.accepted_as
    assert len(platform.requests) == 1


@pytest.mark.parametrize("source", Source)
def test_every_declared_source_of_a_file_can_be_sent(platform: Platform, source: Source) -> None:
    """Where files are not handed over, an upload has become a link by then."""
    declared = able(platform)
    handed = source is not Source.UPLOAD or bool(declared.upload_bytes)
    for kind in MEDIA & declared.kinds if source in declared.sources and handed else ():
        platform.requests.clear()
        value = "https://a.test/f" if source is Source.LINK else "F1"
        files = {"F1": io.BytesIO(b"bytes")} if source is Source.UPLOAD else {}
        content = said(kind, media={source: value})
        assert check(content, None, declared, "") == []
        platform.send(text(platform, content=content, files=files))
        assert value in str(platform.sent())


def test_captions_go_along(platform: Platform) -> None:
    for kind in able(platform).captions:
        platform.requests.clear()
        platform.send(text(platform, content=said(kind, media={**LINK, "caption": "New in"})))
        assert "New in" in str(platform.sent())


def test_what_is_declared_has_its_module(platform: Platform) -> None:
    declared = able(platform)
    if declared.edits or declared.deletes or declared.actions:
        manage = providers.part(platform.name, "manage")
        assert all(callable(getattr(manage, each)) for each in ("edit", "delete", "act"))
    if declared.dialect.reviewed:
        office = providers.part(platform.name, "templates")
        assert all(callable(getattr(office, each)) for each in ("submit", "fetch", "delete"))
        assert callable(providers.part(platform.name, "existing").page)
    binder = providers.part(platform.name, "bind")
    assert all(callable(getattr(binder, each)) for each in ("bind", "claims", "unbind", "probe", "health"))


def test_a_platform_without_receipts_proves_that_it_sent(platform: Platform) -> None:
    """Otherwise nobody would ever know: a message must not stay accepted for good."""
    accepted = platform.send(text(platform))
    if accepted.sent:
        assert able(platform).receipts == {Status.SENT}


def test_a_claim_is_of_the_platform_that_the_capabilities_name(platform: Platform) -> None:
    claims = providers.part(platform.name, "bind").claims(platform.binding)
    assert {name for name, _ in claims} <= {able(platform).platform}


def test_a_send_changes_nothing_of_what_it_was_given(platform: Platform) -> None:
    """It may be sent again after a refusal."""
    outbound = text(platform)
    platform.send(outbound)
    assert outbound == text(platform)
