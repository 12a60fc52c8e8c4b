"""Queues as SQS has them, as far as the lanes need them: delays, long polls, batches; what was received is gone."""

import asyncio
import heapq
import json
import time
from collections import defaultdict, deque
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from tests.bench.wire import Said

Json = dict[str, Any]
LONGEST_POLL = 0.5
_order = count()


@dataclass
class Queue:
    ready: deque[str] = field(default_factory=deque)
    delayed: list[tuple[float, int, str]] = field(default_factory=list)
    pollers: deque[tuple[asyncio.Future[bytes], int]] = field(default_factory=deque)

    def put(self, body: str, delay: float) -> None:
        if delay:
            heapq.heappush(self.delayed, (time.time() + delay, next(_order), body))
            asyncio.get_running_loop().call_later(delay, self.deliver)
        else:
            self.ready.append(body)
            self.deliver()

    def deliver(self) -> None:
        while self.delayed and self.delayed[0][0] <= time.time() + 0.001:
            self.ready.append(heapq.heappop(self.delayed)[2])
        while self.ready and self.pollers:
            poller, most = self.pollers.popleft()
            if not poller.done():
                poller.set_result(self.batch(most))

    def batch(self, most: int) -> bytes:
        taken = [self.ready.popleft() for _ in range(min(most, len(self.ready)))]
        found = [{"MessageId": f"m{next(_order)}", "ReceiptHandle": "r", "Body": body} for body in taken]
        return json.dumps({"Messages": found} if found else {}).encode()


QUEUES: dict[str, Queue] = defaultdict(Queue)


def sizes() -> dict[str, int]:
    return {url.rpartition("/")[2]: len(queue.ready) + len(queue.delayed) for url, queue in QUEUES.items()}


def _send(request: Json) -> Json:
    QUEUES[request["QueueUrl"]].put(request["MessageBody"], request.get("DelaySeconds", 0))
    return {"MessageId": "1", "MD5OfMessageBody": ""}


def _send_batch(request: Json) -> Json:
    for entry in request["Entries"]:
        _send({"QueueUrl": request["QueueUrl"], **entry})
    sent = [{"Id": each["Id"], "MessageId": "1", "MD5OfMessageBody": ""} for each in request["Entries"]]
    return {"Successful": sent}


def _receive(request: Json) -> Said:
    queue, most = QUEUES[request["QueueUrl"]], request.get("MaxNumberOfMessages", 1)
    if queue.ready:
        return queue.batch(most)
    loop = asyncio.get_running_loop()
    poller: asyncio.Future[bytes] = loop.create_future()
    queue.pollers.append((poller, most))
    loop.call_later(LONGEST_POLL, lambda: poller.done() or poller.set_result(b"{}"))
    return poller


def _fill(request: Json) -> Json:
    """`count` bodies at once, their numbers put in for `%d`."""
    QUEUES[request["QueueUrl"]].ready.extend(
        request["body"].replace("%d", str(number))
        for number in range(request["first"], request["first"] + request["count"])
    )
    return {}


ANSWERS: dict[str, Any] = {
    "SendMessage": _send,
    "SendMessageBatch": _send_batch,
    "ReceiveMessage": _receive,
    "DeleteMessageBatch": lambda _: {"Successful": []},
    "Fill": _fill,
}
