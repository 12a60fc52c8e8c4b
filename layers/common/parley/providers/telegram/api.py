"""One call to the Bot API. The bot's token is a part of the URL, so no URL leaves this file: not into an error, not
into a log."""

import json
import os
from collections.abc import Mapping
from typing import Any, BinaryIO

import httpx

from parley.providers import http
from parley.providers.telegram.errors import classify

Body = dict[str, Any]
Files = Mapping[str, tuple[str, BinaryIO]]


def base() -> str:
    return os.environ.get("TELEGRAM_API_URL") or "https://api.telegram.org"


def ask(method: str, token: str, body: Body, files: Files | None = None) -> Any:
    """The `result` of a call. Raises the ProviderError that its answer stands for."""
    url = f"{base()}/bot{token}/{method}"
    request = _with_files(url, body, files) if files else http.client().build_request("POST", url, json=body)
    response = http.call(request)
    answer = http.parsed(response)
    if response.status_code != 200 or answer.get("ok") is not True or "result" not in answer:
        raise classify(response.status_code, answer)
    return answer["result"]


def _with_files(url: str, body: Body, files: Files) -> httpx.Request:
    """Multipart, where every object is JSON text."""
    fields = {name: value if isinstance(value, str) else json.dumps(value) for name, value in body.items()}
    return http.client().build_request("POST", url, data=fields, files=dict(files))


def download(path: str, token: str, into: BinaryIO, most: int) -> str:
    """Copies a file that getFile named, and answers its content type."""
    return http.download(http.client().build_request("GET", f"{base()}/file/bot{token}/{path}"), into, most)
