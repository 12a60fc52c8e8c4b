"""The platforms at the other end of the wire: httpx's own mock transport under the program's two clients."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
from parley.providers import guard, http

Json = dict[str, Any]
PHONE = {
    "id": "106540352242922",
    "display_phone_number": "+34 600 00 00 01",
    "verified_name": "Marín Bakery",
    "quality_rating": "GREEN",
    "status": "CONNECTED",
}
SENT = {"messages": [{"id": "wamid.one"}], "contacts": [{"input": "+34600111222", "wa_id": "34600111222"}]}


BOT = {"id": 7000000001, "is_bot": True, "first_name": "Shop", "username": "shop_bot"}


def telegram(result: Any) -> Json:
    """A success in the Bot API's envelope."""
    return {"ok": True, "result": result}


def telegram_refusal(code: int, description: str, **parameters: Any) -> httpx.Response:
    more = {"parameters": parameters} if parameters else {}
    return httpx.Response(code, json={"ok": False, "error_code": code, "description": description, **more})


class Wire:
    """Answers like a friendly Meta, gateway and Bot API, unless a test sets `answers["POST messages"]`.

    Keys are the method and the last part of the path; values an answer, a body, or an error to raise."""

    def __init__(self) -> None:
        self.requests: list[httpx.Request] = []
        self.answers: dict[str, Any] = {
            "GET 106540352242922": PHONE,
            "POST subscribed_apps": {"success": True},
            "GET subscribed_apps": {"data": [{"whatsapp_business_api_data": {"name": "Parley"}}]},
            "POST messages": SENT,
            "POST message_templates": {"id": "594425479261596", "status": "PENDING", "category": "UTILITY"},
            "GET message_templates": {"data": []},
            "DELETE message_templates": {"success": True},
            "POST send": {"id": "gw-4711"},
            "POST getMe": telegram(BOT),
            "POST getWebhookInfo": telegram({"url": "https://hooks.example/telegram/x", "pending_update_count": 2}),
            **{f"POST {name}": telegram(True) for name in ("setWebhook", "deleteWebhook", "sendChatAction")},
            **{f"POST {name}": telegram(True) for name in ("editMessageText", "editMessageCaption", "deleteMessage")},
        }

    @property
    def calls(self) -> list[str]:
        return [_name(request) for request in self.requests]

    def handle(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        answer = self.answers.get(_name(request), httpx.Response(404, json={}))
        if isinstance(answer, Exception):
            raise answer
        return answer if isinstance(answer, httpx.Response) else httpx.Response(200, json=answer)


def refusal(code: int, status: int = 400, **more: Any) -> httpx.Response:
    """An error as Meta words it."""
    return httpx.Response(status, json={"error": {"message": "refused", "code": code, **more}})


def _name(request: httpx.Request) -> str:
    return f"{request.method} {request.url.path.rpartition('/')[2]}"


@contextmanager
def connected() -> Iterator[Wire]:
    """The clients stay the program's own, with their time-outs and rules; only what carries them is replaced."""
    wire, clients = Wire(), (http.client(), guard.client())
    before = [client._transport for client in clients]
    for client in clients:
        client._transport = httpx.MockTransport(wire.handle)
    try:
        yield wire
    finally:
        for client, transport in zip(clients, before, strict=True):
            client._transport = transport
