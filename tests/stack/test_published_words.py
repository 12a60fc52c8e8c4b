"""Real traffic on the stack, read by a consumer that knows nothing but the published fields of the originals."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.support import chatapp_consumer
from tests.support.receiver import Receiver, receiver
from tests.support.stack_client import Json, Shop, eventually
from tests.support.stack_simulators import Simulators

KINDS = ["ChatAppStatus", "ChatAppInbound", "ChatAppAudit"]
Read = Callable[[str, int], list[Json]]


@pytest.fixture(scope="module")
def server() -> Iterator[Receiver]:
    with receiver() as started:
        yield started


@pytest.fixture(scope="module")
def read(shop: Shop, server: Receiver) -> Read:
    """Waits for so many objects of a kind, and answers all of them as the consumer read them."""
    for kind in KINDS:
        wanted = {"name": kind, "url": f"{server.url}/{kind}", "kinds": [kind]}
        shop.organization.call("POST", "/receipt_endpoints", wanted, expect=201)

    def found(kind: str) -> list[Any]:
        return [each for post in server.at(f"/{kind}") for each in chatapp_consumer.read(kind, post.body)]

    def waited(kind: str, many: int) -> list[Json]:
        several = eventually(lambda: found(kind) if len(found(kind)) >= many else [], 40, lambda: found(kind))
        return [each.model_dump(by_alias=True, exclude_none=True) for each in several]

    return waited


def _own(shop: Shop) -> str:
    return "".join(each for each in shop.number.display if each.isdigit())


def test_statuses(shop: Shop, simulators: Simulators, read: Read) -> None:
    with simulators.settings(whatsapp={"webhook_version": 23}):  # the last one that tells of conversations
        good = shop.send(simulators.person(1), reference="order-7")["id"]
        bad = shop.send(simulators.person(1026))["id"]
        several = read("ChatAppStatus", 4)
    mine = [each for each in several if each["MessageId"] == good]
    assert sorted(each["Status"] for each in mine) == ["Delivered", "Read", "Sent"]
    for each in mine:
        assert (each["From"], each["OriginPhoneNumber"], each["TaskId"]) == (_own(shop), _own(shop), "order-7")
        assert (each["MsgFrameType"], each["Type"]) == ("template", "TEMPLATE")
        assert (each["TemplateName"], each["Language"], each["ConversationType"]) == ("order_ready", "en", "utility")
        assert {"ConversationId", "FromUserId", "TemplateCode"} <= each.keys()
    [failed] = [each for each in several if each["MessageId"] == bad]
    assert (failed["Status"], failed["ErrorCode"], failed["TaskId"]) == ("Failed", "131026", bad)


SAID: list[tuple[Json, str]] = [
    ({"text": "Hola"}, "TEXT"),
    ({"type": "location", "location": {"latitude": 40.4, "longitude": -3.7}}, "LOCATION"),
    ({"type": "image", "caption": "Look"}, "IMAGE"),
    ({"type": "video", "mime_type": "video/mp4"}, "VIDEO"),
    ({"type": "audio", "mime_type": "audio/ogg; codecs=opus", "voice": True}, "AUDIO"),
    ({"type": "document", "filename": "a.pdf", "mime_type": "application/pdf"}, "DOCUMENT"),
    ({"type": "interactive", "text": "Yes", "payload": "yes"}, "REPLY"),
    ({"type": "contacts", "contacts": [{"name": {"formatted_name": "Ana"}}]}, "CONTACTS"),
    ({"type": "system", "system": {"body": "Ana changed"}}, "SYSTEM"),
]


def test_messages_of_people(shop: Shop, simulators: Simulators, read: Read) -> None:
    who = simulators.person(1)
    for said, _ in SAID:
        simulators.says(shop.number, who, name="Ana Ruiz", **said)
    found = {each["Type"]: each for each in read("ChatAppInbound", len(SAID))}
    assert found.keys() == {type for _, type in SAID}
    for each in found.values():
        assert (each["From"], each["To"], each["WabaId"]) == (who[1:], _own(shop), shop.number.waba)
        assert (each["CustSpaceId"], each["DisplayName"], each["NoticeType"]) == (shop.whatsapp, "Ana Ruiz", "inbound")
        assert each["FromUserId"]
    assert found["TEXT"]["Message"] == "Hola"


def test_decisions_of_the_platform(shop: Shop, simulators: Simulators, read: Read) -> None:
    made = shop.organization.approved(shop.whatsapp, "published_words", "Our shop opens again on Monday at nine.")
    provider_id = shop.organization.template(made)["provider_id"]
    simulators.post(f"/templates/{provider_id}", category="MARKETING")
    simulators.post(f"/templates/{provider_id}", quality="YELLOW")
    simulators.decides(shop.number, name="APPROVED", quality="THROUGHPUT_UPGRADE", review="APPROVED")
    simulators.decides(shop.number, account="ACCOUNT_VIOLATION")
    wanted = {
        ("template", "auditing"),
        ("template", "pass"),
        ("templateCategoryUpdate", "MARKETING"),
        ("templateQualityUpdate", "YELLOW"),
        ("phoneNameUpdate", "APPROVED"),
        ("phoneQualityUpdate", "UNKNOWN"),
        ("wabaReviewUpdate", "APPROVED"),
        ("wabaAccountUpdate", "ACCOUNT_VIOLATION"),
    }

    def known() -> set[tuple[str, str]]:
        """A slow stream may also tell of the template that the shop began with."""
        told = read("ChatAppAudit", 1)
        return {(each["Type"], each.get("AuditStatus", each.get("Status"))) for each in told}

    eventually(lambda: known() >= wanted, 40, known)
    assert known() == wanted
