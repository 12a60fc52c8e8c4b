"""Runs before every route — from an Authorization header to an organization and its scopes; cached 60 seconds."""

from typing import Any

from parley.cloud.metrics import count
from parley.edge.logging import observed
from parley.operations import api_keys


def authorize_request(event: dict[str, Any], context: Any) -> dict[str, Any]:
    key = api_keys.authorize((event.get("identitySource") or [None])[0])
    if key is None:
        count("KeyRefused")
        return {"isAuthorized": False}
    return {
        "isAuthorized": True,
        "context": {"organization": key.organization_id, "key": key.id, "scopes": ",".join(key.scopes)},
    }


handler = observed(authorize_request)
