"""Every provider with a platform behind it that answers as a test says, on the wire: bytes, codes, broken lines."""

import json
from collections.abc import Callable, Mapping
from email import message_from_bytes
from types import MappingProxyType
from typing import Any

import httpx
import pytest
from botocore import exceptions as aws
from botocore.awsrequest import AWSResponse
from parley import providers
from parley.model.address import Address, AddressKind
from parley.model.channel import Binding
from parley.model.events import Event
from parley.providers import guard, http
from parley.providers.provider import Accepted, Outbound
from parley.providers.sms_aws import send as aws_send

from tests.support import make

Answer = Callable[[Any], Any]
"""What comes back for a request: a response, or an exception that is raised."""


class Platform:
    """One provider, its binding, and the answers of its platform by what they mean.

    `person` is somebody on it, `accepted_as` what its platform calls a message, `echoes`: our id travels along."""

    name = ""
    bound: Mapping[str, Any] = MappingProxyType({})
    secret: Mapping[str, Any] = MappingProxyType({})
    answers: Mapping[str, Answer] = MappingProxyType({})
    person = Address(type=AddressKind.PHONE, value="+34600111222")
    accepted_as = ""
    echoes = True

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.requests: list[Any] = []
        self.answer: Answer = self.answers["accepts"]
        self.connect(patch)

    def connect(self, patch: pytest.MonkeyPatch) -> None:
        client = httpx.Client(transport=httpx.MockTransport(self.reply))
        for module in (http, guard):
            patch.setattr(module, "client", lambda: client)

    def reply(self, request: Any) -> Any:
        self.requests.append(request)
        found = self.answer(request)
        if isinstance(found, Exception):
            raise found
        return found

    @property
    def binding(self) -> Binding:
        return Binding.model_validate(make.binding(provider=self.name, **self.bound))

    def send(self, outbound: Outbound) -> Accepted:
        accepted: Accepted = providers.part(self.name, "send").send(outbound, self.binding, self.secret)
        return accepted

    def read(self, raw: bytes) -> list[Event]:
        events: list[Event] = providers.part(self.name, "webhook").read(raw, self.binding)
        return events

    def sent(self) -> dict[str, Any]:
        """The body of the one call that was made."""
        [request] = self.requests
        found: dict[str, Any] = json.loads(request.content)
        return found


def says(status: int, body: Any = None, **headers: str) -> Answer:
    text = body if isinstance(body, str) else json.dumps(body)
    return lambda _: httpx.Response(
        status, text=text, headers={name.replace("_", "-"): v for name, v in headers.items()}
    )


def breaks(error: type[httpx.HTTPError]) -> Answer:
    return lambda request: error("on the wire", request=request)  # type: ignore[call-arg]


BROKEN = {
    "cannot connect": breaks(httpx.ConnectError),
    "cannot connect in time": breaks(httpx.ConnectTimeout),
    "has no free connection": breaks(httpx.PoolTimeout),
    "answers too late": breaks(httpx.ReadTimeout),
    "takes too long to read": breaks(httpx.WriteTimeout),
    "cuts the line": breaks(httpx.RemoteProtocolError),
    "resets the line": breaks(httpx.ReadError),
    "resets while we write": breaks(httpx.WriteError),
    "answers a page of its edge": says(502, "<html><h1>Bad Gateway</h1></html>"),
    "answers an empty 503": says(503, ""),
    "answers half a success": says(200, '{"messages":[{"id":"wam'),
    "answers an empty success": says(200, ""),
    "sends us elsewhere": says(302, "", location="https://elsewhere.test/"),
}
"""Faults of any HTTP platform."""


def graph_error(code: int, **more: Any) -> Answer:
    return says(400, {"error": {"message": "no", "type": "OAuthException", "code": code, "fbtrace_id": "x", **more}})


class WhatsApp(Platform):
    name = "whatsapp_cloud"
    accepted_as = "wamid.1"
    secret = MappingProxyType({"access_token": "EAA-test", "app_secret": ""})
    answers = BROKEN | {
        "accepts": says(
            200,
            {
                "messaging_product": "whatsapp",
                "contacts": [{"input": "+34600111222", "wa_id": "34600111222"}],
                "messages": [{"id": "wamid.1"}],
            },
        ),
        "rejects": graph_error(131026),
        "throttles": graph_error(130429),
        "refuses the credential": graph_error(190, error_subcode=463),
        "says that it did not take it": graph_error(131016),
        "says that it does not know": graph_error(131000),
    }


GATEWAY = {
    "url": "https://sms.example/send",
    "sender_id": "ACME",
    "success": {"pattern": '*"status": "ok"*'},
}


class Gateway(Platform):
    """Takes 200 and `"status": "ok"` as a success."""

    name = "sms_http"
    accepted_as = "g-1"
    secret = MappingProxyType({"token": "t0ken", "report_secret": "shh"})
    bound = MappingProxyType({"sender": "ACME", "sender_id": "ACME", "settings": GATEWAY})
    answers = BROKEN | {
        "accepts": says(200, {"status": "ok", "id": "g-1"}),
        "rejects": says(200, {"status": "error", "code": 17}),
        "throttles": says(429, "", retry_after="7"),
        "refuses the credential": says(401, {"status": "error"}),
        "answers half a success": says(200, '{"status": "o'),
    }


