"""Exports: a broadcast whose rows were checked, rows that stand somewhere, and sheets as another program reads them."""

import csv
from io import BytesIO, StringIO
from tempfile import NamedTemporaryFile
from typing import Any

from openpyxl import load_workbook
from parley.cloud import clock
from parley.cloud.clients import client
from parley.model import ids
from parley.model.broadcast import BroadcastStatus, SourceKind
from parley.model.broadcast_view import CheckReport
from parley.model.export import KEPT, Export
from parley.model.lane import Category, Lane
from parley.model.message import State
from parley.model.run import Account, Run, Wave
from parley.model.status import Status, rank
from parley.model.times import rfc3339
from parley.operations import bad_lines, row_files, rows
from parley.settings import settings
from parley.store import broadcasts, exports, messages

from tests.support.builders import ORGANIZATION, PHONE_ID, TEMPLATE, WHATSAPP
from tests.support.events import Json, sample

BROADCAST = sample("get_broadcast")["pathParameters"]["broadcast_id"]
EXPORT = sample("get_export")["pathParameters"]["export_id"]
BadLine = tuple[int, str, list[str], str, str]


def broadcast(people: list[Any], bad: list[BadLine] | None = None, **changes: Any) -> Run:
    """One that was checked and runs. `people`: (line, number, *values) of each good row."""
    folder = row_files.folder(ORGANIZATION, BROADCAST, "attempt")
    _put_rows(folder, people)
    _put_bad(folder, bad or [])
    now, count = clock.now(), len(people)
    report = CheckReport(rows=count + len(bad or []), good=count, bad=len(bad or []))
    waves = [Wave(due=now, first=0, count=count)]
    accounts = [Account(channel=WHATSAPP, sender=PHONE_ID, template=TEMPLATE)]
    fields: Json = {"accounts": accounts, "name": "Spring offers", "template_name": "order_ready"}
    fields |= {"language": "en", "category": Category.MARKETING, "ttl": 3600}
    fields |= {"lane": Lane.MARKETING, "source": SourceKind.UPLOAD, "fingerprint": "0" * 32, "variables": ["name"]}
    fields |= {"status": BroadcastStatus.RUNNING, "folder": folder, "report": report, "rows": count, "waves": waves}
    made = Run(id=BROADCAST, organization=ORGANIZATION, created_at=now, updated_at=now, **{**fields, **changes})
    assert broadcasts.insert(made) is None
    return made


def _put_rows(folder: str, people: list[Any]) -> None:
    writer = row_files.Writer(folder)
    for line, number, *values in people:
        writer.add(line, f"phone:{number}", values)
    writer.close()


def _put_bad(folder: str, bad: list[BadLine]) -> None:
    with NamedTemporaryFile() as file:
        writer = bad_lines.Writer(file.name)
        for each in bad:
            writer.add(*each)
        writer.close()
        writer.put(folder)


def stands(run: Run, number: int, status: Status, **changes: Any) -> State:
    """A row that got so far; `times` as the platform told."""
    fresh = rows.fresh(run, number, row_files.row(run.folder, number), clock.now())
    state = fresh.model_copy(update={"status": status, "rank": rank(status), **changes})
    assert messages.insert(state) is None
    return state


def export(**changes: Any) -> Export:
    """Of the broadcast's rows; it waits for its job."""
    now = clock.now()
    fields: Json = {"kind": "broadcast_rows", "broadcast_id": BROADCAST, "format": "xlsx", "filename": "Rows.xlsx"}
    fields |= {"organization_id": ORGANIZATION, "created_at": rfc3339(now), "expires_at": rfc3339(now + KEPT)}
    made = Export.model_validate({"id": EXPORT, **fields, **changes})
    assert exports.insert(made, now + KEPT) is None
    return made


def message(number: int) -> str:
    return ids.row_of(BROADCAST, number)


def file(key: str) -> bytes:
    body = client("s3").get_object(Bucket=settings().files_bucket, Key=key)["Body"].read()
    assert isinstance(body, bytes)
    return body


def sheets(content: bytes) -> list[list[list[Any]]]:
    """The cells of every sheet, the header first."""
    book = load_workbook(BytesIO(content), read_only=True)
    return [[list(row) for row in sheet.iter_rows(values_only=True)] for sheet in book.worksheets]


def table(content: bytes, format: str = "xlsx") -> list[Json]:
    """The rows of a file by the names of its columns; cells that are empty are left out."""
    header, *lines = sheets(content)[0] if format == "xlsx" else csv.reader(StringIO(content.decode("utf-8-sig")))
    assert len(set(header)) == len(header)
    assert all(len(line) == len(header) for line in lines)
    return [{name: cell for name, cell in zip(header, line, strict=True) if cell not in (None, "")} for line in lines]
