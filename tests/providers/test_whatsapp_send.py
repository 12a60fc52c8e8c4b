"""What goes to Meta, field by field (meta.md §2.3, §2.4, §2.9.3), and what its answers mean."""

import hashlib
import hmac
from typing import Any

import pytest
from parley.errors import OutcomeUnknown, Rejected
from parley.model.address import Address, AddressKind
from parley.model.content import Content, Kind, Media
from parley.model.template import Template
from parley.providers.provider import Outbound

from tests.support.make import (
    MESSAGE,
    ORGANIZATION,
    SENDER,
    TOKEN,
    body,
    buttons,
    footer,
    header,
    link,
    quick,
    template,
)
from tests.support.platforms import WhatsApp, says

ECHO = f"{ORGANIZATION}.{MESSAGE}"
ENVELOPE = {
    "messaging_product": "whatsapp",
    "recipient_type": "individual",
    "to": "+34600111222",
    "biz_opaque_callback_data": ECHO,
}
PARTS = (
    header("Order $(order_no)"),
    body("Hello $(first_name), your order is ready at $(store)."),
    footer("Acme"),
    buttons(quick(), link("https://acme.test/t/$(code)")),
)
QUICK_REPLY = {
    "type": "button",
    "sub_type": "quick_reply",
    "index": "0",
    "parameters": [{"type": "payload", "payload": f"{TOKEN}00"}],
}
VALUES = {"order_no": "A-19", "first_name": "Ana", "store": "Centro", "code": "A-19"}


def outbound(content: Content, made: Template | None = None, **to: str) -> Outbound:
    person = Address.model_validate({"type": "phone", "value": "+34600111222", **to})
    return Outbound(echo=ECHO, to=person, content=content, template=made, ttl=60, marketing=False)


def media(kind: Kind, **fields: str) -> Content:
    return Content(type=kind, media=Media.model_validate({"link": "https://a.test/f", **fields}))


def named(form: str = "NAMED", *parts: dict[str, Any]) -> dict[str, Any]:
    return {
        "made": template(*(parts or PARTS), parameter_format=form),
        "content": Content(type=Kind.TEMPLATE, variables=VALUES),
    }


CASES: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    (
        "text",
        {"content": Content(type=Kind.TEXT, text="Hello https://a.test")},
        {"type": "text", "text": {"body": "Hello https://a.test", "preview_url": False}},
    ),
    (
        "image",
        {"content": media(Kind.IMAGE, caption="Look")},
        {"type": "image", "image": {"link": "https://a.test/f", "caption": "Look"}},
    ),
    ("audio", {"content": media(Kind.AUDIO)}, {"type": "audio", "audio": {"link": "https://a.test/f"}}),
    ("video", {"content": media(Kind.VIDEO)}, {"type": "video", "video": {"link": "https://a.test/f"}}),
    (
        "document",
        {"content": media(Kind.DOCUMENT, filename="a.pdf", caption="Yours")},
        {"type": "document", "document": {"link": "https://a.test/f", "filename": "a.pdf", "caption": "Yours"}},
    ),
    (
        "a template with named parameters",
        named(),
        {
            "type": "template",
            "template": {
                "name": "order_ready",
                "language": {"code": "es_MX"},
                "components": [
                    {"type": "header", "parameters": [{"type": "text", "parameter_name": "order_no", "text": "A-19"}]},
                    {
                        "type": "body",
                        "parameters": [
                            {"type": "text", "parameter_name": "first_name", "text": "Ana"},
                            {"type": "text", "parameter_name": "store", "text": "Centro"},
                        ],
                    },
                    QUICK_REPLY,
                    {
                        "type": "button",
                        "sub_type": "url",
                        "index": "1",
                        "parameters": [{"type": "text", "text": "A-19"}],
                    },
                ],
            },
        },
    ),
    (
        "a template with positional parameters",
        named("POSITIONAL"),
        {
            "type": "template",
            "template": {
                "name": "order_ready",
                "language": {"code": "es_MX"},
                "components": [
                    {"type": "header", "parameters": [{"type": "text", "text": "A-19"}]},
                    {
                        "type": "body",
                        "parameters": [{"type": "text", "text": "Ana"}, {"type": "text", "text": "Centro"}],
                    },
                    QUICK_REPLY,
                    {
                        "type": "button",
                        "sub_type": "url",
                        "index": "1",
                        "parameters": [{"type": "text", "text": "A-19"}],
                    },
                ],
            },
        },
    ),
    (
        "a variable that comes twice is one parameter",
        named("POSITIONAL", body("Hi $(store), $(first_name): $(store).")),
        {
            "type": "template",
            "template": {
                "name": "order_ready",
                "language": {"code": "es_MX"},
                "components": [
                    {
                        "type": "body",
                        "parameters": [{"type": "text", "text": "Centro"}, {"type": "text", "text": "Ana"}],
                    }
                ],
            },
        },
    ),
    (
        "no components without variables",
        named("NAMED", body("Hello."), buttons(link("https://acme.test"))),
        {"type": "template", "template": {"name": "order_ready", "language": {"code": "es_MX"}}},
    ),
]


