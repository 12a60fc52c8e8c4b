"""Cursor paging: the end is an absent `next`."""

import base64
from typing import Any
from urllib.parse import urlencode

from local.simulators.whatsapp.errors import GraphError
from local.simulators.whatsapp.world import Call, World
from local.simulators.wire.reply import Reply, graph_json

DEFAULT_LIMIT = 25


def page(world: World, call: Call, items: list[dict[str, Any]]) -> Reply:
    start = _offset(call.params.get("after"))
    limit = _limit(call.params.get("limit"))
    chosen = items[start : start + limit]
    if not chosen:
        return graph_json({"data": []})
    paging: dict[str, Any] = {"cursors": {"before": _cursor(start), "after": _cursor(start + len(chosen))}}
    if start + limit < len(items):
        kept = {name: value for name, value in call.request.query.items() if name != "access_token"}
        query = urlencode({**kept, "limit": limit, "after": _cursor(start + limit)})
        paging["next"] = f"{world.base_url}/{call.version}{call.path}?{query}"
    return graph_json({"data": chosen, "paging": paging})


def _limit(value: Any) -> int:
    if value is None:
        return DEFAULT_LIMIT
    if not str(value).isdigit() or int(value) < 1:
        raise GraphError(100, "Param limit must be a positive number")
    return min(int(value), 1000)


def _cursor(offset: int) -> str:
    return base64.urlsafe_b64encode(f"cursor:{offset}".encode()).decode().rstrip("=")


def _offset(cursor: Any) -> int:
    if cursor is None:
        return 0
    try:
        return int(base64.urlsafe_b64decode(str(cursor) + "==").decode().removeprefix("cursor:"))
    except ValueError:
        raise GraphError(100, "Invalid cursors values") from None
