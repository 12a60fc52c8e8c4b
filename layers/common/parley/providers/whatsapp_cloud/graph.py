"""Requests to the Graph API: the address, the token and Meta's proof that we know the app's secret."""

import hashlib
import hmac
from typing import Any

import httpx

from parley.errors import Rejected
from parley.providers.http import call, client
from parley.settings import settings


def request(
    method: str, path: str, token: str, *, version: str = "", app_secret: str = "", body: Any = None, **params: Any
) -> httpx.Request:
    query = {**params, **({"appsecret_proof": _proof(token, app_secret)} if app_secret else {})}
    return client().build_request(
        method, address(path, version), headers={"Authorization": f"Bearer {token}"}, params=query or None, json=body
    )


def address(path: str, version: str) -> str:
    return f"{settings().graph_url}/{version or settings().graph_version}/{path}"


def file_request(link: str, token: str) -> httpx.Request:
    """For a file that Meta named. Raises Rejected for an address that the token must not be shown to."""
    if not _of_meta(link) and not link.startswith(f"{settings().graph_url}/"):
        raise Rejected("media_failed", "Meta named an address that is not its own.")
    return client().build_request("GET", link, headers={"Authorization": f"Bearer {token}"})


def _of_meta(link: str) -> bool:
    try:
        address = httpx.URL(link)
    except httpx.InvalidURL:
        return False
    return address.scheme == "https" and address.host.endswith((".fbsbx.com", ".facebook.com"))


def ask(method: str, path: str, token: str, **options: Any) -> httpx.Response:
    return call(request(method, path, token, **options))


def _proof(token: str, app_secret: str) -> str:
    return hmac.new(app_secret.encode(), token.encode(), hashlib.sha256).hexdigest()
