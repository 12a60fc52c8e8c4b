"""Workers of one bulk send: `python -m tests.bench.bulk_work NAME FIRST COUNT` warms up, prints a line, waits for one
on its standard input, handles `COUNT` rows from `FIRST` on, and prints its CPU seconds and its largest memory in MB."""

import importlib
import json
import os
import resource
import sys
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from tests.bench import posts
from tests.bench.work import BATCH, CHANNEL, ORGANIZATION, Context, cpu

BROADCAST, TEMPLATE = "2c4f9f6e-5d1f-4b7a-8a0e-6b1c8a523f00", "7d1f4b7a-5d1f-4b7a-8a0e-6b1c8a523f11"
AT = "2026-01-01T00:00:00.000Z"
Numbers = Iterable[int]


def prepare(rows: int, per_second: float = 1e6) -> None:
    """The channel with its rate, its credential, the template and a running broadcast, into the stub's table."""
    from parley.model.channel import Channel
    from parley.model.run import Run
    from parley.model.template import Template
    from parley.store import broadcasts, channels, keys, table, templates

    stamps = {"organization_id": ORGANIZATION, "created_at": AT, "updated_at": AT}
    bound = {"provider": "whatsapp_cloud", "sender": "+491", "sender_id": "1", "bound_at": AT}
    known = {"id": CHANNEL, "name": "Bench", "type": "WHATSAPP_CLOUD", "connection": "connected", "binding": bound}
    channel = Channel.model_validate({**known, **stamps, "service": {"messages_per_second": per_second}})
    text = {"type": "BODY", "text": "Dear $(name), order $(order) comes on $(day) at last."}
    said = {"name": "offer", "language": "en", "category": "MARKETING", "parameter_format": "NAMED"}
    kept = {"id": TEMPLATE, "channel_id": CHANNEL, "components": [text], "status": "approved"}
    template = Template.model_validate({**kept, **said, **stamps})
    table.put(table.data(), {**channels.key(channel), **channels._item(channel)})
    table.put(table.data(), {**keys.credential(ORGANIZATION, CHANNEL), "sealed": b"x", "version": 1})
    templates.insert(template, [])
    broadcasts.insert(Run.model_validate(_run(rows)))


def _run(rows: int) -> dict[str, Any]:
    now = time.time_ns() // 1_000_000
    account = {"channel": CHANNEL, "sender": "1", "template": TEMPLATE}
    words = {"template_name": "offer", "language": "en", "category": "MARKETING", "lane": "marketing"}
    known = {"id": BROADCAST, "organization": ORGANIZATION, "name": "Bench", "accounts": [account], "status": "running"}
    more = {"source": "upload", "variables": posts.NAMES, "ttl": 86_400, "fingerprint": "f", "rows": rows}
    waves = [{"due": now, "first": 0, "count": rows}]
    times = {"created_at": now, "updated_at": now, "started_at": now, "waves": waves}
    return {**known, **words, **more, **times, "report": {"rows": rows, "good": rows}}


def deliver(numbers: Numbers) -> None:
    """The deliver handler on batches of ten rows, as the lane brings them."""
    handler = importlib.import_module("functions.messages.deliver_messages").handler
    for batch in _batches(numbers):
        answer = handler({"Records": [_record(number) for number in batch]}, Context())
        if answer["batchItemFailures"]:
            raise RuntimeError("rows came back")


def _record(number: int) -> dict[str, str]:
    return {"messageId": str(number), "body": json.dumps(_body(number), separators=(",", ":"))}


def _body(number: int) -> dict[str, Any]:
    """What operations/rows puts on the lane."""
    from parley.model import ids

    line = [number + 2, f"phone:{posts.to(number)}", posts.values(number)]
    named = {"organization": ORGANIZATION, "message": ids.row_of(BROADCAST, number), "lane": "marketing"}
    return {**named, "broadcast": BROADCAST, "row": number, "line": line}


def floor(numbers: Numbers) -> None:
    """The same calls to AWS by the bare client and the same post by bare httpx, ten side by side."""
    import httpx
    from parley.cloud.clients import client

    dynamodb, http = client("dynamodb"), _http(httpx)
    with ThreadPoolExecutor(BATCH) as pool:
        for batch in _batches(numbers):
            states = [_key(f"ORG#{ORGANIZATION}#MESSAGE#{number}", "STATE") for number in batch]
            _read(dynamodb, [*states, _key(f"ORG#{ORGANIZATION}", f"BROADCAST#{BROADCAST}")])
            _read(dynamodb, [*_controls(), *(_key(_of_channel(), f"PERSON#{number}") for number in batch)])
            _update(dynamodb, _key("FLOOR", "RATE"))
            list(pool.map(lambda number: _bare(dynamodb, http, number), batch))


