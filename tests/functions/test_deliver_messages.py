"""deliver_messages: one record, one claim, one call, and what each kind of answer leaves behind."""

import json
from typing import Any

import httpx
import pytest
from parley.model.channel import Connection
from parley.model.lane import Lane
from parley.model.presses import Token, take_token
from parley.model.status import Status
from parley.model.template import TemplateStatus

from tests.support import builders, kept
from tests.support.builders import MESSAGE, ORGANIZATION, PHONE_ID, SMS
from tests.support.events import call, records, sample
from tests.support.invoke import invoke
from tests.support.time import NOW, Clock
from tests.support.wire import Wire, refusal

DONE: dict[str, Any] = {"batchItemFailures": []}


def state(id: str = MESSAGE) -> dict[str, Any]:
    return next(each for each in kept.states() if each["id"] == id)


def deliver() -> Any:
    return invoke("deliver_messages", sample("deliver_messages"))


@pytest.fixture(autouse=True)
def _cast() -> None:
    builders.story()


def test_the_provider_is_called_once_and_its_answer_kept(wire: Wire) -> None:
    builders.message()
    assert deliver() == DONE
    assert wire.calls == ["POST messages"]
    assert wire.requests[0].url.path.endswith(f"/{PHONE_ID}/messages")
    assert wire.requests[0].headers["authorization"] == f"Bearer {builders.TOKEN}"
    assert json.loads(wire.requests[0].content) == {
        "messaging_product": "whatsapp",
        "recipient_type": "individual",
        "to": builders.PERSON,
        "biz_opaque_callback_data": f"{ORGANIZATION}.{MESSAGE}",
        "type": "text",
        "text": {"body": "Your order A-19 is ready.", "preview_url": False},
    }
    found = state()
    assert (found["status"], found["attempt"], found["provider_id"]) == ("accepted", 1, "wamid.one")
    assert "lease_until" not in found


def test_a_second_record_of_it_calls_nobody(wire: Wire) -> None:
    builders.message()
    deliver()
    assert deliver() == DONE
    assert len(wire.requests) == 1


def test_what_the_api_accepted_goes_out_with_its_template(wire: Wire) -> None:
    call("send_message")
    (body,) = kept.queued("TransactionalQueue")
    assert invoke("deliver_messages", records(body)) == DONE
    template = json.loads(wire.requests[0].content)["template"]
    assert (template["name"], template["language"]) == ("order_ready", {"code": "en"})
    assert [part["type"] for part in template["components"]] == ["header", "body", "button", "button"]
    [quick_reply] = template["components"][2]["parameters"]
    assert take_token(quick_reply["payload"]) == (Token(body["message"], 0), "on_my_way")
    assert kept.queued("TimersQueue")[0] == {
        "kind": "fallback",
        "organization": ORGANIZATION,
        "message": body["message"],
        "due": NOW + 600_000,
    }


def test_a_gateway_is_called_the_same_way(wire: Wire) -> None:
    builders.message(channel=SMS, sender="BAKERY")
    assert deliver() == DONE
    assert wire.calls == ["POST send"]
    sent = json.loads(wire.requests[0].content)
    assert (sent["to"], sent["text"], sent["reference"]) == (
        builders.PERSON,
        "Your order A-19 is ready.",
        f"{ORGANIZATION}.{MESSAGE}",
    )
    assert sent["callback_url"] == f"https://hooks.example/sms/{SMS}"
    assert state()["status"] == "accepted"


@pytest.mark.parametrize(
    ("answer", "status"),
    [
        (refusal(131_026), "failed"),
        (refusal(130_429), "queued"),
        (refusal(131_016, 500), "queued"),
        (refusal(131_000, 500), "unknown"),
        (refusal(190, 401), "queued"),
        (httpx.Response(502, text="<html>"), "unknown"),
        (httpx.Response(200, json={}), "unknown"),
        (httpx.ConnectError("refused"), "queued"),
        (httpx.ReadTimeout("slow"), "unknown"),
        (httpx.RemoteProtocolError("cut"), "unknown"),
    ],
)
def test_each_answer_has_its_consequence(wire: Wire, answer: Any, status: str) -> None:
    builders.message()
    wire.answers["POST messages"] = answer
    assert deliver() == DONE
    assert (state()["status"], len(wire.requests)) == (status, 1)


def test_a_failure_says_why_and_falls_back(wire: Wire) -> None:
    builders.message(trigger="undelivered", wait=600, fallback=builders.sms_instead())
    wire.answers["POST messages"] = refusal(131_026)
    deliver()
    assert (state()["error"]["code"], state()["error"]["provider_code"]) == ("undeliverable", "131026")
    copy = next(each for each in kept.states() if each.get("copy_of") == MESSAGE)
    assert (copy["channel"], copy["status"]) == (SMS, "queued")
    assert [body["message"] for body in kept.queued("TransactionalQueue")] == [copy["id"]]


