"""From a broadcast of a sheet that was accepted to its first message at the platform.

`python -m tests.bench.first PATH PROVIDER` has the real operations do it, one after the other, in real time: create,
the checking job, the first step of the feed, the deliver handler for the first row that the feed hands out. AWS is
answered in the process: the table by moto, S3 by a hook that hands out the sheet and keeps what is read again, queues
at once, so the moments that AWS needs to carry a message (tens of milliseconds each, three of them) are not in it. The
provider is a sink on loopback. Prints when it was accepted and when it was checked, in seconds since the epoch."""

import importlib
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.request import urlopen

from tests.bench import bulk_work, imports, loopback
from tests.bench.work import CHANNEL, ORGANIZATION, Context

ROWS = 1_000_000
UPLOAD, FILENAME = "4e7d1b90-2a6c-4c58-9f31-7b8a6d5c4e32", "people.xlsx"
SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PATIENCE = 900
FIRST_ROWS = "rows-00000.jsonl"


class Chain:
    """What queues would carry goes on at once; `noted` are the moments."""

    def __init__(self) -> None:
        self.noted: dict[str, float] = {}

    def send(self, url: str, body: dict[str, Any], delay: int = 0, group: str | None = None) -> None:
        if body.get("kind") == "check":
            self.note("accepted")
            self._invoke("system.run_jobs", body)
        elif "kind" not in body and delay == 0:
            self.note("checked")
            self._invoke("broadcasts.feed_broadcasts", body)

    def send_many(self, url: str, entries: list[tuple[dict[str, Any], int, str]]) -> None:
        self._invoke("messages.deliver_messages", *[body for body, delay, _ in entries[:10] if delay == 0])

    def note(self, what: str) -> None:
        self.noted.setdefault(what, time.time())

    def _invoke(self, name: str, *bodies: dict[str, Any]) -> None:
        records = [{"messageId": str(n), "body": json.dumps(body)} for n, body in enumerate(bodies)]
        answer = importlib.import_module(f"functions.{name}").handler({"Records": records}, Context())
        if answer["batchItemFailures"]:
            raise RuntimeError(f"{name} failed")


def run(path: str, provider: str) -> None:
    """The life of the broadcast up to its first message."""
    from parley.cloud import clients, credentials, queues
    from parley.model.broadcast import NewBroadcast
    from parley.model.upload import Upload
    from parley.operations import broadcasts
    from parley.store import uploads

    from tests.support.cloud import account

    chain = Chain()
    with account(GRAPH_URL=provider):
        clients.client("s3").meta.events.register_first("before-send.s3", Bucket(path).answer)
        queues.send, queues.send_many = chain.send, chain.send_many  # type: ignore[assignment]
        credentials.unseal = lambda *_: {"access_token": "EAA-bench"}
        bulk_work.prepare(1, 80.0)
        given = {
            "id": UPLOAD,
            "filename": FILENAME,
            "content_type": SHEET,
            "created_at": bulk_work.AT,
        }
        uploads.insert(ORGANIZATION, Upload.model_validate(given))
        new = {"name": "Bench", "channel_id": CHANNEL, "template": "offer", "language": "en", "upload": UPLOAD}
        broadcasts.create(ORGANIZATION, NewBroadcast.model_validate(new), None, frozenset())
    print(chain.noted["accepted"], chain.noted["checked"])


class Bucket:
    """S3 with one sheet; of what is put only the first rows are kept."""

    def __init__(self, path: str) -> None:
        self.path, self.rows = path, b""

    def answer(self, request: Any, **_: Any) -> Any:
        from botocore.awsrequest import AWSResponse

        is_rows = request.url.endswith(FIRST_ROWS)
        if request.method == "PUT" and is_rows:
            self.rows = _bytes(request.body)
        size = len(self.rows) if is_rows else os.path.getsize(self.path)
        headers = {"content-length": str(size), "etag": '"x"'} if request.method in ("HEAD", "GET") else {}
        found = Path(request.url).name == FIRST_ROWS
        raw: Any = imports._Nothing()
        if request.method == "GET":
            raw = _Bytes(self.rows) if found else imports._Sheet(self.path)
        return AWSResponse(request.url, 200, headers, raw)


def _bytes(body: Any) -> bytes:
    """boto3 wraps what it reads into chunks with a checksum."""
    file = getattr(body, "_raw", body)
    file.seek(0)
    raw: bytes = file.read()
    return raw


class _Bytes:
    def __init__(self, raw: bytes) -> None:
        import io

        file = io.BytesIO(raw)
        self.read, self.close = file.read, file.close


def measure(rows: int = ROWS) -> Iterator[tuple[str, str, str, str, str]]:
    """The rows of the table; one run, since it takes as long as a check."""
    with TemporaryDirectory(prefix="bench-") as folder, ExitStack() as stack:
        path = f"{folder}/{FILENAME}"
        imports.sheet(path, rows)
        sink = stack.enter_context(loopback.server("tests.bench.sink"))
        command = [sys.executable, "-m", "tests.bench.first", path, sink]
        environment = loopback.environment("http://127.0.0.1:1", sink)
        del environment["AWS_ENDPOINT_URL"]
        done = subprocess.run(command, env=environment, check=True, capture_output=True, text=True, timeout=PATIENCE)
        with urlopen(f"{sink}/seen", timeout=10) as answer:
            first = json.load(answer)["first"]
    accepted, checked = map(float, done.stdout.split())
    what = "first message out, one run"
    yield f"accepted → {what}", f"{first - accepted:.1f} s", f"{rows:,} rows", "", "mostly the check"
    yield f"checked → {what}", f"{first - checked:.2f} s", f"{rows:,} rows", "", ""


if __name__ == "__main__":
    run(sys.argv[1], sys.argv[2])
