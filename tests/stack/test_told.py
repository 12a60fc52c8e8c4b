"""What businesses are told, on the stack and real sockets: at least once, signed, and nobody waits for another one."""

import json
import math
import time
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from statistics import quantiles
from typing import Any
from uuid import uuid4

import httpx
import pytest

from local import clock
from local.stack import Stack
from tests.support.receiver import HANG, Receiver, bad_days, dead, receiver, verified
from tests.support.stack_client import Json, Shop, eventually, wake
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


def _until_told(stack: Stack, server: Receiver, path: str, wanted: set[tuple[str, str]]) -> None:
    """Lets the hours of its schedule go by, as many as are needed."""
    for hours in (0, 0.1, 0.6, 2.1, 5.1, 10.1, 10.1, 10.1, 10.1, 10.1):
        clock.shift(stack, hours * 3600)
        wake(stack)
        if _told(server, path) >= wanted:
            return
        _quiet(server, path)
    assert _told(server, path) >= wanted, wanted - _told(server, path)


def _quiet(server: Receiver, path: str) -> None:
    """Until nothing came for a while. Whoever hangs then is tried again in the next hours."""
    seen = [len(server.posts), time.monotonic()]

    def settled() -> bool:
        if len(server.posts) != seen[0]:
            seen[:] = [len(server.posts), time.monotonic()]
        return time.monotonic() - seen[1] > 4

    eventually(settled, 120, path)


def test_a_server_with_bad_days_gets_everything_and_delays_nobody(
    stack: Stack, make_shop: Callable[[str], Shop], simulators: Simulators, server: Receiver
) -> None:
    """30 % of calls fail, 5 % hang, and for ten minutes all do."""
    bad, quiet = make_shop("Bad days"), make_shop("Quiet")
    endpoint = _endpoint(bad, server, "/bad", batch_size=5)
    other = _endpoint(quiet, server, "/quiet", batch_size=5)
    server.fates["/bad"] = bad_days(0.30, 0.05)
    sent = {shop: set[str]() for shop in ("bad", "quiet")}

    def send(count: int) -> None:
        """Until the other server knows everything."""
        for _ in range(count):
            sent["bad"].add(bad.send(simulators.person(1))["id"])
            sent["quiet"].add(quiet.send(simulators.person(1))["id"])
        eventually(lambda: _told(server, "/quiet") >= wanted("quiet"), 60, missing)

    def wanted(name: str) -> set[tuple[str, str]]:
        return {(message, status) for message in sent[name] for status in STATUSES}

    def missing() -> list[tuple[str, str, str]]:
        several = wanted("quiet") - _told(server, "/quiet")
        return [(id, status, quiet.organization.message(id)["status"]) for id, status in several]

    send(15)
    server.fates["/bad"], before = dead, server.fates["/bad"]
    send(10)
    clock.shift(stack, 600)
    send(3)
    server.fates["/bad"] = before
    late = [post.at - event["Timestamp"] / 1000 for post in server.at("/quiet") for event in post.events]
    assert quantiles(late, n=20)[-1] < 15, late
    _until_told(stack, server, "/bad", wanted("bad"))
    assert all(verified(post, endpoint["secret"]) for post in server.at("/bad", ok=False))
    assert all(verified(post, other["secret"]) for post in server.at("/quiet"))
    failed = [post for post in server.at("/bad", ok=False) if not post.ok]
    hung, worst = sum(post.status == HANG for post in failed), quantiles(late, n=20)[-1]
    print(f"{len(server.at('/bad'))} taken, {len(failed)} failed, {hung} of them hung; the other's p95 {worst:.1f} s")
    assert failed


def test_a_replay_since_a_time_repeats_exactly_what_came_after_it(
    shop: Shop, simulators: Simulators, server: Receiver
) -> None:
    endpoint = _endpoint(shop, server, "/again", batch_size=1)
    owner = shop.organization
    before = {shop.send(simulators.person(1))["id"] for _ in range(2)}
    wanted = {(message, status) for message in before for status in STATUSES}
    eventually(lambda: _told(server, "/again") >= wanted, 40, lambda: _told(server, "/again"))
    since = math.ceil(clock.now(owner.stack)) + 1
    eventually(lambda: clock.now(owner.stack) >= since, 5)
    after = {shop.send(simulators.person(1))["id"] for _ in range(2)}
    later = {(message, status) for message in after for status in STATUSES}
    eventually(lambda: _told(server, "/again") >= wanted | later, 40, lambda: _told(server, "/again"))
    first = {post.id: post.body for post in server.at("/again")}
    asked = {"since": datetime.fromtimestamp(since, UTC).isoformat()}
    owner.call("POST", f"/receipt_endpoints/{endpoint['id']}/replay", asked, expect=202)
    repeated = {id for id, body in first.items() if json.loads(body)[0]["MessageId"] in after}
    eventually(lambda: _twice(server, "/again") >= repeated, 40, lambda: repeated - _twice(server, "/again"))
    assert _twice(server, "/again") == repeated
    assert all(post.body == first[post.id] for post in server.at("/again"))


