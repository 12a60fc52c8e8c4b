"""The drop-in form, field for field, and that a consumer which knows nothing but the published fields reads it all."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from parley.model.address import Address, AddressKind
from parley.model.chatapp import written
from parley.model.lane import Category
from parley.model.message import Fault
from parley.model.receipt import (
    AuditReceipt,
    AuditType,
    Conversation,
    InboundReceipt,
    Origin,
    Receipt,
    ReceivedFile,
    StatusReceipt,
    User,
    Wording,
    kind_of,
)
from parley.model.receipt_endpoint import AuditVersion
from parley.model.status import Status
from parley.model.template import TemplateStatus

from tests.support import chatapp_consumer
from tests.support.receipts import AT, PERSON, WHERE, audits, inbounds, receipts, statuses

TEMPLATE = Wording("820561", "order_paid", "en")
FILE = ReceivedFile("image", "https://files.test/1", "4455", "look.jpg", "image/jpeg")


def told(receipt: Receipt, version: AuditVersion = AuditVersion.V2) -> dict[str, Any]:
    found = written(receipt, version)
    assert found is not None
    chatapp_consumer.read(kind_of(receipt), json.dumps([found]))
    return found


def test_a_failed_template_is_the_published_sample() -> None:
    fault = Fault(code="undeliverable", message="Receiver is incapable of receiving", provider_code="131026")
    receipt = StatusReceipt(
        WHERE, "m1", Status.FAILED, PERSON, "template", template=TEMPLATE, category=Category.UTILITY, fault=fault
    )
    assert told(receipt) == {
        "MessageId": "m1",
        "From": "6591230000",
        "To": "6598880000",
        "Timestamp": AT,
        "Status": "Failed",
        "StatusDescription": "failed",
        "ErrorCode": "131026",
        "ErrorDescription": "131026:Receiver is incapable of receiving",
        "ConversationType": "utility",
        "MsgFrameType": "template",
        "Type": "TEMPLATE",
        "TaskId": "m1",
        "OriginPhoneNumber": "6591230000",
        "TemplateCode": "820561",
        "TemplateName": "order_paid",
        "Language": "en",
    }


WORDS = {
    Status.SENT: "Sent",
    Status.DELIVERED: "Delivered",
    Status.READ: "Read",
    Status.FAILED: "Failed",
    Status.EXPIRED: "Failed",
    Status.SKIPPED: "Failed",
    Status.SUPERSEDED: "Failed",
    Status.UNKNOWN: "Failed",
}


@pytest.mark.parametrize("status", Status)
def test_the_word_of_every_status(status: Status) -> None:
    receipt = StatusReceipt(WHERE, "m1", status, PERSON, "text")
    if status not in WORDS:
        assert written(receipt, AuditVersion.V2) is None
        return
    found = told(receipt)
    assert (found["Status"], found["StatusDescription"]) == (WORDS[status], WORDS[status].lower())
    assert ("ErrorCode" in found) == (WORDS[status] == "Failed")


def test_our_code_stands_where_the_provider_gave_none() -> None:
    fault = Fault(code="expired", message="Its time was over.")
    found = told(StatusReceipt(WHERE, "m1", Status.EXPIRED, PERSON, "text", fault=fault))
    assert (found["ErrorCode"], found["ErrorDescription"]) == ("expired", "expired:Its time was over.")


def test_an_old_fault_is_not_told_of_a_message_that_arrived() -> None:
    fault = Fault(code="undeliverable", message="No.")
    assert "ErrorCode" not in told(StatusReceipt(WHERE, "m1", Status.DELIVERED, PERSON, "text", fault=fault))


@pytest.mark.parametrize(
    ("kind", "frame", "type"),
    [
        ("template", "template", "TEMPLATE"),
        ("text", "message", "none"),
        ("interactive", "message", "INTERACTIVE"),
        ("image", "message", "image"),
        ("sticker", "message", "image"),
        ("video", "message", "video"),
        ("animation", "message", "video"),
        ("audio", "message", "audio"),
        ("voice", "message", "audio"),
        ("document", "message", "document"),
        ("location", "message", "none"),
        ("poll", "message", "none"),
    ],
)
def test_the_type_of_every_kind(kind: str, frame: str, type: str) -> None:
    found = told(StatusReceipt(WHERE, "m1", Status.SENT, PERSON, kind, template=TEMPLATE))
    assert (found["MsgFrameType"], found["Type"], "TemplateCode" in found) == (frame, type, frame == "template")


@pytest.mark.parametrize("category", [None, *Category])
def test_the_conversation(category: Category | None) -> None:
    receipt = StatusReceipt(WHERE, "m1", Status.SENT, PERSON, "text", category=category)
    assert told(receipt)["ConversationType"] == (category.lower() if category else "service")
    found = told(receipt._replace(conversation=Conversation("c1", AT + 1)))
    assert (found["ConversationId"], found["ConversationExpirationTime"]) == ("c1", AT + 1)
    assert "ConversationExpirationTime" not in told(receipt._replace(conversation=Conversation("c1")))


def test_the_own_id_and_the_number_that_really_sent() -> None:
    receipt = StatusReceipt(WHERE, "m1", Status.SENT, PERSON, "text", reference="job-7", origin="+65 9000 0000")
    found = told(receipt)
    assert (found["TaskId"], found["From"], found["OriginPhoneNumber"]) == ("job-7", "6591230000", "6590000000")


def test_the_ids_of_a_user() -> None:
    receipt = StatusReceipt(WHERE, "m1", Status.SENT, PERSON, "text", user=User("US.1", "US.ENT.2", "@lee"))
    found = told(receipt)
    assert (found["FromUserId"], found["FromParentUserId"], found["FromUserName"]) == ("US.1", "US.ENT.2", "@lee")
    hidden = Address(type=AddressKind.BSUID, value="US.3")
    found = told(StatusReceipt(WHERE, "m1", Status.SENT, hidden, "text"))
    assert (found["To"], found["FromUserId"]) == ("US.3", "US.3")


@pytest.mark.parametrize(("blocked", "word"), [(True, "unsubscribe"), (False, "subscribe")])
def test_a_person_who_shut_the_channel_out(blocked: bool, word: str) -> None:
    found = told(StatusReceipt(WHERE, "e1", Status.FAILED, PERSON, "membership", blocked=blocked))
    assert (found["Status"], found["MsgFrameType"], "ErrorCode" in found) == (word, "message", False)


def inbound(kind: str, content: dict[str, Any], **more: Any) -> InboundReceipt:
    return InboundReceipt(WHERE, "i1", PERSON, kind, content, "whatsapp", **more)


def test_a_pressed_button_is_the_published_sample() -> None:
    receipt = inbound("button", {"button": {"text": "Yes", "payload": "p1"}}, name="Lee", answers="m1")
    assert told(receipt) == {
        "MessageId": "i1",
        "CustSpaceId": "channel-1",
        "WabaId": "95",
        "From": "6598880000",
        "To": "6591230000",
        "Timestamp": AT,
        "DisplayName": "Lee",
        "Name": "Lee",
        "Type": "REPLY",
        "Message": '{"text":"Yes","payload":"p1"}',
        "NoticeType": "inbound",
        "Context": {"from": "6591230000", "id": "m1"},
    }


def test_text_is_plain_on_every_platform() -> None:
    for content in ({"text": {"body": "Hola ñ"}}, {"text": "Hola ñ", "from": {"id": 5}}):
        found = told(inbound("text", content))
        assert (found["Type"], found["Message"]) == ("TEXT", "Hola ñ")


IMAGE = {"caption": "Look", "id": "4455", "mimeType": "image/jpeg", "url": "https://files.test/1"}
PLACE = {"address": "Sol 1", "latitude": 40.4, "longitude": -3.7, "name": "Cafe"}
NAMELESS = {**PLACE, "address": "", "name": ""}
POINT = {"latitude": 40.4, "longitude": -3.7}
CARD = {"name": {"formatted_name": "Ana Ruiz", "first_name": "Ana", "last_name": "Ruiz"}, "phones": [{"phone": "+34"}]}
TABLE = [
    ("image", {"image": {"id": "4455", "caption": "Look"}}, "IMAGE", IMAGE),
    ("image", {"photo": [], "caption": "Look"}, "IMAGE", IMAGE),
    ("sticker", {"sticker": {"id": "4455"}}, "IMAGE", {**IMAGE, "caption": ""}),
    ("video", {"video": {}}, "VIDEO", {"name": "look.jpg", **{k: IMAGE[k] for k in ("id", "mimeType", "url")}}),
    ("video", {"video": {"caption": "Look"}}, "VIDEO", {"name": "Look"}),
    ("animation", {"animation": {}}, "VIDEO", {"name": "look.jpg"}),
    ("audio", {"audio": {"voice": True}}, "AUDIO", {"name": "look.jpg", "filename": "look.jpg", "animated": False}),
    ("voice", {"voice": {}}, "AUDIO", {"mimeType": "image/jpeg"}),
    ("document", {"document": {"caption": "Bill"}}, "DOCUMENT", {"name": "Bill", "filename": "look.jpg"}),
    ("document", {"document": {}}, "DOCUMENT", {"name": "look.jpg"}),
    ("location", {"location": {**POINT, "name": "Cafe", "address": "Sol 1"}}, "LOCATION", PLACE),
    ("location", {"location": POINT}, "LOCATION", NAMELESS),
    ("venue", {"venue": {"location": POINT, "title": "Cafe", "address": "Sol 1"}}, "LOCATION", PLACE),
    ("location", {"location": {"latitude": "north"}}, "SYSTEM", {"location": {"latitude": "north"}}),
    ("button", {"button": {"payload": "p1"}}, "REPLY", {"text": "", "payload": "p1"}),
    (
        "interactive",
        {"interactive": {"type": "button_reply", "button_reply": {"id": "yes", "title": "Yes"}}},
        "REPLY",
        {"text": "Yes", "payload": "yes"},
    ),
    ("interactive", {"interactive": {"list_reply": {"id": "r1", "title": "Soup"}}}, "REPLY", {"payload": "r1"}),
    ("interactive", {"interactive": {"nfm_reply": {"body": "Sent", "response_json": "{}"}}}, "REPLY", {"text": "Sent"}),
    ("interactive", {"interactive": {"other": {}}}, "SYSTEM", {"interactive": {"other": {}}}),
    ("reaction", {"reaction": {"emoji": "+"}}, "SYSTEM", {"reaction": {"emoji": "+"}}),
    ("edited", {"text": "fixed"}, "SYSTEM", {"text": "fixed"}),
    ("system", {"system": {"body": "changed"}}, "SYSTEM", {"system": {"body": "changed"}}),
    ("text", {"text": {"body": 7}}, "SYSTEM", {"text": {"body": 7}}),
]


@pytest.mark.parametrize(("kind", "content", "type", "fields"), TABLE)
def test_the_fields_of_every_type(kind: str, content: dict[str, Any], type: str, fields: dict[str, Any]) -> None:
    found = told(inbound(kind, content, files=(FILE,)))
    said = json.loads(found["Message"])
    assert (found["Type"], {name: said[name] for name in fields}) == (type, fields)


def test_contact_cards_have_one_form() -> None:
    card = {"first_name": "Ana", "last_name": "Ruiz", "phone_number": "+34"}
    for kind, content in (("contacts", {"contacts": [CARD]}), ("contact", {"contact": card})):
        found = told(inbound(kind, content))
        assert (found["Type"], json.loads(found["Message"])) == ("CONTACTS", [CARD])


def test_what_the_person_pressed_goes_before_what_the_platform_told() -> None:
    found = told(inbound("button", {"button": {"payload": "x"}}, pressed="Yes", payload="p1"))
    assert json.loads(found["Message"]) == {"text": "Yes", "payload": "p1"}


def test_a_file_that_was_not_handed_out_has_no_address() -> None:
    assert json.loads(told(inbound("image", {"image": {}}))["Message"])["url"] == ""


def test_a_person_without_a_name_goes_by_the_user_name() -> None:
    found = told(inbound("text", {"text": "Hi"}, user=User(name="@lee")))
    assert (found["DisplayName"], found["Name"], found["FromUserName"]) == ("@lee", "@lee", "@lee")
    assert told(inbound("text", {"text": "Hi"}))["Name"] == ""


def test_a_group_of_telegram_keeps_its_sign() -> None:
    group = Address(type=AddressKind.CHAT, value="-100123")
    assert told(inbound("text", {"text": "Hi"})._replace(person=group))["From"] == "-100123"


AUDIT_WORDS = {
    TemplateStatus.DRAFT: "unaudit",
    TemplateStatus.IN_REVIEW: "auditing",
    TemplateStatus.APPROVED: "pass",
    TemplateStatus.REJECTED: "fail",
    TemplateStatus.PAUSED: "paused",
    TemplateStatus.DISABLED: "disabled",
    TemplateStatus.ARCHIVED: "disabled",
}


@pytest.mark.parametrize("status", TemplateStatus)
def test_the_review_of_a_template_in_both_versions(status: TemplateStatus) -> None:
    receipt = AuditReceipt(WHERE, AuditType.TEMPLATE, status, TEMPLATE)
    first = {
        "WabaId": "95",
        "TemplateCode": "820561",
        "Language": "en",
        "AuditStatus": AUDIT_WORDS[status],
        "Reason": "",
    }
    assert told(receipt, AuditVersion.V1) == first
    assert told(receipt, AuditVersion.V2) == {**first, "Type": "template"}
    assert told(receipt._replace(reason="SPAM"), AuditVersion.V1)["Reason"] == "SPAM"


@pytest.mark.parametrize(
    ("type", "status", "more"),
    [
        (AuditType.TEMPLATE_CATEGORY, "MARKETING", {"TemplateCode": "820561", "Language": "en"}),
        (AuditType.TEMPLATE_QUALITY, "RED", {"TemplateCode": "820561", "Language": "en"}),
        (AuditType.PHONE_NAME, "APPROVED", {"PhoneNumber": "6591230000"}),
        (AuditType.PHONE_QUALITY, "UNKNOWN", {"PhoneNumber": "6591230000"}),
        (AuditType.ACCOUNT_REVIEW, "REJECTED", {}),
        (AuditType.ACCOUNT, "ACCOUNT_VIOLATION", {"PhoneNumber": "6591230000"}),
    ],
)
def test_what_only_version_2_tells(type: AuditType, status: str, more: dict[str, str]) -> None:
    about = TEMPLATE if "TemplateCode" in more else None
    receipt = AuditReceipt(WHERE, type, status, about)
    assert written(receipt, AuditVersion.V1) is None
    assert told(receipt) == {"WabaId": "95", "Type": type, "Status": status, **more}
    assert told(receipt._replace(reason="SPAM"))["Reason"] == "SPAM"


@given(receipts, st.sampled_from(AuditVersion))
def test_whatever_happens_the_consumer_reads_it(receipt: Receipt, version: AuditVersion) -> None:
    found = written(receipt, version)
    if found is not None:
        (one,) = chatapp_consumer.read(kind_of(receipt), json.dumps([found]))
        assert one.model_dump(by_alias=True, exclude_none=True) == found


@given(statuses, inbounds, audits)
def test_only_what_has_no_word_is_left_out(status: StatusReceipt, inbound: InboundReceipt, audit: AuditReceipt) -> None:
    assert (written(status, AuditVersion.V2) is None) == (status.blocked is None and status.status not in WORDS)
    assert written(inbound, AuditVersion.V1) is not None
    assert written(audit, AuditVersion.V2) is not None
    assert (written(audit, AuditVersion.V1) is None) == (audit.type is not AuditType.TEMPLATE)


def test_the_origin_of_nothing_is_left_out() -> None:
    nowhere = Origin("e1", "o", "c", AT)
    found = told(StatusReceipt(nowhere, "m1", Status.SENT, PERSON, "text"))
    assert (found["From"], "OriginPhoneNumber" in found) == ("", False)
