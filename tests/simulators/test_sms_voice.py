"""End User Messaging SMS through boto3, which is its real client."""

from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError, ConnectionClosedError

from local.simulators.sms_voice.bus import Bus, NotDelivered
from local.simulators.sms_voice.segments import segments


@pytest.fixture
def voice(sims: Any) -> Any:
    return boto3.client(
        "pinpoint-sms-voice-v2",
        region_name="eu-west-1",
        endpoint_url=sims.urls["sms_voice_url"],
        aws_access_key_id="test",
        aws_secret_access_key="test",
        # the service must validate by itself, and a repeat after a cut would be a second text
        config=Config(parameter_validation=False, retries={"total_max_attempts": 1}),
    )


def send(voice: Any, kkkk: str = "9001", **changes: Any) -> str:
    whole = {
        "DestinationPhoneNumber": f"+49151{kkkk}0001",
        "OriginationIdentity": "ACME",
        "MessageBody": "Hello",
        "MessageType": "TRANSACTIONAL",
        "TimeToLive": 600,
        "Context": {"msg": "o.m"},
        **changes,
    }
    return str(voice.send_text_message(**whole)["MessageId"])


def events(sims: Any, count: int) -> list[dict[str, Any]]:
    def found() -> list[dict[str, Any]]:
        emitted: list[dict[str, Any]] = sims.control("GET", "/events")
        return emitted if len(emitted) >= count else []

    return list(sims.eventually(found))


def test_sent_and_delivered(sims: Any, voice: Any) -> None:
    message_id = send(voice)
    [entry] = sims.control("GET", "/log?simulator=sms_voice")
    assert (entry["id"], entry["to"], entry["reference"], entry["ttl"]) == (message_id, "+4915190010001", "o.m", 600)
    sent, delivered = events(sims, 2)
    assert (sent["source"], sent["detail-type"]) == ("aws.sms-voice", "Text Message Delivery Status Updated")
    assert (sent["detail"]["eventType"], sent["detail"]["isFinal"]) == ("TEXT_SENT", False)
    assert (delivered["detail"]["eventType"], delivered["detail"]["isFinal"]) == ("TEXT_DELIVERED", True)
    assert delivered["detail"]["messageId"] == message_id
    assert delivered["detail"]["context"] == {"msg": "o.m"}
    assert delivered["region"] == "eu-west-1"
    assert delivered["detail"]["eventTimestamp"] > 10**12
    assert "destinationPhoneNumber" not in delivered["detail"]


def test_unreachable(sims: Any, voice: Any) -> None:
    send(voice, "5001")
    last = events(sims, 2)[-1]["detail"]
    assert (last["eventType"], last["isFinal"]) == ("TEXT_CARRIER_UNREACHABLE", True)


@pytest.mark.parametrize(
    ("kkkk", "name", "reason"),
    [
        ("5003", "ValidationException", "INVALID_PARAMETER"),
        ("5005", "ThrottlingException", None),
        ("5007", "ConflictException", "DESTINATION_PHONE_NUMBER_OPTED_OUT"),
    ],
)
def test_errors_by_number(sims: Any, voice: Any, kkkk: str, name: str, reason: str | None) -> None:
    with pytest.raises(ClientError) as caught:
        send(voice, kkkk)
    assert caught.value.response["Error"]["Code"] == name
    assert caught.value.response.get("Reason") == reason
    assert sims.control("GET", "/log") == []


def test_throttled_the_first_time_only(sims: Any, voice: Any) -> None:
    with pytest.raises(ClientError):
        send(voice, "5005")
    assert send(voice, "5005")


@pytest.mark.parametrize(("kkkk", "count"), [("5004", 2), ("5008", 0)])
def test_cut_after_accepting(sims: Any, voice: Any, kkkk: str, count: int) -> None:
    with pytest.raises(ConnectionClosedError):
        send(voice, kkkk)
    assert len(sims.control("GET", "/log")) == 1
    last = send(voice, "9001", Context={"msg": "last"})
    found = events(sims, count + 2)
    assert [e["detail"]["messageId"] == last for e in found].count(False) == count


@pytest.mark.parametrize(
    "changes",
    [
        {"DestinationPhoneNumber": "0151"},
        {"MessageBody": "  "},
        {"MessageBody": "x" * 1601},
        {"MessageType": "FRIENDLY"},
        {"TimeToLive": 4},
        {"TimeToLive": 259201},
        {"MaxPrice": "1"},
        {"Context": {str(n): "x" for n in range(6)}},
        {"Context": {"a b": "x"}},
    ],
)
def test_fields_are_validated(sims: Any, voice: Any, changes: dict[str, Any]) -> None:
    with pytest.raises(ClientError) as caught:
        send(voice, **changes)
    assert caught.value.response["Error"]["Code"] == "ValidationException"
    assert caught.value.response["Fields"][0]["Name"] == next(iter(changes))


def test_unsigned_requests_are_refused(sims: Any) -> None:
    headers = {"X-Amz-Target": "PinpointSMSVoiceV2.SendTextMessage"}
    answer = sims.http.post(sims.urls["sms_voice_url"], json={}, headers=headers)
    assert answer.status_code == 403


def test_describe(sims: Any, voice: Any) -> None:
    sims.configure(sms_voice={"identities": ["+4930123"]})
    assert voice.describe_phone_numbers()["PhoneNumbers"][0]["PhoneNumber"] == "+4930123"
    assert voice.describe_account_attributes()["AccountAttributes"][0]["Value"] == "PRODUCTION"
    with pytest.raises(ClientError) as caught:
        send(voice)
    assert caught.value.response["Error"]["Code"] == "ResourceNotFoundException"


def test_a_dry_run_sends_nothing(sims: Any, voice: Any) -> None:
    assert send(voice, DryRun=True)
    assert sims.control("GET", "/log") == []


def test_parts() -> None:
    assert segments("x" * 160) == ("GSM", 1)
    assert segments("x" * 161) == ("GSM", 2)
    assert segments("€" * 81) == ("GSM", 2)
    assert segments("ر" * 71) == ("Unicode", 2)


class Engine:
    """Stands for the engine's clients, to prove what the bus asks of them."""

    def __init__(self, policy: str) -> None:
        self.policy, self.sent = policy, []

    def test_event_pattern(self, EventPattern: str, Event: str) -> dict[str, bool]:
        return {"Result": True}

    def get_policy(self, FunctionName: str) -> dict[str, str]:
        return {"Policy": self.policy}

    def invoke(self, **call: Any) -> None:
        self.sent.append(call)


@pytest.mark.parametrize(("policy", "delivered"), [("events.amazonaws.com", 1), ("nobody", 0)])
def test_the_bus_needs_the_permission_of_its_target(policy: str, delivered: int) -> None:
    bus, engine = Bus("http://127.0.0.1:9", "us-east-1"), Engine(policy)
    bus._events = bus._lambda = engine
    arn = "arn:aws:lambda:us-east-1:000000000000:function:x"
    bus._rules = (float("inf"), [{"EventPattern": "{}", "Targets": [{"Arn": arn}]}])
    if delivered:
        assert bus.publish({"source": "aws.sms-voice"}) == 1
    else:
        with pytest.raises(NotDelivered):
            bus.publish({"source": "aws.sms-voice"})
    assert len(engine.sent) == delivered
