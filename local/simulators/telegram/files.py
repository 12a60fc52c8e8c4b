"""Files: identifiers that only one bot can use, getFile, and the download behind it."""

import secrets
from collections.abc import Callable

from local.simulators.telegram.errors import TelegramError, bad, ok
from local.simulators.telegram.state import Bot, File
from local.simulators.telegram.world import Call, World
from local.simulators.wire.reply import Reply

LARGEST_DOWNLOAD = 20 * 1024 * 1024
KEPT_BYTES = 256 * 1024 * 1024
PREFIXES = {"photo": "AgACAgQAAx", "video": "BAACAgQAAx", "animation": "CgACAgQAAx", "audio": "CQACAgQAAx"} | {
    "voice": "AwACAgQAAx", "video_note": "DQACAgQAAx", "document": "BQACAgQAAx", "sticker": "CAACAgQAAx",
}  # fmt: skip
FOLDERS = {"photo": ("photos", "jpg"), "video": ("videos", "mp4"), "animation": ("animations", "mp4")} | {
    "audio": ("music", "mp3"), "voice": ("voice", "oga"), "video_note": ("video_notes", "mp4"),
    "document": ("documents", "bin"), "sticker": ("stickers", "webp"),
}  # fmt: skip


def add(bot: Bot, kind: str, size: int, name: str = "", mime: str = "", content: bytes | None = None) -> File:
    """Content that could not be downloaded anyway is not kept, nor is the oldest when there is too much."""
    file = File(PREFIXES[kind] + secrets.token_urlsafe(33), secrets.token_urlsafe(11), kind, size, name, mime)
    with bot.changed:
        if content is not None and len(content) <= LARGEST_DOWNLOAD:
            _make_room(bot, len(content))
            file.content = content
        bot.files[file.id] = file
    return file


def _make_room(bot: Bot, size: int) -> None:
    full = [file for file in bot.files.values() if file.content]
    total = sum(len(file.content or b"") for file in full) + size
    for file in full:
        if total <= KEPT_BYTES:
            return
        total -= len(file.content or b"")
        file.content = None


def known(bot: Bot, file_id: str) -> File | None:
    """A file by its identifier; the two small sizes of a photo are the photo again."""
    found = bot.files.get(file_id) or bot.files.get(file_id[:-1])
    return found if found and (found.id == file_id or (found.kind == "photo" and file_id[-1] in "sm")) else None


def get_file(call: Call) -> Reply:
    file = known(call.bot, call.params.text("file_id"))
    if file is None:
        raise bad("invalid file_id")
    if file.size > LARGEST_DOWNLOAD:
        raise bad("file is too big")
    path = _path(call.bot, file)
    with call.bot.changed:
        call.bot.links[path] = (file.id, call.world.now() + call.world.settings.link_seconds)
    return ok({"file_id": file.id, "file_unique_id": file.unique_id, "file_size": file.size, "file_path": path})


def _path(bot: Bot, file: File) -> str:
    folder, ending = FOLDERS[file.kind]
    known = file.name.rpartition(".")[2] if "." in file.name else ending
    return f"{folder}/file_{list(bot.files).index(file.id)}.{known}"


def download(world: World, bot: Bot, path: str) -> Reply:
    file_id, end = bot.links.get(path, ("", 0.0))
    file = bot.files.get(file_id)
    if file is None or world.now() > end:
        raise TelegramError(404, "Not Found")
    content = file.content if file.content is not None else b"\0" * file.size
    return Reply(200, content, {"Content-Type": "application/octet-stream"})


METHODS: dict[str, Callable[[Call], Reply]] = {"getFile": get_file}
