"""AWS and a provider as one loopback server with canned answers, so that only our side's work is measured.

The table keeps what is put, once, and paces senders as it should; other changes go through as if their conditions
held, and nothing is deleted. Queues deliver, with delays; what was received is gone. A bucket takes every file, and
hands out the same few bytes for all."""

import json
from base64 import b64encode
from collections import Counter
from typing import Any

from tests.bench import stub_queues
from tests.bench.wire import Said, refusal, serve

Json = dict[str, Any]
ITEMS: dict[str, Json] = {}
SENT = b'{"messages": [{"id": "wamid.bench"}], "contacts": [{"input": "+4915100000000"}]}'
COUNTED: Counter[str] = Counter()
SECRET = "whsec_" + b64encode(b"bench-secret-of-thirty-two-bytes").decode()
OPENED = b64encode(json.dumps({"access_token": "EAA-bench", "now": [SECRET, "sig_bench"]}).encode()).decode()
"""Every secret, a sender's and an endpoint's."""


class Refused(Exception):
    """A condition does not hold; `item` is what is there."""

    def __init__(self, item: Json) -> None:
        super().__init__()
        self.item = item


def answer(method: str, path: str, headers: dict[str, str], body: bytes) -> Said:
    """An AWS operation by its header, Counts, or a message to the provider."""
    operation = headers.get("x-amz-target", "").rpartition(".")[2]
    COUNTED[operation] += 1
    if not operation:
        return b"" if method == "PUT" else SENT
    try:
        said = ANSWERS[operation](json.loads(body))
    except Refused as refused:
        kind = {"__type": "com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException"}
        return refusal(400, json.dumps({**kind, "message": "no", "Item": refused.item}).encode())
    return json.dumps(said).encode() if isinstance(said, dict) else said


def _name(key: Json) -> str:
    return f"{key['pk']['S']}|{key['sk']['S']}"


def _put(request: Json) -> Json:
    name = _name(request["Item"])
    if name in ITEMS and "ConditionExpression" in request:
        raise Refused(ITEMS[name])
    ITEMS[name] = request["Item"]
    return {}


def _transact(request: Json) -> Json:
    for write in request["TransactItems"]:
        if "Put" in write:
            ITEMS[_name(write["Put"]["Item"])] = write["Put"]["Item"]
    return {}


def _update(request: Json) -> Json:
    """As if the condition held: the status that the values name, and the claim's owner. A sender's pace is kept."""
    values = request.get("ExpressionAttributeValues", {})
    if request["UpdateExpression"].startswith("SET tat ="):
        return _paced(_name(request["Key"]), {name: float(value["N"]) for name, value in values.items()})
    item = dict(ITEMS.get(_name(request["Key"]), request["Key"]))
    for placeholder, name in (
        (":sending", "status"),
        (":status", "status"),
        (":worker", "claimed_by"),
        (":rank", "rank"),
    ):
        if placeholder in values:
            item[name] = values[placeholder]
    return {"Attributes": {**item, "attempt": {"N": "1"}}}


def _paced(name: str, values: dict[str, float]) -> Json:
    """The two branches of store/rates."""
    item = ITEMS.get(name, {})
    tat = float(item["tat"]["N"]) if item else 0.0
    busy = ":cost" in values
    if not (values[":now"] < tat <= values[":latest"] if busy else tat <= values[":now"]):
        raise Refused(item)
    ITEMS[name] = {"tat": {"N": repr(tat + values[":cost"] if busy else values[":next"])}}
    return {"Attributes": ITEMS[name]}


def _query(request: Json) -> Json:
    """A partition's items whose sort key begins with `:sk`."""
    values = request["ExpressionAttributeValues"]
    first = f"{values[':pk']['S']}|{values[':sk']['S']}"
    found = [item for name, item in ITEMS.items() if name.startswith(first)]
    return {"Items": found, "Count": len(found)}


def _batch_get(request: Json) -> Json:
    tables = request["RequestItems"].items()
    found = {name: [ITEMS[_name(key)] for key in wish["Keys"] if _name(key) in ITEMS] for name, wish in tables}
    return {"Responses": found, "UnprocessedKeys": {}}


ANSWERS: dict[str, Any] = {
    "PutItem": _put,
    "UpdateItem": _update,
    "DeleteItem": lambda _: {},
    "TransactWriteItems": _transact,
    "Query": _query,
    "BatchGetItem": _batch_get,
    "GetItem": lambda request: {"Item": ITEMS[_name(request["Key"])]} if _name(request["Key"]) in ITEMS else {},
    "Decrypt": lambda _: {"Plaintext": OPENED, "KeyId": "k"},
    "GetSecretValue": lambda _: {"SecretString": '{"app_secret": "bench-secret"}'},
    "Counts": lambda _: {**COUNTED, **{f"waiting {name}": size for name, size in stub_queues.sizes().items()}},
    **stub_queues.ANSWERS,
}

if __name__ == "__main__":
    serve(answer)
