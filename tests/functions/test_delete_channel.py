"""delete_channel: accepts and deliveries stop at once; the sending credential and the claims go."""

from parley.model.status import Status

from tests.support import builders, kept
from tests.support.builders import MESSAGE, ORGANIZATION, WHATSAPP
from tests.support.events import call, records, refused, sample
from tests.support.invoke import invoke
from tests.support.wire import Wire


def test_is_gone_at_once_and_counted_down() -> None:
    builders.story()
    assert invoke("delete_channel", sample("delete_channel")) == {"statusCode": 204, "body": ""}
    assert refused(call("get_channel"))[:2] == (404, "not_found")
    assert WHATSAPP not in [item["id"] for item in call("list_channels").body["items"]]
    assert refused(call("send_message")) == (422, "unknown_channel", ["channel_id"])
    assert next(each for each in kept.items("ORG") if each["sk"] == "ORG")["channel_count"] == 1


def test_a_timer_ends_what_is_scheduled_and_forgets_the_credential(wire: Wire) -> None:
    builders.story()
    builders.message(status=Status.SCHEDULED)
    call("delete_channel")
    (timer,) = kept.queued("TimersQueue")
    assert timer["kind"] == "end_channel"
    assert invoke("fire_timers", records(timer)) == {"batchItemFailures": []}
    assert call("get_message").body["status"] == "cancelled"
    assert kept.items(f"CHANNEL#{WHATSAPP}")[0]["life"] == "deleted"
    assert kept.items("DELETIONS", "runtime") == []
    assert wire.requests == []


def test_a_new_channel_of_the_organization_may_take_the_sender_over() -> None:
    builders.story()
    new = call("create_channel", headers={"idempotency-key": "another"}).body["id"]
    assert refused(call("bind_channel", path={"channel_id": new}))[:2] == (409, "sender_claimed")
    call("delete_channel")
    invoke("fire_timers", records(*kept.queued("TimersQueue")))
    assert call("bind_channel", path={"channel_id": new}).status == 200


def test_a_repeat_before_the_end_is_welcome_and_counts_once() -> None:
    builders.story()
    assert [call("delete_channel").status, call("delete_channel").status] == [204, 204]
    assert next(each for each in kept.items("ORG") if each["sk"] == "ORG")["channel_count"] == 1
    invoke("finish_deletions", sample("finish_deletions"))
    assert refused(call("delete_channel"))[:2] == (404, "not_found")


def test_its_messages_stay_listed() -> None:
    builders.story()
    builders.message(status=Status.READ)
    call("delete_channel")
    invoke("finish_deletions", sample("finish_deletions"))
    assert [item["id"] for item in call("list_messages").body["items"]] == [MESSAGE]
    assert kept.items(f"ORG#{ORGANIZATION}#MESSAGE#")
