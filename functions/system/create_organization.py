"""Needs IAM rights, has no route — an organization and its first key: {"name", "kind"?, "channel_limit"?}."""

from typing import Any

from parley.edge.logging import observed
from parley.model.organization import NewApiKey, NewOrganization
from parley.operations import api_keys, organizations


def create_organization(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Invoked again with the same name it makes another organization; the answer holds the key's secret, once."""
    organization = organizations.create(NewOrganization.model_validate(event), None, None)
    key = api_keys.create(organization.id, NewApiKey(name="first key", scopes=api_keys.ALL_SCOPES), None)
    return {"organization": organization.model_dump(mode="json"), "api_key": key.model_dump(mode="json")}


handler = observed(create_organization)
