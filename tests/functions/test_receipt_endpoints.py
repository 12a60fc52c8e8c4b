"""receipt_endpoints: where receipts go; what breaks off while queues are made or taken away is mended by a repeat."""

import json
from contextlib import suppress
from typing import Any

import pytest
from botocore.exceptions import ClientError
from parley.cloud.clients import client
from parley.operations import receipt_queues
from parley.operations.signing import Secret
from parley.store import gates, receipt_endpoints

from tests.support import builders, endpoints, kept
from tests.support.builders import ORGANIZATION, STRANGER, TELEGRAM, WHATSAPP
from tests.support.endpoints import ENDPOINT, ROLE, URL
from tests.support.events import LEFT_OUT, Answer, Json, call, refused
from tests.support.faults import Faults, Killed
from tests.support.time import Clock

QUEUE = {"url": LEFT_OUT, "queue_role_arn": ROLE}
BOTH = [f"{ENDPOINT}-Inbound", f"{ENDPOINT}-Status"]
OTHER_ROLE = "arn:aws:iam::210987654321:role/another-reader"
IDS = ["0de4814e-9894-4ea5-be8c-3d96d03edfb5", "1670b671-4f2e-40b9-9bc6-39ef35547468", ENDPOINT]


def do(verb: str, body: Json | None = None, **changes: object) -> Answer:
    """The operation `<verb>_receipt_endpoint` on its sample."""
    return call(f"receipt_endpoints.{verb}_receipt_endpoint{'s' if verb == 'list' else ''}", body, **changes)


def queued(**changes: object) -> Json:
    """A new one with queues for two kinds."""
    answer = do("create", {**QUEUE, **changes})
    assert answer.status == 201
    return dict(answer.body)


def policy(url: str) -> Json:
    [statement] = json.loads(endpoints.attributes(url)["Policy"])["Statement"]
    return dict(statement)


@pytest.fixture(autouse=True)
def _cast() -> None:
    builders.organization()
    builders.whatsapp()
    builders.telegram()


# ---- what is kept


def test_an_endpoint_is_kept_and_its_secret_is_shown_once(time: Clock) -> None:
    answer = do("create")
    secret = answer.body["secret"]
    wanted: Json = {"organization_id": ORGANIZATION, "channel_id": WHATSAPP, "name": "Shop backend", "number": None}
    wanted |= {"kinds": ["ChatAppStatus", "ChatAppInbound"], "url": URL, "queue_role_arn": None, "queues": []}
    wanted |= {"format": "original", "audit_version": "V2", "expects_code": False, "batch_size": 50}
    wanted |= {"is_active": True, "disabled_at": None, "disabled_reason": None, "old_secret_until": None}
    stamps = {"created_at": time.text(), "updated_at": time.text()}
    assert (answer.status, answer.body) == (201, {"id": answer.body["id"], **wanted, "secret": secret, **stamps})
    assert [each.key for each in endpoints.secrets(answer.body["id"])] == [secret]
    assert not [item for item in kept.items() if secret in str(item)]
    found = do("get", path={"endpoint_id": answer.body["id"]}).body
    assert found == answer.body | {"secret": None}
    assert do("list").body["items"] == [found]


def test_a_repeat_answers_the_same_endpoint_without_its_secret() -> None:
    first = queued()
    before = endpoints.secrets(first["id"])
    second = do("create", QUEUE)
    assert (second.status, second.body) == (201, first | {"secret": None})
    assert endpoints.secrets(first["id"]) == before
    assert refused(do("create", {**QUEUE, "name": "Other"}))[:2] == (409, "idempotency_key_reused")
    assert len(kept.items("ENDPOINT#")) == 1


def test_kinds_are_kept_once_each() -> None:
    assert do("create", {"kinds": ["ChatAppAudit", "ChatAppAudit"]}).body["kinds"] == ["ChatAppAudit"]


