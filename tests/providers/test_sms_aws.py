"""AWS End User Messaging: what is asked, what each Reason means, what each event says."""

import json
from typing import Any

import pytest
from botocore.exceptions import NoCredentialsError, ParamValidationError
from parley.errors import Disconnected, Invalid, OutcomeUnknown, ProviderError, Rejected, Throttled, Unavailable
from parley.model.address import Address
from parley.model.content import Content, Kind
from parley.model.events import NotUnderstood, StatusReport
from parley.model.status import Status
from parley.providers.provider import Outbound
from parley.providers.sms_aws import bind, webhook

from tests.support.make import MESSAGE, ORGANIZATION, body, template
from tests.support.platforms import Aws

ECHO = f"{ORGANIZATION}.{MESSAGE}"


def outbound(**fields: Any) -> Outbound:
    to = Address.model_validate({"type": "phone", "value": "+201001234567"})
    known = {"echo": ECHO, "to": to, "content": Content(type=Kind.TEXT, text="رمزك 4821"), "template": None}
    return Outbound(**{**known, "ttl": 300, "marketing": False, **fields})


def test_the_whole_request(voice: Aws) -> None:
    voice.send(outbound())
    assert voice.sent() == {
        "DestinationPhoneNumber": "+201001234567",
        "OriginationIdentity": "ACME",
        "MessageBody": "رمزك 4821",
        "MessageType": "TRANSACTIONAL",
        "ConfigurationSetName": "parley",
        "TimeToLive": 300,
        "Context": {"parley": ECHO},
    }
    assert voice.requests[0].headers["X-Amz-Target"] == b"PinpointSMSVoiceV2.SendTextMessage"


def test_aws_picks_a_sender_where_none_is_chosen(voice: Aws) -> None:
    voice.bound = {"sender": "account", "sender_id": "account", "settings": {}}
    voice.send(outbound())
    assert not {"OriginationIdentity", "ConfigurationSetName"} & set(voice.sent())


@pytest.mark.parametrize(("left", "asked"), [(1, 5), (5, 5), (300, 300), (259_200, 259_200), (900_000, 259_200)])
def test_a_time_to_live_within_what_aws_takes(voice: Aws, left: int, asked: int) -> None:
    voice.send(outbound(ttl=left))
    assert voice.sent()["TimeToLive"] == asked


def test_marketing_is_promotional(voice: Aws) -> None:
    voice.send(outbound(marketing=True))
    assert voice.sent()["MessageType"] == "PROMOTIONAL"


def test_a_template_is_sent_as_its_text(voice: Aws) -> None:
    content = Content(type=Kind.TEMPLATE, variables={"name": "Ana"})
    voice.send(outbound(content=content, template=template(body("Hello $(name)!"))))
    assert voice.sent()["MessageBody"] == "Hello Ana!"


REASONS: list[tuple[str, str, type[ProviderError], str]] = [
    ("ConflictException", "DESTINATION_PHONE_NUMBER_OPTED_OUT", Rejected, "person_opted_out"),
    ("ConflictException", "DESTINATION_PHONE_NUMBER_NOT_VERIFIED", Rejected, "recipient_not_in_test_list"),
    ("ConflictException", "DESTINATION_COUNTRY_BLOCKED_BY_PROTECT_CONFIGURATION", Rejected, "country_not_allowed"),
    ("ConflictException", "NO_ORIGINATION_IDENTITIES_FOUND", Rejected, "rejected"),
    ("ValidationException", "INVALID_PARAMETER", Rejected, "invalid_number"),
    ("ValidationException", "DESTINATION_COUNTRY_BLOCKED", Rejected, "country_not_allowed"),
    ("ValidationException", "PRICE_OVER_THRESHOLD", Rejected, "price_over_threshold"),
    ("ValidationException", "SOMETHING_NEW", Rejected, "rejected"),
    ("ResourceNotFoundException", "", Rejected, "rejected"),
    ("ServiceQuotaExceededException", "MONTHLY_SPEND_LIMIT_REACHED_FOR_TEXT", Disconnected, "channel_disconnected"),
    ("AccessDeniedException", "ACCOUNT_DISABLED", Disconnected, "channel_disconnected"),
    ("AccessDeniedException", "INSUFFICIENT_ACCOUNT_REPUTATION", Disconnected, "channel_disconnected"),
    ("AccessDeniedException", "", Disconnected, "channel_disconnected"),
    ("UnrecognizedClientException", "", Disconnected, "channel_disconnected"),
    ("ThrottlingException", "", Throttled, "throttled"),
    ("ExpiredTokenException", "", Unavailable, "provider_unavailable"),
    ("InvalidSignatureException", "", Unavailable, "provider_unavailable"),
    ("RequestExpired", "", Unavailable, "provider_unavailable"),
]


@pytest.mark.parametrize(("name", "reason", "meaning", "ours"), REASONS)
def test_the_reason_decides(voice: Aws, name: str, reason: str, meaning: type[ProviderError], ours: str) -> None:
    voice.answer = Aws.refuses(name, reason)
    with pytest.raises(ProviderError) as caught:
        voice.send(outbound())
    assert (type(caught.value), caught.value.code) == (meaning, ours)
    assert caught.value.provider_code in (reason, name)
    assert len(voice.requests) == 1


