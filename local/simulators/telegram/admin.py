"""getMe, the webhook's set-up, and getUpdates for bots without one."""

import ipaddress
import re
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import SplitResult, urlsplit

from local.simulators.telegram import updates
from local.simulators.telegram.errors import TelegramError, bad, ok, too_many
from local.simulators.telegram.params import Params
from local.simulators.telegram.state import Bot, Queue, Update, Webhook
from local.simulators.telegram.world import Call, World
from local.simulators.wire.reply import Reply

PORTS = (443, 80, 88, 8443)
LONGEST_SECRET, LONGEST_POLL, MOST_UPDATES = 256, 50, 100
ACTIVE = "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"


def get_me(call: Call) -> Reply:
    abilities = {"can_join_groups": True, "can_read_all_group_messages": not call.world.settings.privacy}
    abilities |= {"supports_inline_queries": False, "can_connect_to_business": False, "has_main_web_app": False}
    return ok({**call.bot.user(), **abilities})


def set_webhook(call: Call) -> Reply:
    params, bot = call.params, call.bot
    url = params.text("url").strip()
    if not url:
        return delete_webhook(call)
    _check_interval(call.world, bot)
    wanted = Webhook(url, _secret(params), _connections(params), "certificate" in params.files)
    _check_url(url)
    with bot.changed:
        allowed = _allowed(bot, params)
        same = (wanted, allowed) == (bot.webhook, bot.allowed)
        if same and not params.flag("drop_pending_updates"):
            return ok(True, "Webhook is already set")
        bot.webhook, bot.allowed = wanted, allowed
    _renew(call)
    return ok(True, "Webhook was set")


def delete_webhook(call: Call) -> Reply:
    with call.bot.changed:
        known, call.bot.webhook = bool(call.bot.webhook.url), Webhook()
    _renew(call)
    return ok(True, "Webhook was deleted" if known else "Webhook is already deleted")


def _renew(call: Call) -> None:
    with call.bot.changed:
        if call.params.flag("drop_pending_updates"):
            call.bot.queues.clear()
        call.bot.changed.notify_all()
        call.world.delivery.restart(call.bot)


def _check_interval(world: World, bot: Bot) -> None:
    interval, now = world.settings.webhook_interval, time.monotonic() + world.settings.clock_seconds
    if not interval:
        return
    with bot.changed:
        if now < bot.next_webhook_at:
            raise too_many(1)
        bot.next_webhook_at = now + interval


def _secret(params: Params) -> str:
    secret = params.text("secret_token")
    if len(secret) > LONGEST_SECRET:
        raise bad("secret token is too long")
    if not re.fullmatch(r"[A-Za-z0-9_-]*", secret):
        raise bad("secret token contains unallowed characters")
    return secret


def _connections(params: Params) -> int:
    return min(100, max(1, params.integer("max_connections", 40) or 40))


def _allowed(bot: Bot, params: Params) -> list[str] | None:
    """Left out or not a list: as before; empty or without a known kind: Telegram's default."""
    try:
        given = params.nested("allowed_updates")
    except TelegramError:
        return bot.allowed
    if not isinstance(given, list) or not all(isinstance(kind, str) for kind in given):
        return bot.allowed
    known = [kind.lower() for kind in given if kind.lower() in updates.KNOWN]
    return sorted(set(known), key=updates.KNOWN.index) or None


def _check_url(url: str) -> None:
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise bad("invalid webhook URL specified") from None
    if parts.scheme not in ("http", "https") or not host or re.search(r"\s", url):
        raise bad("invalid webhook URL specified")
    if parts.scheme == "http":
        _check_local(parts)
        return
    _check_host(host)
    if (port or 443) not in PORTS:
        raise bad("bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443")


def _check_local(parts: SplitResult) -> None:
    """The one liberty: http addresses of this machine."""
    host = parts.hostname or ""
    if host not in ("127.0.0.1", "localhost", "::1") and not host.endswith(".localhost"):
        raise bad("bad webhook: An HTTPS URL must be provided for webhook")


def _check_host(host: str) -> None:
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        if "." not in host.strip(".") or host.endswith((".localhost", ".local", ".invalid")):
            raise bad("bad webhook: Failed to resolve host: Name or service not known") from None
        return
    if not address.is_global:
        raise bad(f"bad webhook: IP address {host} is reserved")


def get_webhook_info(call: Call) -> Reply:
    bot, hook = call.bot, call.bot.webhook
    pending = call.world.delivery.pending(bot)
    info: dict[str, Any] = {
        "url": hook.url,
        "has_custom_certificate": hook.certificate,
        "pending_update_count": pending,
    }
    if hook.url:
        info |= {"max_connections": hook.max_connections, "ip_address": "127.0.0.1"}
    if bot.error_at is not None:
        info |= {"last_error_date": bot.error_at, "last_error_message": bot.error}
    return ok(info | ({"allowed_updates": bot.allowed} if bot.allowed is not None else {}))


def get_updates(call: Call) -> Reply:
    bot, params = call.bot, call.params
    limit = min(MOST_UPDATES, max(1, params.integer("limit", MOST_UPDATES)))
    end = time.monotonic() + min(LONGEST_POLL, max(0, params.integer("timeout")))
    with bot.changed:
        _check_free(bot)
        bot.allowed = _allowed(bot, params)
        _confirm(bot, params.integer("offset"))
        while not (found := _waiting(bot)) and (left := end - time.monotonic()) > 0:
            bot.changed.wait(left)
            _check_free(bot)
        return ok([update.body for _, update in found[:limit]])


def _check_free(bot: Bot) -> None:
    if bot.webhook.url:
        raise TelegramError(409, ACTIVE)


def _waiting(bot: Bot) -> list[tuple[Queue, Update]]:
    waiting = [(queue, update) for queue in bot.queues.values() for update in queue.items]
    return sorted(waiting, key=lambda pair: pair[1].id)


def _confirm(bot: Bot, offset: int) -> None:
    """Everything below the offset was taken; a negative one counts from the end."""
    waiting = _waiting(bot)
    done = waiting[:offset] if offset < 0 else [pair for pair in waiting if pair[1].id < offset]
    for queue, update in done:
        queue.items.remove(update)


METHODS: dict[str, Callable[[Call], Reply]] = {
    "getMe": get_me,
    "setWebhook": set_webhook,
    "deleteWebhook": delete_webhook,
    "getWebhookInfo": get_webhook_info,
    "getUpdates": get_updates,
}
