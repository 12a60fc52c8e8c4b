"""What an update still needs after it is kept: a pressed button waits for its answer, a file for being fetched."""

from typing import BinaryIO

from parley.errors import Rejected
from parley.model.channel import Binding
from parley.model.types import JsonObject
from parley.providers.provider import Secret
from parley.providers.telegram import api

LARGEST = 20_000_000
"""Bytes that getFile hands out."""


def follow_up(words: JsonObject, binding: Binding, secret: Secret) -> None:
    """Until then the person's button shows a spinner. Raises Rejected when it is too late (after 15 s or so)."""
    api.ask("answerCallbackQuery", secret["token"], {"callback_query_id": words["callback_query_id"]})


def fetch(file: JsonObject, binding: Binding, secret: Secret, into: BinaryIO) -> str:
    """Copies the file and answers its content type. Raises Rejected for one that is too large."""
    if int(file.get("size") or 0) > LARGEST:
        raise Rejected("file_too_large", "The Bot API hands out files of at most 20 MB.")
    told = api.ask("getFile", secret["token"], {"file_id": file["file_id"]})
    path = told.get("file_path") if isinstance(told, dict) else None
    if not path:
        raise Rejected("media_failed", "The Bot API has no such file.")
    return api.download(str(path), secret["token"], into, LARGEST)
