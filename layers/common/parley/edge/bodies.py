"""What a body must be before anything looks into it: JSON of bounded size and depth, every field of it once."""

import base64
import json
import math
from typing import Any

from parley.errors import Malformed, Problem

LIMIT = 256 * 1024
DEPTH = 20
"""DynamoDB keeps 32 levels; what we put around a body takes some of them."""

DIGITS = 38
"""DynamoDB keeps no longer numbers."""

Event = dict[str, Any]


def check(event: Event) -> None:
    """Raises Malformed for a body that no route could take. A missing body is the route's own business."""
    if event["requestContext"]["http"]["method"] not in ("POST", "PATCH", "PUT") or not event.get("body"):
        return
    kind = str(event.get("headers", {}).get("content-type", ""))
    if kind.partition(";")[0].strip().lower() != "application/json":
        raise Malformed("content_type", "Send the body as application/json.")
    event["headers"]["content-type"] = "application/json"  # powertools knows it only in lower case
    body = _read(_raw(event))
    if not isinstance(body, dict):
        raise Malformed("invalid_json", "The body is not a JSON object.")
    if _is_deeper(body, DEPTH):
        raise Malformed("too_deep", f"A body nests at most {DEPTH} levels.")


def _raw(event: Event) -> bytes:
    body = event["body"]
    raw = base64.b64decode(body) if event.get("isBase64Encoded") else body.encode("utf-8", "surrogatepass")
    if len(raw) > LIMIT:
        raise Malformed("body_too_large", f"A body holds at most {LIMIT} bytes.")
    return raw


def _read(raw: bytes) -> Any:
    try:
        text = raw.decode()
        body = json.loads(
            text, object_pairs_hook=_fields, parse_int=_integer, parse_float=_number, parse_constant=_number
        )
        json.dumps(body, ensure_ascii=False).encode()  # half of a surrogate pair is no text
    except (ValueError, RecursionError):  # RecursionError: nested beyond all measure
        raise Malformed("invalid_json", "The body is not valid JSON.") from None
    return body


def _fields(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Two fields of one name: readers disagree on which one counts, so neither does. No name: it cannot be kept."""
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        name = next(name for name in names if names.count(name) > 1)[:64]
        reason = "This field stands twice in one object."
        raise Malformed("repeated_field", reason, [Problem(name, "repeated_field", reason)])
    if "" in found:
        raise Malformed("invalid_json", "A field of the body has no name.")
    return found


def _integer(text: str) -> int:
    if len(text) > DIGITS:
        raise ValueError(text[:DIGITS])
    return int(text)


def _number(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(text[:DIGITS])
    return number


def _is_deeper(value: Any, levels: int) -> bool:
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else None
    return inner is not None and (levels == 0 or any(_is_deeper(each, levels - 1) for each in inner))
