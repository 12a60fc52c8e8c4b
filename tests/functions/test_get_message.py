"""get_message: the whole message with its timeline, by the provider's own times."""

from parley.model.message import Fault
from parley.model.status import Status
from parley.model.template import TemplateStatus

from tests.support import builders
from tests.support.builders import MESSAGE, PERSON, PHONE, PHONE_ID, SMS
from tests.support.events import call
from tests.support.time import NOW, Clock


def test_shows_content_and_timeline(time: Clock) -> None:
    times = {"queued": NOW, "sent": NOW + 3000, "accepted": NOW + 2000, "delivered": NOW + 4000}
    builders.message(status=Status.DELIVERED, times=times, reference="order-A-19", provider_id="wamid.one")
    answer = call("get_message")
    assert answer.status == 200
    shown = {
        "id": MESSAGE,
        "status": "delivered",
        "text": "Your order A-19 is ready.",
        "from": PHONE,
        "origin": PHONE_ID,
    }
    assert shown.items() <= answer.body.items()
    assert answer.body["to"] == {"type": "phone", "value": PERSON}
    assert [each["status"] for each in answer.body["timeline"]] == ["queued", "accepted", "sent", "delivered"]
    assert answer.body["timeline"][-1]["at"] == time.text(4)
    assert (answer.body["reference"], answer.body["provider_message_id"]) == ("order-A-19", "wamid.one")


def test_shows_why_it_failed_and_what_went_out_instead() -> None:
    fault = Fault(code="undeliverable", message="The message was not delivered.", provider_code="131026")
    more = {"trigger": "undelivered", "wait": 600, "step": 1, "fired_at": NOW, "fired_for": "failed"}
    builders.message(status=Status.FAILED, error=fault, fallback=builders.sms_instead(), **more)
    body = call("get_message").body
    assert (body["error"]["code"], body["error"]["provider_code"]) == ("undeliverable", "131026")
    assert (body["fallback"]["channel_id"], body["fallback"]["reason"]) == (SMS, "failed")
    assert body["fallback"]["message_id"]


def test_an_unknown_outcome_that_was_settled_is_shown_as_failed() -> None:
    fault = Fault(code="outcome_unknown", message="Nobody knows.")
    builders.message(status=Status.UNKNOWN, settled=True, error=fault)
    body = call("get_message").body
    assert (body["status"], body["error"]["code"]) == ("failed", "outcome_unknown")


def test_says_what_it_waits_for() -> None:
    builders.organization()
    builders.template(status=TemplateStatus.PAUSED)
    builders.message(held_by=f"ORG#{builders.ORGANIZATION}#TEMPLATE#{builders.TEMPLATE}")
    assert call("get_message").body["held"] == "template"


def test_what_is_scheduled_is_not_held() -> None:
    builders.message(status=Status.SCHEDULED)
    assert call("get_message").body["held"] is None