@pytest.mark.parametrize(
    ("changes", "code", "fields"),
    [
        ({"url": LEFT_OUT}, "destination_missing", ["url"]),
        ({"url": "http://shop.example.com/receipts"}, "url_not_allowed", ["url"]),
        ({"url": "https://169.254.169.254/latest/meta-data"}, None, ["url"]),
        ({"url": "https://ana:secret@shop.example.com/"}, "url_not_allowed", ["url"]),
        ({"queue_role_arn": "receipts-reader"}, "invalid_role_arn", ["queue_role_arn"]),
        ({"queue_role_arn": "arn:aws:iam::210987654321:user/ana"}, "invalid_role_arn", ["queue_role_arn"]),
        ({"queue_role_arn": "arn:aws:iam::210987654321:role/*"}, "invalid_role_arn", ["queue_role_arn"]),
        ({"queue_role_arn": f"{ROLE}\n"}, "invalid_role_arn", ["queue_role_arn"]),
        ({"queue_role_arn": ""}, "invalid_role_arn", ["queue_role_arn"]),
        ({"url": ""}, None, ["url"]),
        ({"kinds": ["ChatAppStatus", "ChatAppMood"]}, "unknown_value", ["kinds.1"]),
        ({"kinds": []}, "too_short", ["kinds"]),
        ({"channel_id": builders.KEY}, "unknown_channel", ["channel_id"]),
        (
            {"channel_id": builders.KEY, "url": "ftp://x", "queue_role_arn": "x"},
            None,
            ["channel_id", "queue_role_arn", "url"],
        ),
        ({"batch_size": 0}, "greater_than_equal", ["batch_size"]),
        ({"batch_size": 101}, "less_than_equal", ["batch_size"]),
        ({"format": "xml", "audit_version": "V3"}, "unknown_value", ["format", "audit_version"]),
        ({"name": "", "kinds": LEFT_OUT}, None, ["name", "kinds"]),
        ({"secret": "whsec_of-my-own"}, "unknown_field", ["secret"]),
    ],
)
def test_what_cannot_be_an_endpoint_is_refused(changes: Json, code: str | None, fields: list[str]) -> None:
    with kept.nothing_changes():
        status, found, named = refused(do("create", changes))
    assert (status, sorted(named)) == (422, sorted(fields))
    assert code in (None, found)
    assert endpoints.queues() == {}


def test_the_sentences_say_what_is_wanted() -> None:
    reasons = {
        each["field"]: each["reason"]
        for body in ({"queue_role_arn": "reader"}, {"kinds": ["ChatAppMood"]})
        for each in do("create", body).body["errors"]
    }
    assert "arn:aws:iam::123456789012:role/receipts-reader" in reasons["queue_role_arn"]
    assert all(kind in reasons["kinds.0"] for kind in ("ChatAppStatus", "ChatAppInbound", "ChatAppAudit"))


def test_a_channel_of_others_or_a_deleted_one_does_not_exist() -> None:
    builders.organization(STRANGER)
    assert refused(do("create", organization=STRANGER))[:2] == (422, "unknown_channel")
    call("delete_channel", path={"channel_id": WHATSAPP})
    assert refused(do("create"))[:2] == (422, "unknown_channel")


def test_an_organization_has_so_many_and_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    from parley.settings import settings

    monkeypatch.setenv("RECEIPT_ENDPOINT_LIMIT", "2")
    settings.cache_clear()
    ids = [queued(name=str(number))["id"] for number in range(1)]
    ids += [do("create", {"name": "second"}, headers={"idempotency-key": "second"}).body["id"]]
    with kept.nothing_changes():
        answer = do("create", {**QUEUE, "name": "third"}, headers={"idempotency-key": "third"})
    assert refused(answer)[:2] == (409, "receipt_endpoint_limit")
    assert len(endpoints.queues()) == 2
    assert do("create", {**QUEUE, "name": "0"}).body["id"] == ids[0]  # a repeat is no third one
    assert do("delete", path={"endpoint_id": ids[1]}).status == 204
    assert do("create", {"name": "third"}, headers={"idempotency-key": "third"}).status == 201


def test_the_newest_come_first_and_those_of_a_channel_apart(time: Clock) -> None:
    for id, channel in zip(IDS, (WHATSAPP, None, TELEGRAM), strict=True):
        endpoints.endpoint(id, channel_id=channel)
        time.forward(1)
    assert [each["id"] for each in do("list").body["items"]] == IDS[::-1]
    assert [each["id"] for each in do("list", query={"channel_id": TELEGRAM}).body["items"]] == [ENDPOINT]


