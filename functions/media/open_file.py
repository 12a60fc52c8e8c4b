"""A file that a person sent, at a function URL — leads to the file for whoever has the link from a receipt.

Only the link says whose file it is, and only we can read it; it ends seven days after the message came."""

from typing import Any

from parley.edge.webhook import answer, token_of_path
from parley.operations import file_links


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    link = file_links.follow(token_of_path(event), context.get_remaining_time_in_millis)
    if link.url:
        return {"statusCode": 302, "headers": {"location": link.url, "cache-control": "no-store"}, "body": ""}
    return answer(link.status, link.reason)