def _twice(server: Receiver, path: str) -> set[str]:
    calls = Counter(post.id for post in server.at(path))
    return {id for id, times in calls.items() if times > 1}


def test_a_rotated_secret_and_the_old_one_both_sign_for_a_while(
    shop: Shop, simulators: Simulators, server: Receiver
) -> None:
    endpoint = _endpoint(shop, server, "/rotated")
    path = f"/receipt_endpoints/{endpoint['id']}/rotate_secret"
    new = shop.organization.call("POST", path, {"grace": 600})["secret"]
    shop.send(simulators.person(1))
    eventually(lambda: server.at("/rotated"), 30)
    assert verified(server.at("/rotated")[0], endpoint["secret"], new)


def test_a_queue_of_its_own_has_an_event_in_each_message(shop: Shop, simulators: Simulators, stack: Stack) -> None:
    role = stack.client("iam").create_role(RoleName=f"reader-{uuid4()}", AssumeRolePolicyDocument="{}")["Role"]
    wanted = {"name": "Queue", "kinds": ["ChatAppStatus"], "queue_role_arn": role["Arn"]}
    [queue] = shop.organization.call("POST", "/receipt_endpoints", wanted, expect=201)["queues"]
    message = shop.send(simulators.person(1))["id"]
    found: set[tuple[str, str]] = set()

    def read() -> bool:
        told = stack.client("sqs").receive_message(QueueUrl=queue["url"], MaxNumberOfMessages=10).get("Messages", [])
        found.update((event["MessageId"], event["Status"]) for event in (json.loads(each["Body"]) for each in told))
        return {status for id, status in found if id == message} == STATUSES

    eventually(read, 40, lambda: found)


def test_whoever_is_told_may_be_changed_and_deleted(shop: Shop, stack: Stack, server: Receiver) -> None:
    """Every right that this needs is there."""
    owner, role = (
        shop.organization,
        stack.client("iam").create_role(RoleName=f"r-{uuid4()}", AssumeRolePolicyDocument="{}"),
    )
    wanted = {"name": "Shop", "channel_id": shop.whatsapp, "url": f"{server.url}/first"}
    system = owner.call("POST", "/business_systems", wanted, expect=201)["id"]
    owner.call("PATCH", f"/business_systems/{system}", {"url": f"{server.url}/second"})
    assert owner.ask("DELETE", f"/business_systems/{system}").status_code == 204
    path = f"/receipt_endpoints/{_endpoint(shop, server, '/first')['id']}"
    for changes in (
        {"url": f"{server.url}/second"},
        {"queue_role_arn": role["Role"]["Arn"]},
        {"kinds": ["ChatAppInbound"]},
    ):
        owner.call("PATCH", path, changes)
    assert owner.ask("DELETE", path).status_code == 204


def test_the_link_to_a_file_leads_to_it(stack: Stack, shop: Shop, simulators: Simulators, server: Receiver) -> None:
    _endpoint(shop, server, "/inbound", kinds=["ChatAppInbound"])
    simulators.says(shop.number, simulators.person(1), type="image", caption="Look")
    [event] = eventually(lambda: server.events("/inbound"), 30)
    told = json.loads(event["Message"])
    assert (event["Type"], told["caption"]) == ("IMAGE", "Look")
    base, _, token = told["url"].rpartition("/")
    assert base.startswith("https://")
    here = f"{stack.function_urls['OpenFileFunction']}/{token}"  # where the engine has it
    answer = httpx.get(here, follow_redirects=True, trust_env=False, timeout=30)
    assert (answer.status_code, answer.headers["content-type"]) == (200, told["mimeType"])
    assert answer.content
    assert httpx.get(here + "x", trust_env=False, timeout=30).status_code == 404
