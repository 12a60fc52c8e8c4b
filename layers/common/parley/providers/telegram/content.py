"""What stands in a message of Telegram: its kind, its words, its files."""

from typing import Any

Json = dict[str, Any]
KINDS = {
    "text": "text",
    "animation": "animation",  # before document, which comes with it
    "live_photo": "video",
    "photo": "image",
    "video": "video",
    "video_note": "video_note",
    "audio": "audio",
    "voice": "voice",
    "sticker": "sticker",
    "document": "document",
    "venue": "venue",  # before location, which comes with it
    "location": "location",
    "contact": "contact",
    "poll": "poll",
    "dice": "dice",
    "story": "story",
    "paid_media": "paid_media",
    "checklist": "checklist",
    "game": "game",
}
FILES = ("animation", "video", "video_note", "audio", "voice", "sticker", "document")
BESIDE = ("from", "sender_chat", "caption", "entities", "caption_entities", "media_group_id", "message_thread_id")


def kind_of(message: Json) -> str:
    """`service` for joins, pins and titles."""
    return next((ours for theirs, ours in KINDS.items() if theirs in message), "service")


def shown(message: Json) -> Json:
    """The parts that say something, in Telegram's words. Of an answered message only its number is kept."""
    hidden = {"message_id", "chat", "date", "edit_date", "reply_to_message", *BESIDE}
    own = {name: value for name, value in message.items() if name not in hidden}
    beside = {name: message[name] for name in BESIDE if name in message}
    answered = message.get("reply_to_message")
    if isinstance(answered, dict):
        beside["reply_to_message_id"] = answered.get("message_id")
    return {**own, **beside}


def files_of(message: Json) -> list[Json]:
    """One file at most, the largest size of a photo; a copy of the document that an animation brings is left out."""
    photo = message.get("photo")
    if isinstance(photo, list) and photo and isinstance(photo[-1], dict):
        return _file(photo[-1], "image", "image/jpeg")
    for name in FILES:
        if isinstance(message.get(name), dict):
            return _file(message[name], name, None)
    return []


def _file(told: Json, kind: str, content_type: str | None) -> list[Json]:
    if not isinstance(told.get("file_id"), str):
        return []
    known = {
        "kind": kind,
        "file_id": told["file_id"],
        "filename": told.get("file_name"),
        "content_type": told.get("mime_type") or content_type,
        "size": told.get("file_size"),
    }
    return [{name: value for name, value in known.items() if value}]
