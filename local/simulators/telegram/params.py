"""The parameters of one call: whatever the body was, Telegram sees texts (JSON for what is nested) and files."""

import json
from email import message_from_bytes
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from local.simulators.telegram.errors import bad
from local.simulators.wire.request import Request, Upload


class Params:
    def __init__(self, texts: dict[str, str], files: dict[str, Upload] | None = None) -> None:
        self.texts, self.files = texts, files or {}

    def text(self, name: str, default: str = "") -> str:
        return self.texts.get(name, default)

    def required(self, name: str) -> str:
        if not self.text(name):
            raise bad(f'parameter "{name}" is required')
        return self.text(name)

    def integer(self, name: str, default: int = 0) -> int:
        return whole(self.texts[name]) if name in self.texts else default

    def decimal(self, name: str) -> float:
        try:
            return float(self.required(name))
        except ValueError:
            raise bad(f'parameter "{name}" must be a number') from None

    def flag(self, name: str, default: bool = False) -> bool:
        return self.texts[name].lower() in ("true", "yes", "1") if name in self.texts else default

    def nested(self, name: str, problem: str | None = None) -> Any:
        """An object or list; None when it was not given."""
        if not self.text(name):
            return None
        try:
            return json.loads(self.text(name))
        except ValueError:
            raise bad(problem or f"can't parse {name} JSON object") from None


def whole(text: object) -> int:
    """As the server reads integers: what is none counts as 0."""
    try:
        return int(str(text).strip())
    except ValueError:
        return 0


def parse(request: Request) -> Params:
    query = dict(parse_qsl(urlsplit(request.target).query, keep_blank_values=True))
    kind = request.headers.get_content_type() if request.headers.get("Content-Type") else ""
    if kind == "multipart/form-data":
        texts, files = _multipart(request)
        return Params(query | texts, files)
    if kind == "application/x-www-form-urlencoded":
        return Params(query | dict(parse_qsl(request.body.decode("utf-8", "replace"), keep_blank_values=True)))
    return Params(query | (_json(request.body) if kind == "application/json" and request.body else {}))


def of_object(values: dict[str, Any]) -> Params:
    return Params({name: value if isinstance(value, str) else json.dumps(value) for name, value in values.items()})


def _json(body: bytes) -> dict[str, str]:
    try:
        values = json.loads(body)
    except ValueError:
        raise bad("can't parse parameters: invalid JSON") from None
    if not isinstance(values, dict):
        raise bad("can't parse parameters: a JSON object is expected")
    return of_object(values).texts


def _multipart(request: Request) -> tuple[dict[str, str], dict[str, Upload]]:
    boundary = str(request.headers.get_param("boundary", "")).encode()
    if not boundary:
        raise bad("can't parse parameters: there is no boundary")
    texts: dict[str, str] = {}
    files: dict[str, Upload] = {}
    for chunk in (b"\r\n" + request.body).split(b"\r\n--" + boundary)[1:]:
        if chunk.startswith(b"--"):
            break
        _part(chunk, texts, files)
    return texts, files


def _part(chunk: bytes, texts: dict[str, str], files: dict[str, Upload]) -> None:
    """Split by hand: the parser of e-mails takes seconds for a film."""
    head, _, content = chunk.partition(b"\r\n\r\n")
    headers = message_from_bytes(head.lstrip() + b"\r\n\r\n")
    name = str(headers.get_param("name", "", header="Content-Disposition"))
    filename = headers.get_filename()
    if filename is None:
        texts[name] = content.decode("utf-8", "replace")
    else:
        files[name] = Upload(filename, headers.get_content_type(), content)