@pytest.mark.parametrize(("given", "wanted"), [pytest.param(*case[1:], id=case[0]) for case in CASES])
def test_the_body_of_the_call(whatsapp: WhatsApp, given: dict[str, Any], wanted: dict[str, Any]) -> None:
    whatsapp.send(outbound(given["content"], given.get("made")))
    assert whatsapp.sent() == {**ENVELOPE, **wanted}


def test_a_person_by_their_business_scoped_id(whatsapp: WhatsApp) -> None:
    content = Content(type=Kind.TEXT, text="Hello")
    whatsapp.send(outbound(content, type=AddressKind.BSUID, value="ES.5566778899001122"))
    assert whatsapp.sent()["recipient"] == "ES.5566778899001122"
    assert "to" not in whatsapp.sent()


def test_where_it_goes_and_who_asks(whatsapp: WhatsApp) -> None:
    whatsapp.send(outbound(Content(type=Kind.TEXT, text="Hello")))
    [request] = whatsapp.requests
    assert (request.method, request.url.path) == ("POST", f"/v25.0/{SENDER}/messages")
    assert request.headers["authorization"] == "Bearer EAA-test"
    assert not request.url.query


def test_a_known_app_secret_is_proven(whatsapp: WhatsApp) -> None:
    whatsapp.secret = {"access_token": "EAA-test", "app_secret": "shh"}
    whatsapp.send(outbound(Content(type=Kind.TEXT, text="Hello")))
    proof = hmac.new(b"shh", b"EAA-test", hashlib.sha256).hexdigest()
    assert whatsapp.requests[0].url.params["appsecret_proof"] == proof


ANSWERS = [
    ({"messages": [{"id": "w"}]}, None),
    ({"contacts": [], "messages": [{"id": "w"}]}, None),
    (
        {"contacts": [{"input": "+5511987654321", "wa_id": "551187654321"}], "messages": [{"id": "w"}]},
        "phone:+551187654321",
    ),
    ({"contacts": [{"user_id": "ES.55"}], "messages": [{"id": "w", "message_status": "accepted"}]}, "bsuid:ES.55"),
    ({"contacts": "odd", "messages": [{"id": "w"}]}, None),
    ({"contacts": [None], "messages": [{"id": "w"}]}, None),
]


@pytest.mark.parametrize(("answer", "person"), ANSWERS)
def test_an_accepted_message_and_the_persons_own_id(whatsapp: WhatsApp, answer: Any, person: str | None) -> None:
    whatsapp.answer = says(200, answer)
    accepted = whatsapp.send(outbound(Content(type=Kind.TEXT, text="Hello")))
    named = accepted.person.key if accepted.person else None
    assert (accepted.provider_id, named, accepted.by_id, accepted.sent) == ("w", person, False, False)


@pytest.mark.parametrize(
    "answer",
    [{}, [], None, {"messages": []}, {"messages": [{}]}, {"messages": {"id": "w"}}, {"messages": [{"id": ""}]}],
)
def test_a_success_without_an_id_is_unknown(whatsapp: WhatsApp, answer: Any) -> None:
    whatsapp.answer = says(200, answer)
    with pytest.raises(OutcomeUnknown):
        whatsapp.send(outbound(Content(type=Kind.TEXT, text="Hello")))


def test_ids_are_kept_as_text(whatsapp: WhatsApp) -> None:
    whatsapp.answer = says(200, {"messages": [{"id": 17}]})
    assert whatsapp.send(outbound(Content(type=Kind.TEXT, text="Hello"))).provider_id == "17"


def test_an_error_inside_a_success_is_an_error(whatsapp: WhatsApp) -> None:
    whatsapp.answer = says(200, {"error": {"code": 131026}, "messages": [{"id": "w"}]})
    with pytest.raises(Rejected):
        whatsapp.send(outbound(Content(type=Kind.TEXT, text="Hello")))
