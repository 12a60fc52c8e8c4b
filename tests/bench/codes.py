"""How long a one-time code waits behind 100,000 rows of marketing on the lane beside it, all from the same sender.

A stub has the queues of the lanes, with long polls, batches of ten and delays, and the sender's rate; each lane has
workers of its own, as each has an event source of its own in template.yaml: processes that receive a batch, give it to
the real `deliver_messages` handler, and delete it. Bulk sends at the sender's full share meanwhile. The wait of a code
goes from its place on the queue to the call at the platform; most of it is for the sender's next free slot, since bulk
may have booked it a second ahead. `python -m tests.bench.codes LANE UNTIL WARM` is one such worker."""

import importlib
import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any
from urllib.request import Request, urlopen

from tests.bench import bulk_work, loopback
from tests.bench.work import CHANNEL, ORGANIZATION, Context

ROWS, CODES, EVERY = 100_000, 150, 0.12
SENDER = 80.0
WORKERS = {"marketing": 5, "otp": 5}
"""As many as pollers that Lambda begins with at each queue; a paced worker mostly sleeps until its slots."""

HOLD = 1.0
CODE_TEMPLATE = "7d1f4b7a-5d1f-4b7a-8a0e-6b1c8a523f22"
SETTLING = 3.0
"""Seconds that bulk runs before the first code."""

PATIENCE = 30.0
"""Seconds after the last code in which all must have come."""


def prepare(codes: int) -> None:
    """The broadcast of the other benches with a paced sender, and codes that were accepted."""
    from parley.model.content import Content, Kind
    from parley.model.message import State
    from parley.model.template import Template
    from parley.store import messages, templates

    bulk_work.prepare(ROWS, SENDER)
    stamps = {"organization_id": ORGANIZATION, "created_at": bulk_work.AT, "updated_at": bulk_work.AT}
    parts = [{"type": "BODY"}, {"type": "BUTTONS", "buttons": [{"type": "COPY_CODE"}]}]
    said = {"name": "code", "language": "en", "category": "AUTHENTICATION", "parameter_format": "POSITIONAL"}
    known = {"id": CODE_TEMPLATE, "channel_id": CHANNEL, "components": parts, "status": "approved"}
    template = Template.model_validate({**known, **said, **stamps})
    templates.insert(template, [])
    for number in range(codes):
        state = State.model_validate(_code(number))
        messages.insert(state)
        words = {"template": CODE_TEMPLATE, "language": "en", "variables": {"code": f"{number:06d}"}}
        messages.put_content(state, Content(type=Kind.TEMPLATE, **words), "+491")  # type: ignore[arg-type]


def _code(number: int) -> dict[str, Any]:
    now = time.time_ns() // 1_000_000
    kept = {"id": _id(number), "organization": ORGANIZATION, "channel": CHANNEL, "template": CODE_TEMPLATE}
    kind = {"status": "queued", "rank": 0, "kind": "template", "lane": "otp", "category": "AUTHENTICATION"}
    who = {"sender": "1", "to": f"phone:+34700{number:06d}", "fingerprint": "f"}
    return {**kept, **kind, **who, "created_at": now, "send_at": now, "expires_at": now + 600_000}


def _id(number: int) -> str:
    return f"00000000-0000-4000-9000-{number:012d}"


def work(lane: str, until: float, warm: int) -> None:
    """What Lambda's poller and one function do together. Its first message, code `warm`, does not count."""
    from parley.cloud.clients import client

    handler, sqs = importlib.import_module("functions.messages.deliver_messages").handler, client("sqs")
    url = os.environ[f"{lane.upper()}_QUEUE"]
    handler({"Records": [{"messageId": "warm", "body": json.dumps(_body(warm))}]}, Context())
    print("ready", flush=True)
    while time.time() < until:
        found = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10, WaitTimeSeconds=20).get("Messages", [])
        if not found:
            continue
        records = [{"messageId": each["MessageId"], "body": each["Body"]} for each in found]
        handler({"Records": records}, Context())
        entries = [{"Id": str(n), "ReceiptHandle": each["ReceiptHandle"]} for n, each in enumerate(found)]
        sqs.delete_message_batch(QueueUrl=url, Entries=entries)


