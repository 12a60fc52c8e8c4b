"""The part of the control API that plays the people, groups and channels of Telegram."""

import random
from collections.abc import Callable
from typing import Any

from local.simulators.control.errors import ControlError
from local.simulators.telegram import events, inbound, polls, updates
from local.simulators.telegram.chats import by_name
from local.simulators.telegram.state import Bot, Chat, Poll
from local.simulators.telegram.world import World

Params = dict[str, Any]
TYPES = ("group", "supergroup", "channel")
MEMBERS = ("administrator", "member", "restricted", "left", "kicked", "none")
OWNER = {"id": 4200000001, "first_name": "Owner"}


class TelegramControl:
    def __init__(self, world: World) -> None:
        self.world = world

    def routes(self) -> dict[str, Callable[..., Any]]:
        return {
            "POST /telegram/inbound": self.inbound,
            "POST /telegram/start": self.start,
            "POST /telegram/press": self.press,
            "GET /telegram/callbacks": self.callbacks,
            "POST /telegram/vote": self.vote,
            "POST /telegram/react": self.react,
            "POST /telegram/block": lambda params: self.block(params, True),
            "POST /telegram/unblock": lambda params: self.block(params, False),
            "POST /telegram/chats": self.chat,
            "POST /telegram/upgrade": self.upgrade,
            "POST /telegram/update": self.update,
            "GET /telegram/bots": self.bots,
            "GET /telegram/messages": self.messages,
            "GET /telegram/limits": lambda params: self.world.limits.report(self._bot(params)),
            "POST /telegram/clock": self.clock,
            "POST /telegram/hold": self.hold,
            "POST /telegram/release": self.release,
        }

    def inbound(self, params: Params) -> Params:
        bot = self._bot(params)
        user = inbound.person(bot, params.get("from", OWNER))
        chat = self._chat(bot, params["chat"]) if "chat" in params else inbound.private_chat(bot, user)
        number, message = inbound.receive(self.world, bot, chat, user, params)
        return {"update_id": number, "message": message}

    def start(self, params: Params) -> Params:
        """The person opens the chat with the bot; whoever had blocked it takes that back."""
        bot = self._bot(params)
        user = inbound.person(bot, params["from"])
        chat = inbound.private_chat(bot, user)
        events.set_blocked(self.world, bot, chat, user, False)
        words = f"/start {params['payload']}" if params.get("payload") else "/start"
        number, message = inbound.receive(self.world, bot, chat, user, {"text": words})
        return {"update_id": number, "message": message}

    def press(self, params: Params) -> Params:
        bot = self._bot(params)
        user = inbound.person(bot, params["from"])
        chat = self._chat(bot, params.get("chat", user["id"]))
        pressed = events.press(self.world, bot, chat, user, int(params["message_id"]), str(params["data"]))
        return {"callback_query_id": pressed}

    def callbacks(self, params: Params) -> list[Params]:
        return [
            {"id": one.id, "answered": one.answered, "text": one.text, "show_alert": one.show_alert, "data": one.data}
            for one in list(self._bot(params).callbacks.values())
        ]

    def vote(self, params: Params) -> Params:
        bot = self._bot(params)
        poll = self._poll(bot, params)
        chosen = [int(number) for number in params.get("option_ids", [])]
        if poll.view["is_closed"] or not set(chosen) <= set(range(len(poll.view["options"]))):
            raise ControlError("the poll is closed or has no such option")
        return polls.vote(self.world, bot, poll, inbound.person(bot, params["from"]), chosen)

    def _poll(self, bot: Bot, params: Params) -> Poll:
        wanted = (int(params.get("chat", 0)), int(params.get("message_id", 0)))
        for key, poll in list(bot.polls.items()):
            if key == str(params.get("poll_id")) or (poll.chat_id, poll.message_id) == wanted:
                return poll
        raise ControlError("no such poll", 404)

    def react(self, params: Params) -> Params:
        bot = self._bot(params)
        user = inbound.person(bot, params["from"])
        chat = self._chat(bot, params.get("chat", user["id"]))
        emoji = [params["emoji"]] if params.get("emoji") else []
        new = params.get("new_reaction", [{"type": "emoji", "emoji": one} for one in emoji])
        old = params.get("old_reaction", [])
        return {"update_id": events.react(self.world, bot, chat, user, int(params["message_id"]), new, old)}

    def block(self, params: Params, blocked: bool) -> Params:
        bot = self._bot(params)
        user = inbound.person(bot, params["from"])
        return {"update_id": events.set_blocked(self.world, bot, inbound.private_chat(bot, user), user, blocked)}

    def chat(self, params: Params) -> Params:
        """A new group or channel, or a change of a known one; a new membership is told to the bot."""
        bot, kind = self._bot(params), str(params.get("type", "group"))
        known = bot.chats.get(int(params.get("id", 0)))
        if (known is None and kind not in TYPES) or params.get("member", "member") not in MEMBERS:
            raise ControlError(f"type must be one of {TYPES}, member one of {MEMBERS}")
        with bot.changed:
            chat = known or Chat(int(params.get("id") or _new_id(kind)), kind, "Group", member="none")
            old, chat.member = chat.member, str(params.get("member", chat.member if known else _usual(kind)))
            for name in {"title", "username", "can_post", "threads", "deleted"} & set(params):
                setattr(chat, name, params[name])
            bot.chats[chat.id] = chat
        told = None
        if old != chat.member and params.get("announce", True):
            user = inbound.person(bot, params.get("from", OWNER))
            told = events.change_member(self.world, bot, chat, user, old, chat.member)
        return {"id": chat.id, "update_id": told}

    def upgrade(self, params: Params) -> Params:
        bot = self._bot(params)
        chat = self._chat(bot, params["chat"])
        if chat.type != "group" or chat.migrated_to:
            raise ControlError("only a group can be upgraded, and only once")
        return {"id": events.upgrade(self.world, bot, chat).id}

    def update(self, params: Params) -> Params:
        """Any update as it is; its update_id is given by Telegram."""
        bot, found = self._bot(params), dict(params["update"])
        found.pop("update_id", None)
        [(kind, content)] = found.items()
        return {"update_id": updates.publish(self.world, bot, kind, content, int(params.get("copies", 1)))}

    def bots(self, params: Params) -> list[Params]:
        return [self._shown(bot) for bot in list(self.world.state.bots.values())]

    def _shown(self, bot: Bot) -> Params:
        hook = bot.webhook
        about = {"has_secret": bool(hook.secret), "pending": self.world.delivery.pending(bot), "last_error": bot.error}
        webhook = {"url": hook.url, "max_connections": hook.max_connections, "allowed_updates": bot.allowed} | about
        return {"id": bot.id, "username": bot.username, "webhook": webhook, "chats": sorted(bot.chats)}

    def messages(self, params: Params) -> list[Params]:
        bot = self._bot(params)
        chat = self._chat(bot, params["chat"])
        with bot.changed:
            return [{**message, **_reaction(chat, number)} for number, message in chat.messages.items()]

    def clock(self, params: Params) -> Params:
        """Telegram's clock goes forward; what has waited too long is dropped, polls close."""
        self.world.settings.clock_seconds += float(params["advance"])
        self.world.delivery.expire_all()
        polls.close_due(self.world)
        return {"clock_seconds": self.world.settings.clock_seconds}

    def hold(self, params: Params) -> Params:
        self.world.settings.hold_webhooks = True
        return {"ok": True}

    def release(self, params: Params) -> Params:
        self.world.settings.hold_webhooks = False
        bots = list(self.world.state.bots.values())
        waiting = sum(self.world.delivery.pending(bot) for bot in bots)
        for bot in bots:
            self.world.delivery.pump(bot)
        return {"released": waiting}

    def _bot(self, params: Params) -> Bot:
        bot = self.world.state.bot(int(str(params["bot"]).partition(":")[0]))
        if bot is None:
            raise ControlError("bots have the identifiers 7000000001 to 7000099999", 404)
        return bot

    def _chat(self, bot: Bot, given: Any) -> Chat:
        text = str(given)
        chat = by_name(bot, text[1:]) if text.startswith("@") else bot.chats.get(int(text))
        if chat is None:
            raise ControlError(f"no such chat {text}", 404)
        return chat


def _new_id(kind: str) -> int:
    number = random.randint(10**8, 10**9)
    return -number if kind == "group" else -1_000_000_000_000 - number


def _usual(kind: str) -> str:
    return "administrator" if kind == "channel" else "member"


def _reaction(chat: Chat, number: int) -> Params:
    return {"reaction": chat.reactions[number]} if chat.reactions.get(number) else {}
