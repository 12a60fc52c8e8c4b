"""What a simulator answers, including the ways in which a provider does not answer."""

import json
from dataclasses import dataclass, field, replace
from enum import Enum
from typing import Any


class Fault(Enum):
    NONE = "none"
    CUT = "cut"  # the connection closes without a byte
    RESET = "reset"  # the connection is reset (RST)
    TRUNCATE = "truncate"  # half of the body, then the connection closes


@dataclass(frozen=True)
class Reply:
    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    fault: Fault = Fault.NONE
    delay: float = 0.0

    def delayed(self, seconds: float) -> "Reply":
        return replace(self, delay=seconds)

    def broken(self, fault: Fault) -> "Reply":
        return replace(self, fault=fault)

    def with_headers(self, **headers: str) -> "Reply":
        extra = {name.replace("_", "-"): value for name, value in headers.items()}
        return replace(self, headers={**self.headers, **extra})


def escaped_json(value: Any) -> bytes:
    """JSON as Meta writes it: ASCII only, slashes escaped. Its signatures are over exactly these bytes."""
    return json.dumps(value, separators=(",", ":"), ensure_ascii=True).replace("/", "\\/").encode()


def graph_json(value: Any, status: int = 200) -> Reply:
    return Reply(status, escaped_json(value), {"Content-Type": "application/json; charset=UTF-8"})


def plain_json(value: Any, status: int = 200, content_type: str = "application/json") -> Reply:
    return Reply(status, json.dumps(value).encode(), {"Content-Type": content_type})


def bad_gateway() -> Reply:
    page = b"<!DOCTYPE html><html><head><title>502 Bad Gateway</title></head><body><h1>Sorry</h1></body></html>"
    return Reply(502, page, {"Content-Type": "text/html; charset=utf-8"})