BOT_TOKEN = "7000000001:t0ken-AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
MESSAGE = {"message_id": 77, "date": 1790000000, "chat": {"id": 4211, "type": "private"}}


def bot_says(result: Any) -> Answer:
    return says(200, {"ok": True, "result": result})


def bot_refuses(code: int, description: str, **parameters: Any) -> Answer:
    """An error as the Bot API words it."""
    more = {"parameters": parameters} if parameters else {}
    return says(code, {"ok": False, "error_code": code, "description": description, **more})


class Telegram(Platform):
    name = "telegram"
    secret = MappingProxyType({"token": BOT_TOKEN, "webhook_secret": "shh"})
    bound = MappingProxyType({"sender": "@shop_bot", "sender_id": "7000000001", "settings": {}})
    person = Address(type=AddressKind.CHAT, value="4211")
    accepted_as = "4211/77"
    echoes = False
    answers = BROKEN | {
        "accepts": bot_says(MESSAGE),
        "rejects": bot_refuses(403, "Forbidden: bot was blocked by the user"),
        "throttles": bot_refuses(429, "Too Many Requests: retry after 7", retry_after=7),
        "refuses the credential": bot_refuses(401, "Unauthorized"),
        "says that it does not know": bot_refuses(500, "Internal Server Error: restart"),
        "answers half a success": says(200, '{"ok":true,"result":{"message_'),
    }

    def sent(self) -> dict[str, Any]:
        [request] = self.requests
        kind = request.headers["content-type"]
        found: dict[str, Any] = multipart(request) if kind.startswith("multipart") else json.loads(request.content)
        return found

    @property
    def method(self) -> str:
        [request] = self.requests
        return str(request.url.path).rpartition("/")[2]


def multipart(request: httpx.Request) -> dict[str, Any]:
    """The parts by name: text as text, files as (name, bytes)."""
    raw = f"content-type: {request.headers['content-type']}\r\n\r\n".encode() + request.content
    found: dict[str, Any] = {}
    for part in message_from_bytes(raw).get_payload():
        name, file = (part.get_param(each, header="content-disposition") for each in ("name", "filename"))
        body = part.get_payload(decode=True)
        found[str(name)] = (file, body) if file else body.decode()
    return found


VOICE = {"sender_id": "ACME", "configuration_set": "parley"}


class Aws(Platform):
    """botocore's own wire, its retries included, below the level at which a stub would hide them."""

    name = "sms_aws"
    accepted_as = "ed23196c"
    bound = MappingProxyType({"sender": "ACME", "sender_id": "ACME", "settings": VOICE})

    def connect(self, patch: pytest.MonkeyPatch) -> None:
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
            patch.setenv(name, "test")
        patch.setenv("AWS_DEFAULT_REGION", "us-east-1")
        client = self.client = aws_send.client.__wrapped__()
        client.meta.events.register("before-send.pinpoint-sms-voice-v2", lambda request, **_: self.reply(request))
        patch.setattr(aws_send, "client", lambda: client)

    def sent(self) -> dict[str, Any]:
        [request] = self.requests
        found: dict[str, Any] = json.loads(request.body)
        return found

    @staticmethod
    def says(status: int, body: Any, kind: str = "application/x-amz-json-1.0") -> Answer:
        raw = (body if isinstance(body, str) else json.dumps(body)).encode()
        return lambda request: _Heard(request.url, status, {"content-type": kind}, raw)

    @staticmethod
    def refuses(name: str, reason: str = "", status: int = 400) -> Answer:
        body = {"__type": f"com.amazonaws#{name}", "Message": "no", **({"Reason": reason} if reason else {})}
        return Aws.says(status, body)


class _Heard(AWSResponse):
    """A whole response whose body was read already."""

    def __init__(self, url: str, status: int, headers: dict[str, str], raw: bytes) -> None:
        super().__init__(url, status, headers, raw=None)
        self._content = raw


ENDPOINT = "https://sms-voice.us-east-1.amazonaws.com/"
Aws.answers = {
    "accepts": Aws.says(200, {"MessageId": "ed23196c"}),
    "rejects": Aws.refuses("ValidationException", "INVALID_PARAMETER"),
    "throttles": Aws.refuses("ThrottlingException"),
    "refuses the credential": Aws.refuses("AccessDeniedException", "ACCOUNT_DISABLED"),
    "says that it does not know": Aws.refuses("InternalServerException", status=500),
    "cannot connect": lambda _: aws.EndpointConnectionError(endpoint_url=ENDPOINT),
    "cannot connect in time": lambda _: aws.ConnectTimeoutError(endpoint_url=ENDPOINT),
    "answers too late": lambda _: aws.ReadTimeoutError(endpoint_url=ENDPOINT),
    "cuts the line": lambda _: aws.ConnectionClosedError(endpoint_url=ENDPOINT),
    "resets the line": lambda _: aws.HTTPClientError(error="reset"),
    "answers a page of its edge": Aws.says(502, "<html><h1>Bad Gateway</h1></html>", "text/html"),
    "answers an empty 503": Aws.says(503, ""),
    "answers half a success": Aws.says(200, '{"MessageId": "ed2'),
    "answers an empty success": Aws.says(200, ""),
}

PLATFORMS: list[type[Platform]] = [WhatsApp, Gateway, Aws, Telegram]