# ---- changes


def test_what_is_given_changes_and_nothing_else(time: Clock) -> None:
    before = endpoints.endpoint().model_dump() | {"secret": None}
    time.forward(60)
    body = do("update").body
    assert body == before | {"name": "Shop backend, new", "batch_size": 10, "updated_at": time.text()}
    assert do("get").body == body
    assert do("update", {"name": LEFT_OUT, "batch_size": LEFT_OUT}).body == body


@pytest.mark.parametrize(
    ("changes", "code", "field"),
    [
        ({"url": None}, "destination_missing", "url"),
        ({"url": "http://shop.example.com"}, "url_not_allowed", "url"),
        ({"queue_role_arn": "reader"}, "invalid_role_arn", "queue_role_arn"),
        ({"kinds": ["ChatAppMood"]}, "unknown_value", "kinds.0"),
        ({"channel_id": TELEGRAM}, "unknown_field", "channel_id"),
    ],
)
def test_a_change_keeps_the_rules(changes: Json, code: str, field: str) -> None:
    endpoints.endpoint()
    with kept.nothing_changes():
        assert refused(do("update", changes)) == (422, code, [field])


def test_a_change_of_the_name_asks_nothing_of_what_was_allowed_once() -> None:
    """Rules may have become stricter."""
    endpoints.endpoint(url="http://shop.example.com", channel_id=builders.KEY)
    assert do("update").status == 200


def test_a_change_meanwhile_is_not_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    endpoint = endpoints.endpoint()
    meanwhile, change = [{"number": "+34600000001"}], receipt_endpoints.change

    def late(*wanted: Any) -> Any:
        if meanwhile:
            change(endpoint, meanwhile.pop(), 1)
        return change(*wanted)

    monkeypatch.setattr(receipt_endpoints, "change", late)
    body = do("update").body
    assert (body["name"], body["number"]) == ("Shop backend, new", "+34600000001")


def test_one_that_was_disabled_goes_on_with_what_waits(time: Clock) -> None:
    endpoint = endpoints.endpoint()
    for _ in range(3):
        place = gates.enter(ORGANIZATION, ENDPOINT, time())
        assert place
        gates.leave(ORGANIZATION, ENDPOINT, place, time(), ok=False)
    assert gates.enter(ORGANIZATION, ENDPOINT, time()) is None
    assert receipt_endpoints.disable(endpoint, "Every call failed.", time())
    shown = do("get").body
    assert (shown["is_active"], shown["disabled_at"], shown["disabled_reason"]) == (
        False,
        time.text(),
        "Every call failed.",
    )
    body = do("update", {"is_active": True}).body
    assert (body["is_active"], body["disabled_at"], body["disabled_reason"]) == (True, None, None)
    assert gates.enter(ORGANIZATION, ENDPOINT, time())
    assert kept.queued("ReceiptsQueue") == [{"organization": ORGANIZATION, "target": ENDPOINT}]
    assert kept.groups_of("ReceiptsQueue") == [ORGANIZATION]
    assert kept.items("RECEIPTS", "runtime")
    do("update", {"is_active": True})
    assert len(kept.queued("ReceiptsQueue")) == 1


def test_one_that_its_owner_switches_off_collects_no_more(time: Clock) -> None:
    receipt_endpoints.disable(endpoints.endpoint(), "Every call failed.", time())
    found = receipt_endpoints.get(ORGANIZATION, ENDPOINT)
    assert found
    assert found.collects
    do("update", {"is_active": False})
    found = receipt_endpoints.get(ORGANIZATION, ENDPOINT)
    assert found
    assert not found.collects


# ---- queues


def test_each_kind_has_a_queue_that_one_role_reads() -> None:
    body = queued()
    assert [each["kind"] for each in body["queues"]] == ["ChatAppStatus", "ChatAppInbound"]
    assert sorted(endpoints.queues()) == sorted(f"{body['id']}-{kind}" for kind in ("Status", "Inbound"))
    for queue in body["queues"]:
        found = endpoints.attributes(queue["url"])
        assert (found["QueueArn"], found["SqsManagedSseEnabled"]) == (queue["arn"], "true")
        assert found["MessageRetentionPeriod"] == "1209600"
        assert len(queue["arn"].rpartition(":")[2]) <= 80 - 20  # twenty letters more for the stack's name
        reading = ("ReceiveMessage", "DeleteMessage", "ChangeMessageVisibility", "GetQueueAttributes", "GetQueueUrl")
        assert policy(queue["url"]) == {
            "Effect": "Allow",
            "Principal": {"AWS": ROLE},
            "Action": [f"sqs:{each}" for each in reading],
            "Resource": queue["arn"],
        }


