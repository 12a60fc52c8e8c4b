"""What one message costs at AWS's list prices (us-east-1), by counting every request of its life in process."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import boto3

PRICES = {  # dollars for a million
    "write units": 0.625,
    "read units": 0.125,
    "SQS requests": 0.40,
    "HTTP API calls": 1.00,
    "Lambda requests": 0.20,
}
WRITES = ("PutItem", "UpdateItem", "DeleteItem")
INDEXES_AT_INSERT = 3
"""by_day, by_person, and by_reference where the message has one."""


@contextmanager
def counted() -> Iterator[Counter[str]]:
    """Counts AWS requests by operation while the block runs."""
    seen: Counter[str] = Counter()
    from parley.cloud.clients import client

    def note(model: Any, **_: Any) -> None:
        seen[model.name] += 1

    watched = [client(name) for name in ("dynamodb", "sqs", "kms", "s3", "scheduler")]
    for each in watched:
        each.meta.events.register("before-call.*.*", note)
    try:
        yield seen
    finally:
        for each in watched:
            each.meta.events.unregister("before-call.*.*", note)


def item_bytes() -> int:
    """The largest state item of the table: above 1024 every change would cost twice."""
    items = boto3.client("dynamodb").scan(TableName="parley-data")["Items"]
    return max(
        sum(len(name) + _size(value) for name, value in item.items()) for item in items if item["sk"]["S"] == "STATE"
    )


def _size(value: dict[str, Any]) -> int:
    kind, held = next(iter(value.items()))
    if kind == "M":
        return 3 + sum(len(name) + 1 + _size(each) for name, each in held.items())
    return {"S": lambda: len(held.encode()), "N": lambda: len(held) // 2 + 2, "BOOL": lambda: 1}.get(
        kind, lambda: len(str(held))
    )()


def life() -> tuple[Counter[str], Counter[str], int]:
    """(requests of acceptance, requests of delivery and three receipts, bytes of the state item) of one message."""
    from tests.support.cloud import account

    with account(), _meta_answers():
        channel = _bound_channel()
        with counted() as accept:
            message = _send(channel)
        with counted() as rest:
            _deliver(channel, message)
            for status in ("sent", "delivered", "read"):
                _report(channel, message, status)
        return accept, rest, item_bytes()


@contextmanager
def _meta_answers() -> Iterator[None]:
    import httpx
    from parley.providers import http

    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("/messages"):
            return httpx.Response(200, json={"messages": [{"id": "wamid.1"}], "contacts": [{"wa_id": "34600111222"}]})
        return httpx.Response(
            200, json={"id": "1060000001", "display_phone_number": "+49 30 55501234", "status": "CONNECTED"}
        )

    before = http.client
    http.client = lambda: httpx.Client(transport=httpx.MockTransport(answer))  # type: ignore[assignment]
    from parley.providers.whatsapp_cloud import graph

    graph.client = http.client  # type: ignore[attr-defined]
    try:
        yield
    finally:
        http.client = graph.client = before  # type: ignore[attr-defined]


def _bound_channel() -> Any:
    from parley.model.channel import NewBinding, NewChannel
    from parley.model.organization import NewOrganization
    from parley.operations import binding, channels, organizations

    organization = organizations.create(NewOrganization(name="Bench"), None, None).id
    channel = channels.create(organization, NewChannel(name="Bench", type="WHATSAPP"), None)  # type: ignore[arg-type]
    settings = {"waba_id": "10200000001", "phone_number_id": "1060000001"}
    return binding.bind(
        organization, channel.id, NewBinding(settings=settings, credentials={"access_token": "EAA-bench"})
    )


def _send(channel: Any) -> str:
    from parley.model.message import NewMessage
    from parley.operations import messages
    from parley.store import people

    people.saw(channel.organization_id, channel.id, "phone:+34600111222", 10**15)
    new = {
        "channel_id": channel.id,
        "to": "+34600111222",
        "type": "text",
        "text": "Your order is ready.",
        "reference": "order-1234",
    }
    return messages.send(channel.organization_id, NewMessage.model_validate(new), "bench").id


def _deliver(channel: Any, message: str) -> None:
    from parley.operations import delivery

    body = {"organization": channel.organization_id, "message": message, "lane": "transactional"}
    delivery.deliver({"record": body}, lambda: 60_000)


def _report(channel: Any, message: str, status: str) -> None:
    import base64
    import json

    from parley.operations import webhooks

    told = {
        "id": "wamid.1",
        "status": status,
        "timestamp": "1790000100",
        "biz_opaque_callback_data": f"{channel.organization_id}.{message}",
    }
    value = {"metadata": {"phone_number_id": "1060000001"}, "statuses": [told]}
    body = {"object": "whatsapp_business_account", "entry": [{"changes": [{"field": "messages", "value": value}]}]}
    webhooks.apply({"provider": "whatsapp_cloud", "body": base64.b64encode(json.dumps(body).encode()).decode()})


def dollars(accept: Counter[str], rest: Counter[str]) -> dict[str, float]:
    """Dollars for a million single sends with all statuses. Batches of ten share their reads and queue calls."""
    both = accept + rest
    writes = sum(both[name] for name in WRITES) + INDEXES_AT_INSERT
    reads = both["GetItem"] + 2 * both["Query"] + 0.5 * both["BatchGetItem"]
    queue = both["SendMessage"] + 2 * (1 + 3) / 10 + 3
    lambdas = 1 + 0.1 + 3 + 0.3
    return {
        "write units": writes * PRICES["write units"],
        "read units": reads * PRICES["read units"],
        "SQS requests": queue * PRICES["SQS requests"],
        "HTTP API calls": PRICES["HTTP API calls"],
        "Lambda requests": lambdas * PRICES["Lambda requests"],
    }
