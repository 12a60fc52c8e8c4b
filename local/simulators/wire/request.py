"""One HTTP request, with its parameters from query, JSON, form or multipart in one dictionary."""

import json
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import Message
from functools import cached_property
from typing import Any
from urllib.parse import parse_qsl, urlsplit


@dataclass(frozen=True)
class Upload:
    """A file part of a multipart body."""

    filename: str
    content_type: str
    content: bytes


class MalformedBody(ValueError):
    """The body is not what its content type says."""


@dataclass
class Request:
    method: str
    target: str
    headers: Message = field(repr=False)
    body: bytes = field(repr=False)

    @cached_property
    def path(self) -> str:
        return urlsplit(self.target).path

    @cached_property
    def query(self) -> dict[str, str]:
        return dict(parse_qsl(urlsplit(self.target).query, keep_blank_values=True))

    @cached_property
    def params(self) -> dict[str, Any]:
        return {**self.query, **self.body_params}

    @cached_property
    def body_params(self) -> dict[str, Any]:
        kind = self.headers.get_content_type() if self.headers.get("Content-Type") else ""
        if kind == "application/x-www-form-urlencoded":
            return {k: _nested(v) for k, v in parse_qsl(self.body.decode(), keep_blank_values=True)}
        if kind == "multipart/form-data":
            return _multipart(self.headers["Content-Type"], self.body)
        return _object(self.body) if self.body and "json" in kind else {}

    def bearer(self) -> str | None:
        scheme, _, token = self.headers.get("Authorization", "").partition(" ")
        return token.strip() if scheme in ("Bearer", "OAuth") and token.strip() else None


def _object(body: bytes) -> dict[str, Any]:
    try:
        value = json.loads(body)
    except ValueError as error:
        raise MalformedBody(str(error)) from error
    if not isinstance(value, dict):
        raise MalformedBody("the body is not a JSON object")
    return value


def _nested(text: str) -> Any:
    """Form encoding carries nested objects as JSON strings."""
    if text[:1] not in "{[":
        return text
    try:
        return json.loads(text)
    except ValueError:
        return text


def _multipart(content_type: str, body: bytes) -> dict[str, Any]:
    message = message_from_bytes(b"Content-Type: " + content_type.encode() + b"\r\n\r\n" + body)
    return {_part_name(part): _part_value(part) for part in message.walk() if not part.is_multipart()}


def _part_name(part: Message) -> str:
    return str(part.get_param("name", "", header="Content-Disposition"))


def _part_value(part: Message) -> Any:
    content: bytes = part.get_payload(decode=True)  # type: ignore[assignment]
    filename = part.get_filename()
    return content.decode() if filename is None else Upload(filename, part.get_content_type(), content)