def test_what_may_be_tried_again_goes_back_to_its_lane_with_a_delay(wire: Wire) -> None:
    builders.message()
    wire.answers["POST messages"] = refusal(131_016, 500)
    deliver()
    assert [body["message"] for body in kept.queued("TransactionalQueue")] == [MESSAGE]
    assert kept.delays("TransactionalQueue")[0] >= 1


def test_an_unknown_outcome_is_settled_later(wire: Wire) -> None:
    builders.message()
    wire.answers["POST messages"] = httpx.ReadTimeout("slow")
    deliver()
    assert kept.queued("TransactionalQueue") == []
    (timer,) = kept.queued("TimersQueue")
    assert (timer["kind"], timer["attempt"], timer["due"]) == ("settle", 1, NOW + 600_000)


def test_a_dead_credential_disconnects_the_channel_and_holds_its_messages(wire: Wire) -> None:
    builders.message()
    wire.answers["POST messages"] = refusal(190, 401)
    deliver()
    assert call("get_channel").body["connection"] == Connection.DISCONNECTED
    assert call("get_message").body["held"] == "channel"
    assert [each["kind"] for each in call("list_channel_events").body["items"]] == ["disconnected"]


def test_an_otp_does_not_wait_for_a_new_credential(wire: Wire) -> None:
    builders.message(lane=Lane.OTP)
    wire.answers["POST messages"] = refusal(190, 401)
    deliver()
    assert (state()["status"], state()["error"]["code"]) == ("failed", "channel_unavailable")


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({"expires_at": NOW}, "expired", "expired"),
        ({"channel": builders.KEY}, "failed", "channel_deleted"),
        ({"sender": "999"}, "failed", "sender_gone"),
        ({"template": "gone"}, "failed", "template_deleted"),
    ],
)
def test_what_must_not_go_out_ends_without_a_call(wire: Wire, changes: dict[str, Any], status: str, code: str) -> None:
    builders.message(**changes)
    assert deliver() == DONE
    assert (state()["status"], state()["error"]["code"], wire.requests) == (status, code, [])


def test_what_waits_is_held_without_a_call(wire: Wire) -> None:
    builders.template(SMS, name="paused", status=TemplateStatus.PAUSED, provider_id=None)
    builders.message(template=SMS)
    assert deliver() == DONE
    assert (call("get_message").body["held"], wire.requests) == ("template", [])


def test_an_inactive_channel_holds_what_it_accepted(wire: Wire) -> None:
    builders.message()
    call("update_channel", {"is_active": False})
    deliver()
    assert (call("get_message").body["held"], wire.requests) == ("channel", [])


def test_a_live_lease_gives_the_record_back(wire: Wire) -> None:
    builders.message(status=Status.SENDING, attempt=1, lease_until=NOW + 1, claimed_by="another")
    with kept.nothing_changes():
        assert deliver() == {
            "batchItemFailures": [{"itemIdentifier": sample("deliver_messages")["Records"][0]["messageId"]}]
        }
    assert wire.requests == []


def test_a_lease_that_is_over_means_that_nobody_knows(wire: Wire, time: Clock) -> None:
    builders.message(status=Status.SENDING, attempt=1, lease_until=NOW, claimed_by="another")
    time.forward(1)
    assert deliver() == DONE
    assert (state()["status"], wire.requests) == ("unknown", [])


def test_without_time_for_a_whole_call_nothing_is_claimed(wire: Wire) -> None:
    builders.message()
    answer = invoke("deliver_messages", sample("deliver_messages"), left=5000)
    back = [each["message"] for each in kept.queued("TransactionalQueue")] or answer["batchItemFailures"]
    assert (state()["status"], wire.requests, len(back)) == ("queued", [], 1)


def test_one_bad_record_leaves_the_others_alone(wire: Wire) -> None:
    builders.message()
    builders.message(builders.KEY, channel=SMS, sender="BAKERY")
    wire.answers["POST send"] = RuntimeError("a fault of ours")
    bodies = [{"organization": ORGANIZATION, "message": id, "lane": "transactional"} for id in (builders.KEY, MESSAGE)]
    answer = invoke("deliver_messages", records(*bodies, {"organization": ORGANIZATION, "message": "gone"}))
    assert answer == {"batchItemFailures": [{"itemIdentifier": "record-0"}]}
    assert state()["status"] == "accepted"


def test_an_sms_of_our_own_account(monkeypatch: pytest.MonkeyPatch) -> None:
    from parley.providers.sms_aws import send

    class Account:
        def send_text_message(self, **given: Any) -> dict[str, str]:
            self.given = given
            return {"MessageId": "e1c87db6-374c-4e3d-b9df-cc016dc30188"}

    account = Account()
    monkeypatch.setattr(send, "client", lambda: account)
    builders.sms_aws(builders.KEY)
    builders.message(channel=builders.KEY, sender="BAKERY")
    assert deliver() == DONE
    assert account.given["DestinationPhoneNumber"] == builders.PERSON
    assert account.given["Context"] == {"parley": f"{ORGANIZATION}.{MESSAGE}"}
    assert (state()["status"], state()["provider_id"]) == ("accepted", "e1c87db6-374c-4e3d-b9df-cc016dc30188")