def refusing(monkeypatch: pytest.MonkeyPatch, operation: str, code: str, message: str) -> None:
    def refuse(**_: Any) -> None:
        raise ClientError({"Error": {"Code": code, "Message": message}}, operation)

    monkeypatch.setattr(client("sqs"), operation, refuse)


def test_a_role_that_does_not_exist_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    refusing(monkeypatch, "create_queue", "InvalidAttributeValue", "Invalid value for the parameter Policy.")
    with kept.nothing_changes():
        assert refused(do("create", QUEUE)) == (422, "unknown_role", ["queue_role_arn"])


def test_so_is_one_that_is_named_later(monkeypatch: pytest.MonkeyPatch) -> None:
    id = queued()["id"]
    refusing(monkeypatch, "set_queue_attributes", "InvalidAttributeValue", "Invalid value for the parameter Policy.")
    before = kept.everything()
    answer = do("update", {"queue_role_arn": OTHER_ROLE}, path={"endpoint_id": id})
    assert refused(answer) == (422, "unknown_role", ["queue_role_arn"])
    assert kept.everything() == before


def test_a_queue_that_was_just_deleted_takes_a_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    refusing(monkeypatch, "create_queue", "AWS.SimpleQueueService.QueueDeletedRecently", "You must wait 60 seconds.")
    answer = do("create", QUEUE)
    assert refused(answer)[:2] == (409, "queue_deleted_recently")
    assert answer.headers["retry-after"] == "60"


def test_another_role_reads_alone_from_then_on() -> None:
    body = queued()
    changed = do("update", {"queue_role_arn": OTHER_ROLE}, path={"endpoint_id": body["id"]}).body
    assert changed["queues"] == body["queues"]
    assert {policy(url)["Principal"]["AWS"] for url in endpoints.queues().values()} == {OTHER_ROLE}


def test_the_same_role_again_mends_its_policy() -> None:
    """A role that was deleted and made anew is another one to AWS."""
    body = queued()
    for url in endpoints.queues().values():
        client("sqs").set_queue_attributes(QueueUrl=url, Attributes={"Policy": ""})
    do("update", {"queue_role_arn": ROLE}, path={"endpoint_id": body["id"]})
    assert {policy(url)["Principal"]["AWS"] for url in endpoints.queues().values()} == {ROLE}


def test_other_kinds_have_other_queues() -> None:
    body = queued()
    changed = do("update", {"kinds": ["ChatAppAudit", "ChatAppStatus"]}, path={"endpoint_id": body["id"]}).body
    assert [each["kind"] for each in changed["queues"]] == ["ChatAppAudit", "ChatAppStatus"]
    assert sorted(endpoints.queues()) == [f"{body['id']}-Audit", f"{body['id']}-Status"]


def test_queues_come_and_go_with_the_role() -> None:
    endpoints.endpoint()
    assert len(do("update", {"queue_role_arn": ROLE}).body["queues"]) == 1
    assert do("update", {"url": None}).body["url"] is None
    assert refused(do("update", {"queue_role_arn": None}))[1] == "destination_missing"
    body = do("update", {"url": URL, "queue_role_arn": None}).body
    assert (body["url"], body["queue_role_arn"], body["queues"]) == (URL, None, [])
    assert endpoints.queues() == {}


def test_a_queue_that_somebody_deletes_before_it_is_named_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    endpoints.endpoint()
    named = receipt_endpoints.change

    def deleted_before(*known: Any) -> Any:
        receipt_queues.drop_unused(ORGANIZATION, ENDPOINT)
        return named(*known)

    with monkeypatch.context() as patch:
        patch.setattr(receipt_endpoints, "change", deleted_before)
        assert refused(do("update", {"queue_role_arn": ROLE}))[:2] == (409, "queue_deleted_recently")
    assert do("update", {"queue_role_arn": ROLE}).status == 200
    assert endpoints.queues().keys() == {f"{ENDPOINT}-Status"}


