"""What businesses are told, on the stack and on real sockets: at least once, signed, and nobody waits for anybody else."""

from collections.abc import Iterator
from typing import Any

import pytest

from local.stack import Stack
from tests.support.receiver import Receiver, receiver, verified
from tests.support.stack_client import Json, Shop, eventually
from tests.support.stack_simulators import Simulators

STATUSES = {"Sent", "Delivered", "Read"}


@pytest.fixture(scope="module")
def server() -> Iterator[Receiver]:
    with receiver() as started:
        yield started


def _endpoint(shop: Shop, server: Receiver, path: str, **more: Any) -> Json:
    wanted = {"name": path.strip("/"), "url": server.url + path, "kinds": ["ChatAppStatus"], **more}
    return shop.organization.call("POST", "/receipt_endpoints", wanted, expect=201)


def _told(server: Receiver, path: str) -> set[tuple[str, str]]:
    return {(event["MessageId"], event["Status"]) for event in server.events(path)}


def _wake(stack: Stack) -> None:
    """What the minute does."""
    answer = stack.client("lambda").invoke(FunctionName=stack.resources["WakeReceiptsFunction"], Payload="{}")
    assert "FunctionError" not in answer, answer["Payload"].read()


def test_every_status_is_told_and_signed(shop: Shop, simulators: Simulators, server: Receiver) -> None:
    endpoint = _endpoint(shop, server, "/all")
    sent = {shop.send(simulators.person(1), reference="order-7")["id"] for _ in range(3)}
    wanted = {(message, status) for message in sent for status in STATUSES}
    eventually(lambda: _told(server, "/all") >= wanted, 40, lambda: _told(server, "/all"))
    assert all(verified(post, endpoint["secret"]) for post in server.at("/all"))
    deliveries = shop.organization.call("GET", "/receipt_deliveries", receipt_endpoint_id=endpoint["id"])["items"]
    assert {each["id"] for each in deliveries} == {post.id for post in server.at("/all")}
    one = shop.organization.call("GET", f"/receipt_deliveries/{deliveries[0]['id']}")
    assert one["body"] in [post.events for post in server.at("/all")]
    assert one["attempts"][0]["status"] == 200