def waits(codes: int = CODES, workers: dict[str, int] | None = None) -> tuple[list[float], float]:
    """Seconds of each code, and how many rows of marketing went out in a second meanwhile."""
    with ExitStack() as stack:
        aws, sink = (stack.enter_context(loopback.server(f"tests.bench.{each}")) for each in ("stub", "sink"))
        environment = loopback.environment(aws, sink)
        command = [sys.executable, "-m", "tests.bench.codes"]
        lanes = [lane for lane, count in (workers or WORKERS).items() for _ in range(count)]
        subprocess.run([*command, "prepare", str(codes + len(lanes))], env=environment, check=True, timeout=120)
        _ask(aws, "Fill", {"QueueUrl": environment["MARKETING_QUEUE"], "body": _row(), "first": 0, "count": ROWS})
        until = time.time() + SETTLING + codes * EVERY + 8 * PATIENCE
        team = [
            subprocess.Popen(
                [*command, lane, str(until), str(codes + index)], env=environment, stdout=subprocess.PIPE, text=True
            )
            for index, lane in enumerate(lanes)
        ]
        try:
            for worker in team:
                if not (worker.stdout and worker.stdout.readline()):
                    raise RuntimeError("a worker did not start")
            return _watched(aws, sink, environment["OTP_QUEUE"], codes)
        finally:
            for worker in team:
                worker.terminate()
                worker.wait(20)


def _watched(aws: str, sink: str, queue: str, codes: int) -> tuple[list[float], float]:
    time.sleep(SETTLING)
    with urlopen(f"{sink}/reset", timeout=10):
        began, put = time.time(), dict[str, float]()
    for number in range(codes):
        put[f"{ORGANIZATION}.{_id(number)}"] = time.time()
        _ask(aws, "SendMessage", {"QueueUrl": queue, "MessageBody": json.dumps(_body(number))})
        time.sleep(max(0.0, began + (number + 1) * EVERY - time.time()))
    came, ends = _times(sink), time.time() + PATIENCE
    while (missing := set(put) - set(came)) and time.time() < ends:
        time.sleep(0.2)
        came = _times(sink)
    if missing:
        raise RuntimeError(f"{len(missing)} codes did not go out")
    return [came[code] - at for code, at in put.items()], (len(came) - codes) / (max(came.values()) - began)


def _body(number: int) -> dict[str, str]:
    return {"organization": ORGANIZATION, "message": _id(number), "lane": "otp"}


def _times(sink: str) -> dict[str, float]:
    with urlopen(f"{sink}/times", timeout=10) as answer:
        found: dict[str, float] = json.load(answer)
        return found


def _row() -> str:
    line = ["%d", "phone:+34600%d", ["Ana", "A-%d", "Monday"]]
    named = {"organization": ORGANIZATION, "message": "m%d", "lane": "marketing"}
    body = {**named, "broadcast": bulk_work.BROADCAST, "row": "%d", "line": line}
    return json.dumps(body, separators=(",", ":")).replace('"%d"', "%d")


def _ask(aws: str, operation: str, body: dict[str, Any]) -> None:
    headers = {"x-amz-target": f"Bench.{operation}"}
    with urlopen(Request(aws, data=json.dumps(body).encode(), headers=headers), timeout=60) as answer:
        answer.read()


def measure(codes: int = CODES) -> Iterator[tuple[str, str, str, str, str]]:
    """The row of the table."""
    found, bulk = waits(codes)
    middle, late = statistics.median(found), sorted(found)[max(0, -(-99 * len(found) // 100) - 1)]
    mark = "[green]holds[/]" if late <= HOLD else "[red]too long[/]"
    rest = f"{mark} {len(found)} codes, {bulk:.0f} rows a second beside them, sender of {SENDER:.0f}/s"
    what = f"wait of a code behind {ROWS:,} rows, p99"
    yield what, f"{late:.3f} s", f"p50 {middle:.3f}, max {max(found):.3f}", f"≤ {HOLD} s", rest


if __name__ == "__main__":
    if sys.argv[1] == "prepare":
        prepare(int(sys.argv[2]))
    else:
        work(sys.argv[1], float(sys.argv[2]), int(sys.argv[3]))
