"""Makes updates: of which kinds a bot wants them, and in which queue they wait."""

from collections.abc import Hashable
from copy import deepcopy
from typing import Any

from local.simulators.telegram.state import Bot, Queue, Update
from local.simulators.telegram.world import World

ON_REQUEST = ("chat_member", "message_reaction", "message_reaction_count")
DEFAULT = (
    "message edited_message channel_post edited_channel_post callback_query poll poll_answer my_chat_member"
    " business_connection business_message edited_business_message deleted_business_messages inline_query"
    " chosen_inline_result shipping_query pre_checkout_query purchased_paid_media chat_join_request chat_boost"
    " removed_chat_boost guest_message managed_bot subscription stopped_message_generation"
)
KNOWN = (*DEFAULT.split(), *ON_REQUEST)
IN_CHAT = ("message", "edited_message", "channel_post", "edited_channel_post")


def wanted(bot: Bot, kind: str) -> bool:
    """Kinds that this simulator has not heard of always go out: they play the Telegram of next year."""
    return kind not in KNOWN or kind in (DEFAULT.split() if bot.allowed is None else bot.allowed)


def publish(world: World, bot: Bot, kind: str, content: Any, copies: int = 1) -> int | None:
    """The update's identifier; None when this bot does not want updates of this kind."""
    if not wanted(bot, kind):
        return None
    with bot.changed:
        number, bot.next_update_id = bot.next_update_id, bot.next_update_id + 1
        update = Update(number, kind, {"update_id": number, kind: deepcopy(content)}, world.now(), copies)
        bot.queues.setdefault(_queue(kind, content), Queue()).items.append(update)
        bot.changed.notify_all()
    world.delivery.pump(bot)
    return number


def _queue(kind: str, content: Any) -> Hashable:
    """Messages wait per chat, buttons per person, the rest per kind and what it is about."""
    body = content if isinstance(content, dict) else {}
    if kind in IN_CHAT:
        return "chat", _id(body, "chat")
    if kind == "callback_query":
        return "user", _id(body, "from")
    if kind in ("poll", "poll_answer"):
        return "poll", str(body.get("poll_id") or body.get("id"))
    return kind, _id(body, "chat") or _id(body, "from")


def _id(body: dict[str, Any], name: str) -> Any:
    return body[name].get("id") if isinstance(body.get(name), dict) else None
