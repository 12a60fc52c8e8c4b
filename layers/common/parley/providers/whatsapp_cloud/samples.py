"""Sample files for the review: Meta wants a handle from its resumable upload, not a media id."""

from typing import BinaryIO

from httpx import Response

from parley.errors import OutcomeUnknown
from parley.model.channel import Binding
from parley.providers.http import call, client, parsed
from parley.providers.provider import Secret
from parley.providers.whatsapp_cloud import errors, graph


def upload(file: BinaryIO, size: int, content_type: str, binding: Binding, secret: Secret) -> str:
    """The handle of a sample. May be repeated: each call makes another one."""
    version, app_secret, token = (
        binding.settings.get("graph_version", ""),
        secret.get("app_secret", ""),
        secret["access_token"],
    )
    told = graph.ask("GET", "app", token, version=version, app_secret=app_secret)
    errors.raise_for(told)
    path = f"{_named(told, 'id')}/uploads"
    begun = graph.ask(
        "POST", path, token, version=version, app_secret=app_secret, file_length=str(size), file_type=content_type
    )
    errors.raise_for(begun)
    return _put(_named(begun, "id"), file.read(), token, version)


def _put(session: str, body: bytes, token: str, version: str) -> str:
    """The session's id holds a query of its own and must stand in the address as it is."""
    headers = {"Authorization": f"OAuth {token}", "file_offset": "0"}
    response = call(client().build_request("POST", graph.address(session, version), headers=headers, content=body))
    errors.raise_for(response)
    return _named(response, "h")


def _named(response: Response, name: str) -> str:
    found = parsed(response).get(name)
    if not found:
        raise OutcomeUnknown(f"Meta took a sample file without naming its {name}.")
    return str(found)
