"""Connecting a bot: is the token good, and do its updates come to this channel alone."""

import secrets
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from parley.errors import Disconnected, Invalid, Problem, Rejected
from parley.model.channel import Binding, ProbeStep
from parley.model.types import JsonObject
from parley.model.validation import validated
from parley.providers.probing import step
from parley.providers.provider import Bound, Secret
from parley.providers.telegram import api

UPDATES = [
    "message",
    "edited_message",
    "channel_post",
    "edited_channel_post",
    "callback_query",
    "poll",
    "poll_answer",
    "my_chat_member",
    "message_reaction",
]
"""Named on purpose: without a list Telegram keeps the one before, and reactions come only by name."""

WEBHOOK_SECRETS: tuple[str, ...] = ()
"""Nothing comes late from a bot: its webhook ends with its channel."""

HEALTH = ("pending_update_count", "last_error_date", "last_error_message", "last_synchronization_error_date")


class Settings(BaseModel):
    model_config = ConfigDict(extra="forbid")

    gateway: Literal["BOT_API"] = "BOT_API"


class Credentials(BaseModel):
    """`token` as BotFather gives it: the bot's id, a colon, and its secret."""

    model_config = ConfigDict(extra="forbid")

    token: str = Field(pattern=r"^[1-9]\d{3,19}:[A-Za-z0-9_-]{30,64}$")


def bind(channel_id: str, settings: JsonObject, credentials: JsonObject, webhook_url: str) -> Bound:
    """Raises Invalid for a token that Telegram does not know."""
    chosen = validated(Settings, settings, "settings")
    token = validated(Credentials, credentials, "credentials").token
    bot = _me(token)
    secret = {"token": token, "webhook_secret": secrets.token_urlsafe(32)}
    kept = chosen.model_dump(exclude_defaults=True)
    return Bound("telegram", f"@{bot['username']}", str(bot["id"]), kept, secret, [("telegram", str(bot["id"]))])


def _me(token: str) -> dict[str, Any]:
    try:
        bot = api.ask("getMe", token, {})
    except (Disconnected, Rejected) as error:
        reason = f"Telegram does not accept this token (code {error.provider_code})."
        raise Invalid([Problem("credentials.token", "invalid_token", reason)]) from None
    if not isinstance(bot, dict) or not bot.get("is_bot") or not bot.get("username"):
        raise Invalid([Problem("credentials.token", "invalid_token", "This token is not of a bot.")])
    return bot


def subscribe(channel_id: str, binding: Binding, secret: Secret, webhook_url: str) -> None:
    """After the secret is stored, so that no update is refused; what waited at Telegram comes then."""
    wanted = {"url": f"{webhook_url}{channel_id}", "secret_token": secret["webhook_secret"], "allowed_updates": UPDATES}
    api.ask("setWebhook", secret["token"], {**wanted, "max_connections": 40, "drop_pending_updates": False})


def claims(binding: Binding) -> list[tuple[str, str]]:
    return [("telegram", binding.sender_id)]


def unbind(binding: Binding, secret: Secret) -> None:
    api.ask("deleteWebhook", secret["token"], {"drop_pending_updates": True})


def probe(binding: Binding, secret: Secret) -> list[ProbeStep]:
    return [
        step("credential", lambda: api.ask("getMe", secret["token"], {})),
        step("webhook", lambda: _subscribed(secret)),
    ]


def _subscribed(secret: Secret) -> None:
    if not _webhook(secret).get("url"):
        raise Rejected("not_subscribed", "The bot sends us no updates; bind the channel again.")


def health(binding: Binding, secret: Secret) -> JsonObject:
    """getWebhookInfo without the address."""
    told = _webhook(secret)
    return {"webhook_set": bool(told.get("url")), **{name: told[name] for name in HEALTH if name in told}}


def _webhook(secret: Secret) -> dict[str, Any]:
    told = api.ask("getWebhookInfo", secret["token"], {})
    return told if isinstance(told, dict) else {}
