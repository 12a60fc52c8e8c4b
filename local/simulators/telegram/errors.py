"""Refusals as Telegram words them, and its envelope."""

from typing import Any

from local.simulators.wire.reply import Reply, plain_json

REASONS = {400: "Bad Request", 401: "Unauthorized", 403: "Forbidden", 404: "Not Found", 409: "Conflict"}


class TelegramError(Exception):
    def __init__(self, code: int, description: str, **parameters: int) -> None:
        super().__init__(description)
        self.code, self.description, self.parameters = code, description, parameters

    def reply(self) -> Reply:
        return refusal(self.code, self.description, self.parameters)


def bad(text: str, **parameters: int) -> TelegramError:
    return TelegramError(400, f"Bad Request: {text}", **parameters)


def forbidden(text: str) -> TelegramError:
    return TelegramError(403, f"Forbidden: {text}")


def too_many(seconds: int) -> TelegramError:
    return TelegramError(429, f"Too Many Requests: retry after {seconds}", retry_after=seconds)


def too_large() -> TelegramError:
    return TelegramError(413, "Request Entity Too Large")


def ok(result: Any, description: str | None = None) -> Reply:
    return plain_json({"ok": True, "result": result} | ({"description": description} if description else {}))


def refusal(code: int, description: str, parameters: dict[str, int] | None = None) -> Reply:
    body: dict[str, Any] = {"ok": False, "error_code": code, "description": description}
    return plain_json(body | ({"parameters": parameters} if parameters else {}), code)