@pytest.mark.parametrize(("name", "reason", "ours"), [each[:2] + each[3:] for each in REASONS if each[2] is Rejected])
def test_an_opt_out_is_of_everything_by_sms(voice: Aws, name: str, reason: str, ours: str) -> None:
    voice.answer = Aws.refuses(name, reason)
    with pytest.raises(Rejected) as caught:
        voice.send(outbound())
    assert caught.value.scope == ("everything" if ours == "person_opted_out" else "message")


@pytest.mark.parametrize(("name", "status"), [("InternalServerException", 500), ("ServiceUnavailable", 503)])
def test_a_failure_of_aws_may_hide_an_accepted_message(voice: Aws, name: str, status: int) -> None:
    voice.answer = Aws.refuses(name, status=status)
    with pytest.raises(OutcomeUnknown):
        voice.send(outbound())


def test_without_credentials_nothing_left(voice: Aws) -> None:
    voice.answer = lambda _: NoCredentialsError()
    with pytest.raises(Unavailable):
        voice.send(outbound())


def test_what_the_sdk_itself_refuses_will_never_succeed(voice: Aws) -> None:
    with pytest.raises(Rejected):
        voice.send(outbound(content=Content.model_construct(type=Kind.TEXT, text="", template=None)))
    voice.answer = lambda _: ParamValidationError(report="no")
    with pytest.raises(Rejected):
        voice.send(outbound())


def event(kind: str, **detail: Any) -> Any:
    known = {"eventType": kind, "eventTimestamp": 1770142841377, "messageId": "ed23", "context": {"parley": ECHO}}
    envelope = {"source": "aws.sms-voice", "detail-type": "Text Message Delivery Status Updated"}
    [found] = webhook.read(json.dumps({**envelope, "detail": {**known, **detail}}).encode())
    return found


KINDS = {
    "TEXT_QUEUED": "sent",
    "TEXT_PENDING": "sent",
    "TEXT_SENT": "sent",
    "TEXT_SUCCESSFUL": "sent",
    "TEXT_DELIVERED": "delivered",
    "TEXT_INVALID": "invalid_number",
    "TEXT_INVALID_MESSAGE": "content_refused",
    "TEXT_UNREACHABLE": "undeliverable",
    "TEXT_CARRIER_UNREACHABLE": "undeliverable",
    "TEXT_TTL_EXPIRED": "undelivered_in_time",
    "TEXT_BLOCKED": "person_blocked",
    "TEXT_CARRIER_BLOCKED": "carrier_blocked",
    "TEXT_SPAM": "carrier_blocked",
    "TEXT_PROTECT_BLOCKED": "country_not_allowed",
}


@pytest.mark.parametrize(("kind", "ours"), list(KINDS.items()))
def test_every_event(kind: str, ours: str) -> None:
    found = event(kind)
    assert isinstance(found, StatusReport)
    assert (found.provider_id, found.echo, found.at) == ("ed23", ECHO, 1770142841377)
    assert (found.fault.code if found.fault else str(found.status)) == ours
    assert (found.status is Status.FAILED) is (found.fault is not None)


def test_who_blocks_the_sender_is_not_written_to_again() -> None:
    scopes = {kind: event(kind).scope for kind in KINDS}
    assert scopes == dict.fromkeys(KINDS, "message") | {"TEXT_BLOCKED": "person"}


@pytest.mark.parametrize("kind", ["TEXT_UNREACHABLE", "TEXT_CARRIER_UNREACHABLE"])
def test_only_temporary_failures_may_be_tried_again(kind: str) -> None:
    assert event(kind).fault.retryable
    assert not event("TEXT_SPAM").fault.retryable


@pytest.mark.parametrize("kind", ["TEXT_UNKNOWN", "VOICE_ANSWERED", None])
def test_events_that_say_nothing(kind: Any) -> None:
    assert isinstance(event(kind), NotUnderstood)


def test_an_event_without_our_context_is_found_by_its_id() -> None:
    found = event("TEXT_DELIVERED", context={"msg": "other tool"})
    assert (found.echo, found.provider_id) == (None, "ed23")


@pytest.fixture
def account(voice: Aws, monkeypatch: pytest.MonkeyPatch) -> Aws:
    monkeypatch.setattr(bind, "client", lambda: voice.client)
    return voice


def test_binding_asks_the_account(account: Aws) -> None:
    account.answer = Aws.says(200, {"PhoneNumbers": []})
    bound = bind.bind("c", {"gateway": "AWS", "sender_id": "ACME"}, {}, "https://hooks.example/")
    assert (bound.sender, bound.settings, bound.secret, bound.claims) == ("ACME", {"sender_id": "ACME"}, {}, [])
    assert bind.bind("c", {}, {}, "").sender == "account"


def test_binding_to_an_account_that_may_not_send(account: Aws) -> None:
    account.answer = Aws.refuses("AccessDeniedException")
    with pytest.raises(Invalid) as caught:
        bind.bind("c", {}, {}, "")
    assert caught.value.problems[0].code == "account_refused"
