"""Files that people send: their address is asked for by their id, and holds for five minutes."""

from typing import BinaryIO

from parley.errors import Disconnected, Rejected
from parley.model.channel import Binding
from parley.model.types import JsonObject
from parley.providers import http
from parley.providers.http import parsed
from parley.providers.provider import Secret
from parley.providers.whatsapp_cloud import errors, graph

LARGEST = 100_000_000
"""Bytes of a document, the largest kind (Meta "Media")."""


def fetch(file: JsonObject, binding: Binding, secret: Secret, into: BinaryIO) -> str:
    """Copies the file and answers its content type. Raises Rejected for one that Meta does not have any more."""
    version, app_secret = binding.settings.get("graph_version", ""), secret.get("app_secret", "")
    response = graph.ask("GET", file["file_id"], secret["access_token"], version=version, app_secret=app_secret)
    try:
        errors.raise_for(response)
    except Disconnected as error:
        if error.provider_code != "100":  # 100/33: there is no such object, or it is not ours
            raise
        raise Rejected("media_failed", "Meta has no such file.", "100") from None
    address = str(parsed(response).get("url") or "")
    return http.download(graph.file_request(address, secret["access_token"]), into, LARGEST)