def post(numbers: Numbers) -> None:
    """The post alone, ten side by side."""
    import httpx

    http = _http(httpx)
    with ThreadPoolExecutor(BATCH) as pool:
        for batch in _batches(numbers):
            list(pool.map(lambda number: _post(http, number), batch))


def _bare(dynamodb: Any, http: Any, number: int) -> None:
    key = _key(f"ORG#{ORGANIZATION}#MESSAGE#{number}", "STATE")
    item = {**key, **_item(number)}
    dynamodb.put_item(TableName="parley-data", Item=item, ConditionExpression="attribute_not_exists(pk)")
    _post(http, number)
    _update(dynamodb, key)


def _item(number: int) -> dict[str, Any]:
    """As much as the item of a row holds."""
    texts = {"day_list": _of_channel(), "to": f"phone:{posts.to(number)}", "status": "sending", "kind": "template"}
    texts |= {"lane": "marketing", "sender": "1", "category": "MARKETING", "template": TEMPLATE, "fingerprint": "row"}
    texts |= {"claimed_by": "0123456789ab", "broadcast": BROADCAST}
    numbers = dict.fromkeys(
        ("listed_at", "rank", "send_at", "expires_at", "attempt", "lease_until", "row"), "1772357400000"
    )
    typed: dict[str, Any] = {name: {"S": value} for name, value in texts.items()}
    typed |= {name: {"N": value} for name, value in numbers.items()}
    return typed | {"times": {"M": {"sending": {"N": "1772357400000"}}}}


def _post(http: Any, number: int) -> None:
    said = posts.body(posts.to(number), posts.values(number), posts.ECHO % number)
    headers = {"Authorization": f"Bearer {posts.TOKEN}"}
    http.post(os.environ["GRAPH_URL"] + posts.PATH, json=said, headers=headers).raise_for_status().json()


def _http(httpx: Any) -> Any:
    return httpx.Client(timeout=12, trust_env=False, limits=httpx.Limits(max_connections=32))


def _read(dynamodb: Any, wanted: list[Any]) -> None:
    dynamodb.batch_get_item(RequestItems={"parley-data": {"Keys": wanted, "ConsistentRead": True}})


def _update(dynamodb: Any, key: Any) -> None:
    dynamodb.update_item(
        TableName="parley-data",
        Key=key,
        UpdateExpression="SET #s = :status, #r = :rank, times.#t = if_not_exists(times.#t, :at), provider_id = :id",
        ConditionExpression="#r < :rank",
        ExpressionAttributeNames={"#s": "status", "#r": "rank", "#t": "accepted"},
        ExpressionAttributeValues={
            ":status": {"S": "accepted"},
            ":rank": {"N": "20"},
            ":at": {"N": "1772357400000"},
            ":id": {"S": "wamid.1"},
        },
        ReturnValues="ALL_NEW",
    )


def _controls() -> list[Any]:
    of = f"ORG#{ORGANIZATION}"
    return [
        _key(of, f"CHANNEL#{CHANNEL}"),
        _key(_of_channel(), "CREDENTIAL"),
        _key(of, f"BROADCAST#{BROADCAST}"),
        _key(of, f"TEMPLATE#{TEMPLATE}"),
    ]


def _of_channel() -> str:
    return f"ORG#{ORGANIZATION}#CHANNEL#{CHANNEL}"


def _key(pk: str, sk: str) -> dict[str, Any]:
    return {"pk": {"S": pk}, "sk": {"S": sk}}


def _batches(numbers: Numbers) -> Iterable[list[int]]:
    known = list(numbers)
    return (known[start : start + BATCH] for start in range(0, len(known), BATCH))


WARM = 5 * BATCH
WORK: dict[str, Callable[[Numbers], None]] = {"deliver": deliver, "floor": floor, "post": post}


def main(name: str, first: int, count: int) -> None:
    if name == "prepare":
        prepare(count)
        return
    WORK[name](range(first, first + WARM))
    print("warm", flush=True)
    sys.stdin.readline()
    before = cpu()
    WORK[name](range(first + WARM, first + WARM + count))
    print(cpu() - before, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, flush=True)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
