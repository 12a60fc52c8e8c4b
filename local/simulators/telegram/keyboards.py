"""reply_markup: inline keyboards, reply keyboards and their limits."""

import json
from typing import Any
from urllib.parse import urlsplit

from local.simulators.telegram.errors import TelegramError, bad
from local.simulators.telegram.params import Params
from local.simulators.telegram.state import Chat

MOST_BUTTONS, MOST_IN_ROW, LONGEST_DATA, LONGEST_MARKUP = 100, 8, 64, 10_240
ACTIONS = (
    "url", "callback_data", "web_app", "login_url", "switch_inline_query", "switch_inline_query_current_chat",
    "switch_inline_query_chosen_chat", "copy_text", "callback_game", "pay",
)  # fmt: skip

Markup = dict[str, Any]


def markup(params: Params, chat: Chat | None = None, only_inline: bool = False) -> Markup | None:
    """The checked keyboard; `chat` is where it will stand."""
    given = params.nested("reply_markup", "can't parse reply keyboard markup JSON object")
    if given is None:
        return None
    if not isinstance(given, dict):
        raise bad("object expected as reply markup")
    if len(json.dumps(given, ensure_ascii=False).encode()) > LONGEST_MARKUP:
        raise bad("reply markup is too long")
    if "inline_keyboard" in given:
        _inline(given)
    elif only_inline:
        raise bad("inline keyboard expected")
    else:
        _reply(given, chat)
    return given


def shown(given: Markup | None) -> Markup:
    """Only inline keyboards stand in the message."""
    rows = (given or {}).get("inline_keyboard")
    return {"reply_markup": {"inline_keyboard": rows}} if rows else {}


def _inline(given: Markup) -> None:
    rows = _rows(given, "inline_keyboard")
    if sum(len(row) for row in rows) > MOST_BUTTONS or any(len(row) > MOST_IN_ROW for row in rows):
        raise bad("reply markup is too long")
    for button in (button for row in rows for button in row):
        _inline_button(button)


def _rows(given: Markup, name: str) -> list[list[Any]]:
    rows = given[name]
    if not isinstance(rows, list):
        raise bad(f'can\'t parse reply keyboard markup: field "{name}" must be of type Array')
    if not all(isinstance(row, list) for row in rows):
        raise bad(f'can\'t parse reply keyboard markup: field "{name}" must be an Array of Arrays')
    return rows


def _inline_button(button: Any) -> None:
    if not isinstance(button, dict):
        raise _wrong("KeyboardButton must be an Object")
    if not isinstance(button.get("text"), str):
        raise _wrong('Can\'t find field "text"')
    if not button["text"].strip():
        raise _wrong('Field "text" must be non-empty')
    if not any(name in button for name in ACTIONS):
        raise _wrong("Text buttons are unallowed in the inline keyboard")
    if "callback_data" in button and not 1 <= len(str(button["callback_data"]).encode()) <= LONGEST_DATA:
        raise bad("BUTTON_DATA_INVALID")
    if "url" in button:
        _check_url(str(button["url"]))


def _check_url(url: str) -> None:
    try:
        parts = urlsplit(url if "://" in url else f"http://{url}")
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        raise _wrong_url(url, "Wrong HTTP URL") from None
    if parts.scheme not in ("http", "https", "tg", "ton"):
        raise _wrong_url(url, "Unsupported URL protocol")
    if parts.scheme.startswith("http") and ("." not in host.strip(".") or " " in url):
        raise _wrong_url(url, "Wrong HTTP URL")


def _wrong_url(url: str, why: str) -> TelegramError:
    return bad(f"inline keyboard button URL '{url}' is invalid: {why}")


def _wrong(why: str) -> TelegramError:
    return bad(f"can't parse inline keyboard button: {why}")


def _reply(given: Markup, chat: Chat | None) -> None:
    if not {"keyboard", "remove_keyboard", "force_reply"} & set(given):
        return
    if chat and chat.type == "channel":
        raise bad("REPLY_MARKUP_INVALID")
    for row in _rows(given, "keyboard") if "keyboard" in given else []:
        for button in row:
            _reply_button(button, chat)


def _reply_button(button: Any, chat: Chat | None) -> None:
    words = button.get("text") if isinstance(button, dict) else button
    if not isinstance(words, str) or not words.strip():
        raise bad("keyboard button text must be non-empty")
    private = chat is None or chat.type == "private"
    for name, what in (("request_contact", "phone number"), ("request_location", "location")):
        if isinstance(button, dict) and button.get(name) and not private:
            raise bad(f"{what} can be requested in private chats only")
