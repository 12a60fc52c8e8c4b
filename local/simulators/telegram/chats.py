"""Which chat a call means, and whether the bot may write there."""

from local.simulators.telegram.behaviours import behaviour_of, is_magic
from local.simulators.telegram.errors import TelegramError, bad, forbidden
from local.simulators.telegram.params import Params
from local.simulators.telegram.state import Bot, Chat

WORDS = {"group": "group chat", "supergroup": "supergroup chat", "channel": "channel chat", "private": "private chat"}
KINDS = {"text": "text messages", "photo": "photos", "video": "videos", "audio": "music", "document": "documents"} | {
    "voice": "voice notes", "video_note": "video notes", "sticker": "stickers", "animation": "animations",
    "poll": "polls", "media_group": "photos",
}  # fmt: skip


def find(bot: Bot, params: Params, name: str = "chat_id") -> Chat:
    """The chat, not yet asked whether the bot may write to it; magic chats come to exist here."""
    given = params.text(name).strip()
    if not given:
        raise bad(f"{name} is empty")
    with bot.changed:
        chat = by_name(bot, given[1:]) if given.startswith("@") else _by_id(bot, given)
    if chat is None:
        raise bad("chat not found")
    return chat


def by_name(bot: Bot, username: str) -> Chat | None:
    """Only groups and channels are found by their names."""
    public = [chat for chat in bot.chats.values() if chat.type != "private" and chat.username]
    return next((chat for chat in public if str(chat.username).lower() == username.lower()), None)


def _by_id(bot: Bot, given: str) -> Chat | None:
    try:
        chat_id = int(given)
    except ValueError:
        return None
    if chat_id not in bot.chats and is_magic(chat_id):
        bot.chats[chat_id] = Chat(chat_id, first_name=f"Person {chat_id}")
    return bot.chats.get(chat_id) or _met_elsewhere(bot, chat_id)


def _met_elsewhere(bot: Bot, chat_id: int) -> Chat | None:
    """Somebody the bot knows from a group, but who never wrote to it."""
    return Chat(chat_id, started=False) if chat_id in bot.people else None


def check_reachable(chat: Chat) -> None:
    if refused := behaviour_of(chat.id).refuse:
        raise TelegramError(refused.code, refused.description, **refused.parameters)
    if chat.migrated_to is not None:
        raise bad("group chat was upgraded to a supergroup chat", migrate_to_chat_id=chat.migrated_to)
    if chat.deleted:
        raise forbidden("the group chat was deleted" if chat.type != "private" else "user is deactivated")
    if chat.type == "private":
        _check_person(chat)
    elif chat.member == "kicked":
        raise forbidden(f"bot was kicked from the {WORDS[chat.type]}")
    elif chat.member in ("none", "left"):
        raise forbidden(f"bot is not a member of the {WORDS[chat.type]}")


def _check_person(chat: Chat) -> None:
    if chat.blocked:
        raise forbidden("bot was blocked by the user")
    if not chat.started and not is_magic(chat.id):
        raise forbidden("bot can't initiate conversation with a user")


def check_writable(chat: Chat, kind: str) -> None:
    check_reachable(chat)
    if chat.type == "channel" and chat.member not in ("administrator", "creator"):
        raise bad("need administrator rights in the channel chat")
    if not chat.can_post:
        raise no_rights(kind)


def no_rights(kind: str) -> TelegramError:
    return bad(f"not enough rights to send {KINDS.get(kind, 'text messages')} to the chat")
