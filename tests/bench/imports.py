"""The check of an uploaded sheet, whole, beside what any program has to do: read the cells, parse the numbers.

`python -m tests.bench.imports NAME COUNT PATH` prints CPU seconds and the peak of memory in MB, both with the process
that reads the sheet. AWS is answered in the process: S3 throws away what it gets, and hands out the sheet."""

import os
import resource
import subprocess
import sys
from collections.abc import Callable
from tempfile import TemporaryDirectory
from types import SimpleNamespace
from typing import Any, NamedTuple

ORGANIZATION, CHANNEL, BROADCAST = "bench-organization", "bench-channel", "bench-broadcast"
COLUMNS = ["to", "name", "order", "day"]
FEW = 10
STAMP = "2026-03-01T09:30:00.000Z"
ENVIRONMENT = {
    "AWS_ACCESS_KEY_ID": "test",
    "AWS_SECRET_ACCESS_KEY": "test",
    "AWS_DEFAULT_REGION": "us-east-1",
    "FILES_BUCKET": "bench",
}


class Measured(NamedTuple):
    seconds: float
    megabytes: float


def sheet(path: str, count: int) -> None:
    """Numbers as text in one row, as numbers in the next, as people mix them; four columns."""
    from xlsxwriter import Workbook

    book = Workbook(path, {"constant_memory": True})
    page = book.add_worksheet()
    page.write_row(0, 0, COLUMNS)
    for row in range(1, count + 1):
        number = 34_600_000_000 + row
        page.write(row, 0, f"+{number}" if row % 2 else number)
        page.write_row(row, 1, [f"Name {row % 5000}", f"A-{row}", "Monday"])
    book.close()


def measure(name: str, count: int, path: str) -> Measured:
    """A piece of work in a process of its own."""
    environment = {**os.environ, **ENVIRONMENT, "PYTHONPATH": os.pathsep.join([".", "layers/common"])}
    command = [sys.executable, "-m", "tests.bench.imports", name, str(count), path]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    seconds, megabytes = map(float, done.stdout.split())
    return Measured(seconds, megabytes)


def floor(_: int, path: str) -> None:
    """Bare python-calamine and phonenumbers."""
    import phonenumbers
    from python_calamine import CalamineWorkbook

    for cells in CalamineWorkbook.from_path(path).get_sheet_by_index(0).iter_rows():
        text = cells[0] if isinstance(cells[0], str) else f"+{cells[0]:.0f}"
        if text != "to":
            number = phonenumbers.parse(text)
            phonenumbers.is_possible_number(number)
            phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def job(count: int, path: str) -> None:
    """The job, from the broadcast that waits for it to what is recorded of it."""
    from parley.operations import checking

    recorded: list[Any] = []
    _replace(path, recorded)
    checking.run(ORGANIZATION, BROADCAST)
    [(_, _, report, waves)] = recorded
    assert (report.rows, report.good, report.bad) == (count, count, 0), report
    assert sum(wave.count for wave in waves) == count


def _replace(path: str, recorded: list[Any]) -> None:
    """Everything around the job that is not on this machine."""
    from parley.cloud import clients
    from parley.model.channel import Channel
    from parley.model.run import Run
    from parley.model.template import Template
    from parley.operations import checking, legs, rows_of_upload, starting
    from parley.store import people

    stamps = {"organization_id": ORGANIZATION, "created_at": STAMP, "updated_at": STAMP}
    channel = Channel.model_validate({"id": CHANNEL, "name": "Shop", "type": "WHATSAPP_CLOUD", **stamps})
    body = {"type": "BODY", "text": "Dear $(name), order $(order) comes on $(day) at last."}
    said = {"name": "offer", "language": "en", "category": "MARKETING", "parameter_format": "NAMED"}
    template = Template.model_validate(
        {"id": "t", "channel_id": CHANNEL, **said, **stamps, "components": [body], "status": "approved"}
    )
    account = {"channel": CHANNEL, "sender": "1", "template": "t"}
    words = {"template_name": "offer", "language": "en", "category": "MARKETING", "lane": "marketing"}
    given = {"source": "upload", "upload": "u", "filename": "people.xlsx", "ttl": 60, "fingerprint": "f"}
    run = Run.model_validate(
        {"id": BROADCAST, "organization": ORGANIZATION, "name": "Bench", "accounts": [account], **words, **given}
        | {"variables": template.variables, "created_at": 0, "updated_at": 0}
    )
    events = clients.client("s3").meta.events
    events.unregister("before-send.s3", unique_id="bench")
    events.register("before-send.s3", lambda request, **_: _answer(request, path), unique_id="bench")
    kept = iter([run])
    checking.broadcasts = SimpleNamespace(get=lambda *_: next(kept, None))
    checking.templates = SimpleNamespace(get=lambda *_: template)
    people.all_suppressed = lambda *_: set()
    legs.channel_of = lambda *_: channel
    rows_of_upload.store = SimpleNamespace(get=lambda *_: run)
    starting.checked = lambda *told: recorded.append(told)


def _answer(request: Any, path: str) -> Any:
    """What S3 would say: the sheet to who reads it, thanks to who writes."""
    from botocore.awsrequest import AWSResponse

    request.body = b""
    size = os.path.getsize(path)
    headers = {"content-length": str(size), "etag": '"x"'} if request.method in ("HEAD", "GET") else {}
    raw: Any = _Sheet(path) if request.method == "GET" else _Nothing()
    return AWSResponse(request.url, 200, headers, raw)


class _Nothing:
    """The body of an answer."""

    def stream(self, **_: Any) -> Any:
        yield b'<?xml version="1.0"?><CopyObjectResult><ETag>"x"</ETag></CopyObjectResult>'


class _Sheet:
    def __init__(self, path: str) -> None:
        self._file = open(path, "rb")  # noqa: SIM115 - closed with the body
        self.read, self.close = self._file.read, self._file.close


def used() -> Measured:
    """CPU of this process and of all that it started and that ended; memory of it and of the largest of those."""
    own, others = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    seconds = own.ru_utime + own.ru_stime + others.ru_utime + others.ru_stime
    return Measured(seconds, (own.ru_maxrss + others.ru_maxrss) / 1024)


def main(name: str, count: int, path: str) -> None:
    """After a first run over a few rows, so that imports do not count."""
    work: Callable[[int, str], None] = {"floor": floor, "job": job}[name]
    with TemporaryDirectory() as folder:
        sheet(f"{folder}/few.xlsx", FEW)
        work(FEW, f"{folder}/few.xlsx")
    before = used()
    work(count, path)
    after = used()
    print(after.seconds - before.seconds, after.megabytes)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), sys.argv[3])
