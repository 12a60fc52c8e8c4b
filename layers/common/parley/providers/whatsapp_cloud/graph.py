"""Requests to the Graph API: the address, the token and Meta's proof that we know the app's secret."""

import hashlib
import hmac
from typing import Any

import httpx

from parley.providers.http import call, client
from parley.settings import settings


def request(
    method: str, path: str, token: str, *, version: str = "", app_secret: str = "", body: Any = None, **params: Any
) -> httpx.Request:
    query = {**params, **({"appsecret_proof": _proof(token, app_secret)} if app_secret else {})}
    url = f"{settings().graph_url}/{version or settings().graph_version}/{path}"
    return client().build_request(
        method, url, headers={"Authorization": f"Bearer {token}"}, params=query or None, json=body
    )


def ask(method: str, path: str, token: str, **options: Any) -> httpx.Response:
    return call(request(method, path, token, **options))


def _proof(token: str, app_secret: str) -> str:
    return hmac.new(app_secret.encode(), token.encode(), hashlib.sha256).hexdigest()
