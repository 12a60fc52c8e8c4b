"""What outlives an orderly stop: webhooks, chats with their counters, file identifiers, updates that still wait."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

from local.simulators.telegram.state import Bot, Chat, File, Queue, Update, Webhook
from local.simulators.telegram.world import World

PLAIN = ("id", "allowed", "next_update_id", "error_at", "error")


def keep(world: World, file: Path) -> None:
    state = world.state
    with state.lock:
        found = {"revoked": sorted(state.revoked), "bots": [_kept(bot) for bot in state.bots.values()]}
    file.write_text(json.dumps(found))


def recall(world: World, file: Path) -> None:
    if not file.exists():
        return
    found = json.loads(file.read_text())
    with world.state.lock:
        world.state.revoked = set(found["revoked"])
        world.state.bots = {bot.id: bot for bot in map(_recalled, found["bots"])}
    for bot in list(world.state.bots.values()):
        world.delivery.pump(bot)


def _kept(bot: Bot) -> dict[str, Any]:
    with bot.changed:
        return {name: getattr(bot, name) for name in PLAIN} | {
            "webhook": asdict(bot.webhook),
            "people": list(bot.people.values()),
            "chats": [asdict(chat) | {"messages": [], "reactions": []} for chat in bot.chats.values()],
            "files": [asdict(file) | {"content": None} for file in bot.files.values()],
            "queues": [[list(key), [asdict(item) for item in queue.items]] for key, queue in _queues(bot)],
        }


def _queues(bot: Bot) -> list[tuple[Any, Queue]]:
    return [(key, queue) for key, queue in bot.queues.items() if queue.items]


def _recalled(found: dict[str, Any]) -> Bot:
    bot = Bot(**{name: found[name] for name in PLAIN}, webhook=Webhook(**found["webhook"]))
    bot.people = {user["id"]: user for user in found["people"]}
    bot.chats = {chat["id"]: Chat(**chat | {"messages": {}, "reactions": {}}) for chat in found["chats"]}
    bot.files = {file["id"]: File(**file) for file in found["files"]}
    for key, items in found["queues"]:
        bot.queues.setdefault(tuple(key), Queue()).items.extend(Update(**item) for item in items)
    return bot
