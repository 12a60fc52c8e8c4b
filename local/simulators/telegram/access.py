"""Who calls: tokens in the path, which must never be written down."""

import re

from local.simulators.telegram.errors import TelegramError
from local.simulators.telegram.state import Bot, State

_TOKEN = re.compile(r"(\d{1,18}):[A-Za-z0-9_-]{35}")
_IN_PATH = re.compile(r"/bot(\d*)[^/?]*")


def authorise(state: State, token: str) -> Bot:
    match = _TOKEN.fullmatch(token)
    if not match:
        raise TelegramError(404, "Not Found")
    bot = state.bot(int(match[1]))
    if bot is None or token in state.revoked:
        raise TelegramError(401, "Unauthorized")
    return bot


def without_token(target: str) -> str:
    """A path that may be shown: of the token only the bot's identifier stays."""
    return _IN_PATH.sub(r"/bot\1", target.replace("%3A", ":").replace("%3a", ":"), count=1)
