"""One measured piece of work in a process of its own: `python -m tests.bench.work NAME COUNT` prints CPU seconds."""

import hashlib
import hmac
import importlib
import json
import os
import resource
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

BATCH = 10
ORGANIZATION, CHANNEL = "0b1c8a52-6c1c-4f0e-9a51-3f6b8c1d2e3f", "5f0e9a51-6c1c-4b1c-8a52-0b1c8a523f6b"


def cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def measured(run: Callable[[int], None], count: int) -> float:
    """CPU seconds of `count` repetitions after a short warm-up."""
    run(BATCH)
    before = cpu()
    run(count)
    return cpu() - before


class Context:
    aws_request_id = function_name = invoked_function_arn = "bench"
    memory_limit_in_mb = 512

    def get_remaining_time_in_millis(self) -> int:
        return 60_000


def deliver(count: int) -> None:
    """The deliver handler on batches of ten messages of one sender."""
    handler = importlib.import_module("functions.messages.deliver_messages").handler
    for start in range(0, count, BATCH):
        handler({"Records": [_record(start + each) for each in range(BATCH)]}, Context())


def deliver_floor(count: int) -> None:
    """The same two reads a batch, and for each message the same call and the same table writes, side by side."""
    import httpx
    from parley.cloud.clients import client

    dynamodb, http = client("dynamodb"), _http(httpx)
    with ThreadPoolExecutor(BATCH) as pool:
        for start in range(0, count, BATCH):
            ids = [_id(start + each) for each in range(BATCH)]
            dynamodb.batch_get_item(
                RequestItems={"parley-data": {"Keys": [_key(id) for id in ids], "ConsistentRead": True}}
            )
            dynamodb.batch_get_item(RequestItems={"parley-data": {"Keys": _control_keys(ids), "ConsistentRead": True}})
            _update(dynamodb, {"pk": {"S": "rate"}, "sk": {"S": "rate"}})
            list(pool.map(lambda id: _bare(dynamodb, http, id), ids))


def _bare(dynamodb: Any, http: Any, message: str) -> None:
    _update(dynamodb, _key(message))
    body = {"messaging_product": "whatsapp", "to": "+4915100000000", "type": "text", "text": {"body": "Hello"}}
    http.post(f"{os.environ['GRAPH_URL']}/v25.0/1/messages", json=body, headers={"Authorization": "Bearer x"}).json()
    _update(dynamodb, _key(message))


def _update(dynamodb: Any, key: dict[str, Any]) -> None:
    dynamodb.update_item(
        TableName="parley-data",
        Key=key,
        UpdateExpression="SET #s = :sending, #r = :rank, claimed_by = :worker",
        ConditionExpression="#s = :queued",
        ExpressionAttributeNames={"#s": "status", "#r": "rank"},
        ExpressionAttributeValues={
            ":sending": {"S": "sending"},
            ":queued": {"S": "queued"},
            ":rank": {"N": "10"},
            ":worker": {"S": "w"},
        },
        ReturnValues="ALL_NEW",
    )


def _http(httpx: Any) -> Any:
    return httpx.Client(timeout=12, trust_env=False, limits=httpx.Limits(max_connections=32))


def receive(count: int) -> None:
    """The WhatsApp receiver: verify, enqueue, 200."""
    handler = importlib.import_module("functions.webhooks.receive_whatsapp").handler
    body = _webhook()
    signature = "sha256=" + hmac.new(b"bench-secret", body.encode(), hashlib.sha256).hexdigest()
    event = {
        "body": body,
        "rawPath": "/",
        "headers": {"x-hub-signature-256": signature},
        "requestContext": {"http": {"method": "POST"}},
    }
    for _ in range(count):
        if handler(event, None)["statusCode"] != 200:
            raise RuntimeError("the receiver refused")


def receive_floor(count: int) -> None:
    """Raw HMAC and one SQS send of the same body."""
    from parley.cloud.clients import client

    sqs, body = client("sqs"), _webhook()
    for _ in range(count):
        digest = hmac.new(b"bench-secret", body.encode(), hashlib.sha256).hexdigest()
        hmac.compare_digest(digest.encode(), digest.encode())
        sqs.send_message(QueueUrl=os.environ["WEBHOOKS_QUEUE"], MessageBody=body)