def test_a_queue_that_somebody_else_has_just_named_stays() -> None:
    body = queued()
    receipt_queues.drop_unused(ORGANIZATION, body["id"])
    assert len(endpoints.queues()) == 2


# ---- deletion


def test_an_endpoint_is_deleted_with_its_queues() -> None:
    body = queued()
    assert do("delete", path={"endpoint_id": body["id"]}).status == 204
    assert (kept.items("ENDPOINT#"), endpoints.queues()) == ([], {})
    assert refused(do("delete", path={"endpoint_id": body["id"]}))[:2] == (404, "not_found")
    assert receipt_endpoints.number(ORGANIZATION) == 0


def test_one_that_is_made_anew_under_the_same_id_has_a_secret_of_its_own(time: Clock) -> None:
    first = queued()
    endpoints.secrets(first["id"])  # opened, and kept in memory
    do("delete", path={"endpoint_id": first["id"]})
    time.forward(1)
    second = queued()
    assert second["id"] == first["id"]
    assert [each.key for each in endpoints.secrets(second["id"])] == [second["secret"]]


# ---- what breaks off


@pytest.fixture
def faults() -> Faults:
    found = Faults()
    found.install()
    return found


@pytest.mark.parametrize("how", ["before", "after"])
def test_a_creation_that_breaks_off_is_finished_by_a_repeat(faults: Faults, how: str) -> None:
    for step in range(1, 100):
        key = {"idempotency-key": f"creation-{step}"}
        faults.arm(step, how)
        with suppress(Killed):
            do("create", QUEUE, headers=key)
        faults.disarm()
        body = do("create", QUEUE, headers=key).body
        assert sorted(endpoints.queues()) == sorted(f"{body['id']}-{kind}" for kind in ("Status", "Inbound"))
        assert receipt_endpoints.number(ORGANIZATION) == 1
        assert isinstance(endpoints.secrets(body["id"])[0], Secret)
        do("delete", path={"endpoint_id": body["id"]})
        if not faults.fired:
            return


@pytest.mark.parametrize("how", ["before", "after"])
def test_a_deletion_that_breaks_off_is_finished_by_a_repeat(faults: Faults, how: str) -> None:
    for step in range(1, 100):
        id = queued()["id"]
        faults.arm(step, how)
        with suppress(Killed):
            do("delete", path={"endpoint_id": id})
        faults.disarm()
        over = how == "after" and not kept.items("ENDPOINT#")
        if not over:
            closed = receipt_endpoints.closed(ORGANIZATION, id)
            assert closed is None or refused(do("create", QUEUE))[:2] == (409, "being_deleted")
        assert do("delete", path={"endpoint_id": id}).status == (404 if over or not faults.fired else 204)
        assert (kept.items("ENDPOINT#"), endpoints.queues()) == ([], {})
        assert receipt_endpoints.number(ORGANIZATION) == 0
        if not faults.fired:
            return


@pytest.mark.parametrize("how", ["before", "after"])
@pytest.mark.parametrize(
    ("changes", "names"),
    [({"kinds": ["ChatAppAudit"]}, ["Audit"]), ({"url": URL, "queue_role_arn": None}, [])],
    ids=["kinds", "role"],
)
def test_a_change_that_breaks_off_is_finished_by_a_repeat(
    faults: Faults, how: str, changes: Json, names: list[str]
) -> None:
    for step in range(1, 100):
        id = queued()["id"]
        faults.arm(step, how)
        with suppress(Killed):
            do("update", {**changes, "name": LEFT_OUT, "batch_size": LEFT_OUT}, path={"endpoint_id": id})
        faults.disarm()
        body = do("update", {**changes, "name": LEFT_OUT, "batch_size": LEFT_OUT}, path={"endpoint_id": id}).body
        assert [each["kind"].removeprefix("ChatApp") for each in body["queues"]] == names
        assert sorted(endpoints.queues()) == [f"{id}-{name}" for name in names]
        do("delete", path={"endpoint_id": id})
        if not faults.fired:
            return
