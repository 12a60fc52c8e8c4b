"""A bot's updates in our own words. An update has one key beside its id; unknown ones are counted, never refused."""

import json
from typing import Any

from parley.model import profile as profiles
from parley.model.address import Address, AddressKind
from parley.model.channel import Binding
from parley.model.events import AddressMoved, Event, InboundMessage, NotUnderstood, Reachability
from parley.model.profile import Profile
from parley.providers.telegram import answered
from parley.providers.telegram.content import files_of, kind_of, shown

Json = dict[str, Any]
MESSAGES = {"message": "", "edited_message": "edited", "channel_post": "", "edited_channel_post": "edited"}
MEMBERS = frozenset({"member", "administrator", "creator", "restricted"})


def read(raw: bytes, binding: Binding | None) -> list[Event]:
    if binding is None:
        return [NotUnderstood("unbound")]
    try:
        update = json.loads(raw)
    except (ValueError, RecursionError):
        return [NotUnderstood("not json")]
    return _update(update, binding.sender_id) if isinstance(update, dict) else [NotUnderstood("update")]


def _update(update: Json, bot: str) -> list[Event]:
    number = str(update.get("update_id", ""))
    for name in MESSAGES:
        if isinstance(update.get(name), dict):
            return _message(update[name], bot, MESSAGES[name])
    for name, reader in READERS.items():
        if isinstance(update.get(name), dict):
            return reader(update[name], bot, number)
    named = next((name for name in update if name != "update_id"), "update")
    return [NotUnderstood(str(named))]


def _message(message: Json, bot: str, edited: str) -> list[Event]:
    """An edit is kept beside what it edits: nothing that somebody wrote is overwritten."""
    chat = _chat(message)
    if chat is None or not message.get("message_id"):
        return [NotUnderstood("message")]
    if message.get("migrate_to_chat_id"):
        return [AddressMoved(bot, chat, _address(message["migrate_to_chat_id"]))]
    name, text = f"{chat.value}/{message['message_id']}", message.get("text")
    words, who = text if isinstance(text, str) else None, _profile(message.get("from"))
    if edited:
        name, at = f"{name}/edit/{message.get('edit_date', '')}", _at(message, "edit_date")
        return [InboundMessage(bot, name, [chat], edited, at, shown(message), text=words, profile=who)]
    files, answers = files_of(message), answered.by_reply(message, bot)
    kind, at, content = kind_of(message), _at(message), shown(message)
    came = InboundMessage(bot, name, [chat], kind, at, content, files=files, answers=answers, text=words, profile=who)
    return [came]


def _callback(query: Json, bot: str, number: str) -> list[Event]:
    """A pressed button; the message it stands under may be too old to be told (date 0)."""
    told = query.get("message")
    under = told if isinstance(told, dict) else {}
    chat = _chat(under) or _person(query)
    if chat is None or not query.get("id"):
        return [NotUnderstood("callback_query")]
    answers, name = answered.by_press(query, under), f"callback/{query['id']}"
    content = {
        "payload": answers.pressed.payload if answers.pressed else None,
        "from": query.get("from"),
        "message_id": under.get("message_id"),
    }
    words = {"callback_query_id": str(query["id"])}
    button, who = {"button": content}, _profile(query.get("from"))
    return [InboundMessage(bot, name, [chat], "button", 0, button, follow_up=words, answers=answers, profile=who)]


def _answer(vote: Json, bot: str, number: str) -> list[Event]:
    """A vote in a poll of the bot; without options it was taken back. An anonymous voter is a chat."""
    voter = vote.get("voter_chat") if isinstance(vote.get("voter_chat"), dict) else vote.get("user")
    who = _by_id(voter)
    if who is None:
        return [NotUnderstood("poll_answer")]
    name = f"poll_answer/{vote.get('poll_id')}/{who.value}/{number}"
    asked, profile = {"poll_answer": vote}, _profile(vote.get("user"))
    return [InboundMessage(bot, name, [who], "poll_answer", 0, asked, profile=profile)]


def _poll(poll: Json, bot: str, number: str) -> list[Event]:
    """The counts of a poll, which belong to no person: they are kept under the bot itself."""
    name = f"poll/{poll.get('id')}/{number}"
    return [InboundMessage(bot, name, [_address(bot)], "poll", 0, {"poll": poll}, spoke=False)]


def _reaction(reaction: Json, bot: str, number: str) -> list[Event]:
    chat = _chat(reaction)
    if chat is None:
        return [NotUnderstood("message_reaction")]
    name = f"reaction/{chat.value}/{reaction.get('message_id')}/{number}"
    told, who = {"reaction": reaction}, _profile(reaction.get("user"))
    return [InboundMessage(bot, name, [chat], "reaction", _at(reaction), told, spoke=False, profile=who)]


def _membership(change: Json, bot: str, number: str) -> list[Event]:
    """Who lets the bot in, or shuts it out; also when a group's administrator does."""
    chat, now = _chat(change), change.get("new_chat_member")
    status = now.get("status") if isinstance(now, dict) else None
    if chat is None or not isinstance(status, str):
        return [NotUnderstood("my_chat_member")]
    at, name = _at(change), f"membership/{chat.value}/{number}"
    code = "person_blocked" if not chat.value.startswith("-") else "not_a_member"
    kept = InboundMessage(bot, name, [chat], "membership", at, {"membership": {"status": status}}, spoke=False)
    return [kept, Reachability(bot, chat, status in MEMBERS, at, code)]


READERS = {
    "callback_query": _callback,
    "poll_answer": _answer,
    "poll": _poll,
    "message_reaction": _reaction,
    "my_chat_member": _membership,
}


def _profile(told: Any) -> Profile | None:
    """Who wrote, which in a group is not the chat."""
    if not isinstance(told, dict):
        return None
    names = [told[part] for part in ("first_name", "last_name") if isinstance(told.get(part), str)]
    number, username = told.get("id"), told.get("username")
    return profiles.profile(
        name=" ".join(names),
        username=f"@{username}" if isinstance(username, str) and username else None,
        user_id=str(number) if isinstance(number, int) else None,
    )


def _chat(holder: Json) -> Address | None:
    return _by_id(holder.get("chat"))


def _person(holder: Json) -> Address | None:
    return _by_id(holder.get("from"))


def _by_id(told: Any) -> Address | None:
    number = told.get("id") if isinstance(told, dict) else None
    return _address(number) if isinstance(number, int) and number else None


def _address(number: Any) -> Address:
    return Address(type=AddressKind.CHAT, value=str(number)[:32])


def _at(told: Json, name: str = "date") -> int:
    """Telegram's times are whole seconds."""
    seconds = told.get(name)
    return seconds * 1000 if isinstance(seconds, int) and 0 < seconds < 10**11 else 0