def _webhook() -> str:
    status = {
        "id": "wamid.1",
        "status": "sent",
        "timestamp": "1790000100",
        "biz_opaque_callback_data": f"{ORGANIZATION}.{CHANNEL}",
    }
    value = {"messaging_product": "whatsapp", "metadata": {"phone_number_id": "1"}, "statuses": [status]}
    return json.dumps(
        {
            "object": "whatsapp_business_account",
            "entry": [{"id": "1", "changes": [{"field": "messages", "value": value}]}],
        }
    )


def prepare(count: int) -> None:
    """Puts the channel, its credential and the messages into the stub's table."""
    from parley.cloud.clients import client
    from parley.model.channel import Binding, Channel
    from parley.model.content import Content, Kind
    from parley.model.message import State
    from parley.store import channels, messages, table

    at, now = "2026-01-01T00:00:00.000Z", time.time_ns() // 1_000_000
    binding = Binding(provider="whatsapp_cloud", sender="+491", sender_id="1", bound_at=at)
    known = {
        "id": CHANNEL,
        "organization_id": ORGANIZATION,
        "name": "Bench",
        "type": "WHATSAPP_CLOUD",
        "connection": "connected",
    }
    channel = Channel.model_validate(
        {**known, "binding": binding, "created_at": at, "updated_at": at, "service": {"messages_per_second": 1e6}}
    )
    table.put("parley-data", {**channels.key(channel), **channels._item(channel)})
    table.put("parley-data", {**channels.keys.credential(ORGANIZATION, CHANNEL), "sealed": b"x", "version": 1})
    common = {
        "organization": ORGANIZATION,
        "channel": CHANNEL,
        "status": "queued",
        "rank": 0,
        "kind": "text",
        "sender": "1",
    }
    times = {"created_at": now, "send_at": now, "expires_at": now + 10**9, "times": {"queued": now}}
    for index in range(count):
        state = State.model_validate(
            {**common, **times, "id": _id(index), "to": f"phone:+491510000{index:04d}", "fingerprint": "f"}
        )
        messages.insert(state)
        messages.put_content(state, Content(type=Kind.TEXT, text="Hello"), "+1")
    client("dynamodb")


def _record(index: int) -> dict[str, str]:
    body = {"organization": ORGANIZATION, "message": _id(index), "lane": "transactional"}
    return {"messageId": str(index), "body": json.dumps(body)}


def _id(index: int) -> str:
    return f"00000000-0000-4000-8000-{index % 1000:012d}"


def _key(message: str) -> dict[str, Any]:
    return {"pk": {"S": f"ORG#{ORGANIZATION}#MESSAGE#{message}"}, "sk": {"S": "STATE"}}


def _control_keys(ids: list[str]) -> list[dict[str, Any]]:
    contents = [{"pk": {"S": f"ORG#{ORGANIZATION}#MESSAGE#{id}"}, "sk": {"S": "CONTENT#f"}} for id in ids]
    control = [(f"ORG#{ORGANIZATION}", f"CHANNEL#{CHANNEL}"), (f"ORG#{ORGANIZATION}#CHANNEL#{CHANNEL}", "CREDENTIAL")]
    people = [(f"ORG#{ORGANIZATION}#CHANNEL#{CHANNEL}", f"PERSON#phone:+491510000{id[-4:]}") for id in ids]
    control += people
    return [*contents, *({"pk": {"S": pk}, "sk": {"S": sk}} for pk, sk in control)]


WORK = {"deliver": deliver, "deliver_floor": deliver_floor, "receive": receive, "receive_floor": receive_floor}


def main() -> None:
    name, count = sys.argv[1], int(sys.argv[2])
    if name == "prepare":
        prepare(count)
    else:
        print(measured(WORK[name], count))


if __name__ == "__main__":
    main()
