"""sendMediaGroup: several files in one go, which count as one message."""

import secrets
from collections.abc import Callable
from typing import Any

from local.simulators.telegram import chats, dispatch, media, sends, texts
from local.simulators.telegram.errors import bad
from local.simulators.telegram.sends import Content
from local.simulators.telegram.world import Call
from local.simulators.wire.reply import Reply

FEWEST, MOST = 2, 10
TYPES = ("photo", "live_photo", "video", "document", "audio")
UNMIXED = ("document", "audio")


def send_media_group(call: Call) -> Reply:
    sends.check_free(call)
    items = [_item(call, item) for item in _items(call)]
    _check_mix([item.kind for item in items])
    chat = chats.find(call.bot, call.params)
    around = sends.surroundings(call, chat) | {"media_group_id": str(secrets.randbelow(10**17) + 10**16)}

    def put() -> tuple[Any, dict[str, Any]]:
        messages = [sends.add(call, chat, {**around, **item.fields}) for item in items]
        about = sends.entry(messages[0], items[0])
        about |= {"message_ids": [message["message_id"] for message in messages]}
        return messages, about | {"media": [{"type": item.kind, **(item.source or {})} for item in items]}

    return dispatch.send(call, chat, "media_group", put)


def _items(call: Call) -> list[Any]:
    given = call.params.nested("media", "can't parse media JSON object")
    if not isinstance(given, list):
        raise bad("expected an Array of InputMedia")
    if len(given) < FEWEST:
        raise bad("too few messages to send as an album")
    if len(given) > MOST:
        raise bad("too many messages to send as an album")
    return given


def _item(call: Call, item: Any) -> Content:
    if not isinstance(item, dict):
        raise bad("can't parse InputMedia: an object is expected")
    kind = str(item.get("type"))
    if kind not in TYPES:
        raise bad(f"type {kind!r} can't be used in an album")
    caption, mode = (str(item.get(name, "")) for name in ("caption", "parse_mode"))
    words = texts.caption_of(caption, mode, item.get("caption_entities"))
    shown = "photo" if kind == "live_photo" else kind
    found = media.of_text(call, shown, str(item.get("media", "")))
    return Content(kind, media.view(found.file, shown) | words, found.source)


def _check_mix(kinds: list[str]) -> None:
    for kind in UNMIXED:
        if kind in kinds and set(kinds) != {kind}:
            raise bad(f"{kind} can't be mixed with other media types")


METHODS: dict[str, Callable[[Call], Reply]] = {"sendMediaGroup": send_media_group}
