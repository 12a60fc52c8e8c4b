"""What is told to businesses, one measured piece of work in a process of its own.

`python -m tests.bench.receipts_work NAME COUNT` prints CPU seconds: `react` and `push` of COUNT batches or deliveries
after a short warm-up, each beside its floor; `prepare` fills the stub's table."""

import base64
import hashlib
import hmac
import importlib
import json
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from itertools import count
from typing import Any

from tests.bench.bulk_work import AT, TEMPLATE
from tests.bench.bulk_work import prepare as prepare_broadcast
from tests.bench.work import BATCH, CHANNEL, ORGANIZATION, Context, cpu

Json = dict[str, Any]
ENDPOINT = "9e51c2a7-5d1f-4b7a-8a0e-6b1c8a523f22"
CHANGES, EVENTS = 99, 50
"""Of a batch of the stream, and of a delivery."""
DELIVERIES = -(-CHANGES // EVENTS)
SECRET = base64.b64encode(b"bench-secret-of-thirty-two-bytes").decode()
_turn = count(time.time_ns() // 1_000_000)


def react(batches: int) -> None:
    """Batches of rows of a broadcast that were delivered, for one endpoint."""
    handler = importlib.import_module("functions.receipts.react_to_changes").handler
    for _ in range(batches):
        handler(_event(next(_turn)), Context())


def react_floor(batches: int) -> None:
    """The same calls, and the same objects in JSON."""
    from parley.cloud.clients import client

    table, words = client("dynamodb"), _words()
    for _ in range(batches):
        at = next(_turn)
        _read_once(table)
        for start in range(0, CHANGES, EVENTS):
            text = json.dumps(words[start : start + EVENTS], ensure_ascii=False, separators=(",", ":"))
            _deliver(f"{at}{start}", text.encode())


def _read_once(table: Any) -> None:
    values = {":pk": {"S": f"ORG#{ORGANIZATION}"}, ":sk": {"S": "ENDPOINT#"}}
    condition = "pk = :pk AND begins_with(sk, :sk)"
    keys = [
        {"pk": {"S": f"ORG#{ORGANIZATION}"}, "sk": {"S": sk}} for sk in (f"CHANNEL#{CHANNEL}", f"TEMPLATE#{TEMPLATE}")
    ]
    table.query(TableName="parley-data", KeyConditionExpression=condition, ExpressionAttributeValues=values)
    table.batch_get_item(RequestItems={"parley-data": {"Keys": keys, "ConsistentRead": True}})


def _deliver(name: str, body: bytes) -> None:
    """What keeps a delivery and starts it."""
    from parley.cloud.clients import client
    from parley.settings import settings

    client("s3").put_object(Bucket="bench", Key=name, Body=body, IfNoneMatch="*")
    for sk in ("DELIVERY", "DUE-http"):
        item = {"pk": {"S": name}, "sk": {"S": sk}, "status": {"S": "waiting"}, "made_at": {"N": "1"}}
        client("dynamodb").put_item(TableName="parley-runtime", Item=item)
    client("sqs").send_message(QueueUrl=settings().receipts_queue, MessageBody=json.dumps({"delivery": name}))


def push(deliveries: int) -> None:
    """Batches of ten deliveries that the endpoint takes."""
    handler = importlib.import_module("functions.receipts.push_receipts").handler
    look = {"organization": ORGANIZATION, "target": ENDPOINT}
    for start in range(0, deliveries, BATCH):
        looks = [{**look, "delivery": _delivery_id(start + each)} for each in range(BATCH)]
        records = [{"messageId": str(index), "body": json.dumps(each)} for index, each in enumerate(looks)]
        if handler({"Records": records}, Context())["batchItemFailures"]:
            raise RuntimeError("a delivery failed")


def push_floor(deliveries: int) -> None:
    """The same calls to AWS, one HMAC and one POST, side by side."""
    import httpx

    http = httpx.Client(timeout=12, trust_env=False, limits=httpx.Limits(max_connections=32))
    with ThreadPoolExecutor(BATCH) as pool:
        list(pool.map(lambda index: _bare(http, _delivery_id(index)), range(deliveries)))


def _bare(http: Any, id: str) -> None:
    """A delivery and its endpoint are read, a place at the gate and the try are taken, both are given back."""
    from parley.cloud.clients import client
    from parley.settings import settings

    table = client("dynamodb")
    key = {"pk": {"S": f"ORG#{ORGANIZATION}"}, "sk": {"S": f"ENDPOINT#{ENDPOINT}"}}
    for _ in range(READS):
        table.get_item(TableName="parley-data", Key=key, ConsistentRead=True)
    changed: Json = {"UpdateExpression": "SET lease = :lease", "ExpressionAttributeValues": {":lease": {"N": "1"}}}
    for _ in range(2):
        table.update_item(TableName="parley-runtime", Key=key, **changed, ReturnValues="ALL_NEW")
    body = client("s3").get_object(Bucket="bench", Key=id)["Body"].read()
    signature = base64.b64encode(hmac.new(SECRET.encode(), body, hashlib.sha256).digest()).decode()
    http.post(settings().graph_url, content=body, headers={"webhook-id": id, "webhook-signature": signature}).read()
    for _ in range(2):
        table.update_item(TableName="parley-runtime", Key=key, **changed, ReturnValues="ALL_NEW")
    table.delete_item(TableName="parley-runtime", Key=key)


READS = 3


def prepare(deliveries: int) -> None:
    """The broadcast's channel and template, an endpoint at the stub itself, and deliveries that wait."""
    from parley.model.receipt_endpoint import ReceiptEndpoint
    from parley.settings import settings
    from parley.store import receipt_deliveries, receipt_endpoints, table

    prepare_broadcast(CHANGES)
    said = {"id": ENDPOINT, "organization_id": ORGANIZATION, "name": "Bench", "url": f"{settings().graph_url}/receipts"}
    fields = {
        "kinds": ["ChatAppStatus"],
        "format": "original",
        "audit_version": "V2",
        "batch_size": EVENTS,
        "created_at": AT,
        "updated_at": AT,
    }
    endpoint = ReceiptEndpoint.model_validate({**said, **fields})
    table.put(table.data(), receipt_endpoints._item(endpoint, b"x"))
    for index in range(deliveries):
        stored = {"receipt_endpoint_id": ENDPOINT, "kind": "ChatAppStatus", "events": EVENTS, "created_at": AT}
        kept = {"id": _delivery_id(index), "organization_id": ORGANIZATION, "made_at": index, "due": 1, **stored}
        receipt_deliveries.insert(receipt_deliveries.Stored.model_validate(kept))


def _delivery_id(index: int) -> str:
    from parley.store import receipt_keys

    return receipt_keys.delivery_id(ENDPOINT, index, "bench")


@lru_cache(maxsize=1)
def _changes() -> list[Json]:
    return list(_made())


def _made() -> Iterator[Json]:
    """Rows before and after their delivery, as the stream has them."""
    from parley.model.message import State
    from parley.model.status import Status, rank
    from parley.store import keys, messages, table

    for index in range(CHANGES):
        id = f"00000000-0000-4000-8000-{index:012d}"
        of = {
            "id": id,
            "organization": ORGANIZATION,
            "channel": CHANNEL,
            "broadcast": "b",
            "row": index,
            "kind": "template",
        }
        times = {"created_at": 1, "send_at": 1, "expires_at": 10**13, "times": {"sending": 1, "accepted": 2, "sent": 3}}
        more = {"to": f"phone:+3460{index:07d}", "sender": "1", "template": TEMPLATE, "category": "MARKETING"}
        sent = {"status": Status.SENT, "rank": rank(Status.SENT), "fingerprint": "f", "provider_id": f"wamid.{id}"}
        old = State.model_validate({**of, **times, **more, **sent})
        reached = {"status": Status.DELIVERED, "rank": rank(Status.DELIVERED), "times": {**old.times, "delivered": 4}}
        key, images = keys.state(ORGANIZATION, id), [old, old.model_copy(update=reached)]
        before, after = [table.to_wire({**key, **messages._indexed(each), **messages._item(each)}) for each in images]
        yield {"Keys": table.to_wire(key), "OldImage": before, "NewImage": after}


def _event(at: int) -> Json:
    """Another time makes other deliveries of the same changes."""
    return {
        "Records": [
            {"eventID": f"{at}-{index}", "dynamodb": {**change, "ApproximateCreationDateTime": at / 1000}}
            for index, change in enumerate(_changes())
        ]
    }


def _words() -> list[Json]:
    """What the endpoint is told of these changes."""
    from parley.model import chatapp
    from parley.model.receipt_endpoint import AuditVersion
    from parley.operations import facts
    from parley.operations.looked_up import Change
    from parley.store import table

    images = [(table.from_wire(each["OldImage"]), table.from_wire(each["NewImage"])) for each in _changes()]
    heard = facts.build(ORGANIZATION, [Change(old, new, 1) for old, new in images])
    return [chatapp.written(each.receipt, AuditVersion.V2) or {} for each in heard]


WORK: dict[str, Callable[[int], None]] = {
    "react": react,
    "react_floor": react_floor,
    "push": push,
    "push_floor": push_floor,
}


def main(name: str, number: int) -> None:
    if name == "prepare":
        prepare(number)
        return
    WORK[name](BATCH)
    before = cpu()
    WORK[name](number)
    print(cpu() - before)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
