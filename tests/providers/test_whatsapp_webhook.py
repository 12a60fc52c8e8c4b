"""Meta's webhooks (meta.md §2.13): every entry, change, status and message, in our words."""

import json
from dataclasses import replace
from typing import Any

import pytest
from parley.model.events import (
    AccountReport,
    Event,
    InboundMessage,
    MarketingChoice,
    NotUnderstood,
    StatusReport,
    TemplateReport,
)
from parley.model.presses import Answered, Pressed, Token
from parley.model.profile import Profile
from parley.model.receipt import AuditType, Conversation
from parley.model.status import Status
from parley.model.template import TemplateStatus
from parley.providers.whatsapp_cloud import webhook

from tests.support.make import MESSAGE, TOKEN

SENDER = "700800900100200"
Json = dict[str, Any]


def read(*values: Json, field: str = "messages", **body: Any) -> list[Event]:
    """Each value as an entry of its own."""
    entries = [{"id": "900", "changes": [{"field": field, "value": value}]} for value in values]
    return webhook.read(json.dumps({"object": "whatsapp_business_account", "entry": entries, **body}).encode())


def value(**more: Any) -> Json:
    metadata = {"display_phone_number": "493055501234", "phone_number_id": SENDER}
    return {"messaging_product": "whatsapp", "metadata": metadata, **more}


def status(word: str = "sent", **more: Any) -> Json:
    return {"id": "wamid.1", "status": word, "timestamp": "1790000100", "recipient_id": "34600111222", **more}


def message(kind: str = "text", **more: Any) -> Json:
    known = {"from": "34600111222", "id": "wamid.in", "timestamp": "1790000000", "type": kind}
    return {**known, **({"text": {"body": "Hola"}} if kind == "text" else {}), **more}


WORDS = {"sent": "sent", "delivered": "delivered", "read": "read", "played": "read", "failed": "failed"}


@pytest.mark.parametrize(("word", "ours"), list(WORDS.items()))
def test_the_words_for_statuses(word: str, ours: str) -> None:
    [event] = read(value(statuses=[status(word, biz_opaque_callback_data="o.m")]))
    assert isinstance(event, StatusReport)
    assert (event.status, event.echo, event.sender_id, event.provider_id) == (Status(ours), "o.m", SENDER, "wamid.1")
    assert event.at == 1790000100000


@pytest.mark.parametrize("word", ["accepted", "deleted", "warning", "", None, 7])
def test_a_status_that_we_do_not_know(word: Any) -> None:
    assert read(value(statuses=[status(word)])) == [NotUnderstood("status")]


def test_every_entry_change_and_status_not_only_the_first() -> None:
    two = value(statuses=[status("sent", id="a"), status("read", id="b")])
    changes = [{"field": "messages", "value": two}, {"field": "messages", "value": value(statuses=[status(id="c")])}]
    entries = [{"changes": changes}, {"changes": changes[:1]}]
    found = read(entry=entries)
    assert [event.provider_id for event in found if isinstance(event, StatusReport)] == ["a", "b", "c", "a", "b"]


def test_one_strange_part_does_not_hide_the_others() -> None:
    found = read(value(statuses=["odd", status("unheard"), status(id="b")]), value(messages=[{}, message()]))
    assert [type(event) for event in found] == [NotUnderstood, StatusReport, NotUnderstood, InboundMessage]


def test_statuses_and_messages_side_by_side() -> None:
    found = read(value(statuses=[status()], messages=[message()], errors=[{"code": 131000}]))
    assert [type(event) for event in found] == [StatusReport, InboundMessage]


def fault_of(**error: Any) -> Any:
    [event] = read(value(statuses=[status("failed", errors=[error] if error else [])]))
    assert isinstance(event, StatusReport)
    return event.fault


@pytest.mark.parametrize(
    ("code", "ours", "retryable"),
    [
        (131049, "marketing_limit_of_person", True),
        (131026, "undeliverable", True),
        (131047, "window_closed", False),
        (131050, "person_opted_out", False),
        (132015, "template_paused", False),
        (131053, "media_failed", False),
        (131000, "not_delivered", True),
        (999, "not_delivered", False),
    ],
)
def test_the_codes_of_failures(code: int, ours: str, retryable: bool) -> None:
    fault = fault_of(code=code, title="Title", message="Title", error_data={"details": "x"})
    assert (fault.code, fault.provider_code, fault.retryable, fault.message) == (ours, str(code), retryable, "Title")
    assert not fault.local


def test_a_refusal_of_marketing_is_of_the_person() -> None:
    for code, scope in ((131050, "marketing"), (131026, "message"), (131049, "message")):
        [event] = read(value(statuses=[status("failed", errors=[{"code": code}])]))
        assert isinstance(event, StatusReport)
        assert event.scope == scope


def test_a_failure_without_a_reason_is_still_a_failure() -> None:
    assert fault_of().code == "not_delivered"
    assert read(value(statuses=[status("sent", errors=[{"code": 1}])]))[0].fault is None  # type: ignore[union-attr]


def test_a_person_without_a_number() -> None:
    [event] = read(value(statuses=[status(recipient_id=None, recipient_user_id="ES.55")]))
    assert isinstance(event, StatusReport)
    assert (event.provider_id, event.status) == ("wamid.1", Status.SENT)


TALK = {"id": "c0ffee", "origin": {"type": "utility"}}


@pytest.mark.parametrize(
    ("told", "wanted"),
    [
        ({}, None),
        ({"conversation": TALK}, Conversation("c0ffee")),
        ({"conversation": {**TALK, "expiration_timestamp": "1790086400"}}, Conversation("c0ffee", 1790086400000)),
        ({"conversation": {**TALK, "expiration_timestamp": "soon"}}, Conversation("c0ffee")),
        ({"conversation": {"id": {}}}, None),
        ({"conversation": "odd"}, None),
    ],
)
def test_the_conversation_of_older_webhooks(told: Json, wanted: Conversation | None) -> None:
    [event] = read(value(statuses=[status(**told)]))
    assert isinstance(event, StatusReport)
    assert event.conversation == wanted


def test_the_id_of_the_person_who_was_reached() -> None:
    found = read(value(statuses=[status(recipient_user_id="ES.55"), status(recipient_user_id={})]))
    assert [event.user_id for event in found if isinstance(event, StatusReport)] == ["ES.55", None]


@pytest.mark.parametrize("stamp", [None, "", "soon", "²", "-1", "9" * 5000, {}, 1.5])
def test_a_strange_time_is_no_time(stamp: Any) -> None:
    [event] = read(value(statuses=[status(timestamp=stamp)]))
    assert isinstance(event, StatusReport)
    assert event.at == 0


KINDS = {
    "text": {"body": "Hola"},
    "image": {"id": "4455", "mime_type": "image/jpeg"},
    "video": {"id": "1"},
    "audio": {"id": "1", "voice": True},
    "document": {"id": "1", "filename": "a.pdf"},
    "sticker": {"id": "1"},
    "location": {"latitude": 40.4, "longitude": -3.7},
    "contacts": [{"name": {"formatted_name": "Ana"}}],
    "reaction": {"message_id": "wamid.1"},
    "button": {"payload": "STOP", "text": "Stop"},
    "interactive": {"type": "button_reply", "button_reply": {"id": "yes", "title": "Yes"}},
    "order": {"catalog_id": "367", "product_items": []},
}


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_message(kind: str) -> None:
    [event] = read(value(messages=[message(kind, **{kind: KINDS[kind]})]))
    assert isinstance(event, InboundMessage)
    assert (event.kind, event.content) == (kind, {kind: KINDS[kind]})
    assert (event.sender_id, event.provider_id, event.at) == (SENDER, "wamid.in", 1790000000000)


def test_only_what_somebody_wrote_is_a_text() -> None:
    texts = {kind: read(value(messages=[message(kind, **{kind: KINDS[kind]})]))[0].text for kind in KINDS}  # type: ignore[union-attr]
    assert texts == dict.fromkeys(KINDS) | {"text": "Hola"}
    for odd in (None, "Hola", {}, {"body": 7}, ["Hola"]):
        assert read(value(messages=[message("text", text=odd)]))[0].text is None  # type: ignore[union-attr]


@pytest.mark.parametrize("kind", ["unsupported", "system", "edit", "hologram", "request_welcome"])
def test_a_kind_that_we_do_not_know_is_kept_as_a_placeholder(kind: str) -> None:
    [event] = read(value(messages=[message(kind)]))
    assert isinstance(event, InboundMessage)
    assert event.content == {"unsupported": kind}


def test_what_is_answered_is_kept() -> None:
    [event] = read(value(messages=[message(context={"id": "wamid.OURS"})]))
    assert isinstance(event, InboundMessage)
    assert event.content["context"] == {"id": "wamid.OURS"}


def test_people_are_matched_by_id_not_by_position() -> None:
    ana, bob = {"wa_id": "341", "user_id": "ES.1"}, {"wa_id": "342", "user_id": "ES.2"}
    messages = [
        message(**{"from": "342"}),
        message(**{"from": "341"}),
        message(**{"from": None, "from_user_id": "ES.1"}),
    ]
    found = read(value(contacts=[ana, bob], messages=messages))
    people = [[each.key for each in event.people] for event in found if isinstance(event, InboundMessage)]
    assert people == [["phone:+342", "bsuid:ES.2"], ["phone:+341", "bsuid:ES.1"], ["bsuid:ES.1", "phone:+341"]]


def test_a_message_without_contacts_still_has_its_person() -> None:
    [event] = read(value(messages=[message(from_user_id="ES.1")]))
    assert isinstance(event, InboundMessage)
    assert [each.key for each in event.people] == ["phone:+34600111222", "bsuid:ES.1"]


ANA = {"wa_id": "34600111222", "user_id": "ES.1", "parent_user_id": "ES.ENT.7"}
ES_1 = Profile(user_id="ES.1")
PROFILES: list[tuple[Json, Json, Profile | None]] = [
    (
        {**ANA, "profile": {"name": "Ana Ruiz", "username": "@anaruiz"}},
        {},
        Profile(name="Ana Ruiz", username="@anaruiz", user_id="ES.1", parent_user_id="ES.ENT.7"),
    ),
    ({"wa_id": "34600111222"}, {}, None),
    ({"wa_id": "34999"}, {}, None),  # of somebody else
    (
        {},
        {"from_user_id": "ES.1", "from_parent_user_id": "ES.ENT.7"},
        Profile(user_id="ES.1", parent_user_id="ES.ENT.7"),
    ),
    ({**ANA, "profile": "odd", "user_id": 7}, {}, Profile(parent_user_id="ES.ENT.7")),
    (
        {**ANA, "profile": {"name": ["Ana"], "username": "@" * 300}},
        {},
        Profile(user_id="ES.1", parent_user_id="ES.ENT.7"),
    ),
]


@pytest.mark.parametrize(("contact", "more", "wanted"), PROFILES)
def test_how_a_person_calls_themselves(contact: Json, more: Json, wanted: Profile | None) -> None:
    [event] = read(value(contacts=[contact], messages=[message(**more)]))
    assert isinstance(event, InboundMessage)
    assert event.profile == wanted


@pytest.mark.parametrize("kind", ["system", "edit", "revoke"])
def test_what_happened_beside_messages_is_kept_as_it_was_told(kind: str) -> None:
    """Nobody wrote where a number changed."""
    [event] = read(value(messages=[message(kind, **{kind: {"body": "Ana changed"}})]))
    assert isinstance(event, InboundMessage)
    assert (event.content, event.spoke) == ({kind: {"body": "Ana changed"}}, kind != "system")


def test_a_message_without_an_id_cannot_be_kept_once() -> None:
    assert read(value(messages=[message(id=None)])) == [NotUnderstood("message")]


OURS = {"from": "493055501234", "id": "wamid.ours"}
BUTTON = {"payload": f"{TOKEN}07yes", "text": "Yes"}
ANSWERS: list[tuple[Json, Answered | None]] = [
    ({}, None),
    ({"context": OURS}, Answered("wamid.ours")),
    ({"context": {"id": "wamid.ours"}}, Answered("wamid.ours")),
    ({"context": {**OURS, "from": "34600111222"}}, None),  # they quote themselves
    ({"context": {"forwarded": True}}, None),
    ({"context": {"id": 5}}, None),
    ({"context": "odd"}, None),
    (
        {"type": "button", "button": BUTTON, "context": OURS},
        Answered("wamid.ours", Pressed("Yes", "yes", Token(MESSAGE, 7))),
    ),
    (
        {"type": "button", "button": {**BUTTON, "payload": f"{TOKEN}07"}},
        Answered(None, Pressed("Yes", "Yes", Token(MESSAGE, 7))),
    ),
    ({"type": "button", "button": {**BUTTON, "payload": "yes"}}, Answered(None, Pressed("Yes", "yes"))),
    ({"type": "button", "button": {"text": ["Yes"], "payload": {}}}, Answered(None, Pressed())),
    (
        {"type": "interactive", "interactive": {"type": "button_reply", "button_reply": {"id": "y", "title": "Yes"}}},
        Answered(None, Pressed("Yes", "y")),
    ),
    ({"type": "interactive", "interactive": {"type": "nfm_reply", "nfm_reply": {}}}, None),
]


@pytest.mark.parametrize(("more", "wanted"), ANSWERS)
def test_which_message_is_answered(more: Json, wanted: Answered | None) -> None:
    said = {"from": "34600111222", "id": "wamid.2", "timestamp": "1790000000", "type": "text", **more}
    [event] = read(value(messages=[said]))
    assert isinstance(event, InboundMessage)
    assert event.answers == wanted


@pytest.mark.parametrize("payload", ["yes", "", "ONWAY:A-19"])
def test_the_business_gets_its_own_payload(payload: str) -> None:
    button = {**BUTTON, "payload": f"{TOKEN}07{payload}"}
    said = {"from": "34600111222", "id": "wamid.2", "timestamp": "1790000000", "type": "button", "button": button}
    [event] = read(value(messages=[said]))
    assert isinstance(event, InboundMessage)
    assert event.content == {"button": {"payload": payload or "Yes", "text": "Yes"}}


PREFERENCE = {"wa_id": "34600111222", "user_id": "ES.55", "category": "marketing_messages", "timestamp": 1790000200}


@pytest.mark.parametrize(("word", "wanted"), [("stop", False), ("resume", True)])
def test_whether_somebody_wants_marketing(word: str, wanted: bool) -> None:
    [event] = read(value(user_preferences=[{**PREFERENCE, "value": word}]), field="user_preferences")
    assert isinstance(event, MarketingChoice)
    assert [who.key for who in event.people] == ["phone:+34600111222", "bsuid:ES.55"]
    assert (event.sender_id, event.wanted, event.at) == (SENDER, wanted, 1790000200000)


@pytest.mark.parametrize(
    "told",
    [
        [],
        {},
        [{**PREFERENCE, "value": "signup"}],
        [{**PREFERENCE, "value": "stop", "category": "other"}],
        [{**PREFERENCE, "value": "stop", "wa_id": None, "user_id": None}],
        [{**PREFERENCE, "value": ["stop"]}],
    ],
)
def test_a_preference_that_says_nothing_for_us(told: Any) -> None:
    assert read(value(user_preferences=told), field="user_preferences") == [NotUnderstood("preference")]


EVENTS = {
    "APPROVED": "approved",
    "REJECTED": "rejected",
    "PAUSED": "paused",
    "DISABLED": "disabled",
    "REINSTATED": "approved",
    "LOCKED": "disabled",
    "PENDING_DELETION": "disabled",
    "PENDING": "in_review",
    "IN_APPEAL": "in_review",
}


@pytest.mark.parametrize(("word", "ours"), list(EVENTS.items()))
def test_what_becomes_of_a_template(word: str, ours: str) -> None:
    told = {"event": word, "message_template_id": 3344, "message_template_name": "n", "reason": "NONE"}
    assert read(told, field="message_template_status_update") == [TemplateReport("3344", TemplateStatus(ours), None)]


@pytest.mark.parametrize(
    ("more", "reason"),
    [
        ({"reason": "INVALID_FORMAT"}, "INVALID_FORMAT"),
        ({"reason": "SCAM", "rejection_info": {"reason": "R", "recommendation": "Do."}}, "SCAM: R: Do."),
        ({"reason": None, "other_info": {"title": "FIRST_PAUSE", "description": "Low quality."}}, "Low quality."),
        ({"reason": "NONE", "rejection_info": "odd"}, None),
        ({}, None),
    ],
)
def test_why_it_was_refused(more: Json, reason: str | None) -> None:
    told = {"event": "REJECTED", "message_template_id": 3344, **more}
    [event] = read(told, field="message_template_status_update")
    assert isinstance(event, TemplateReport)
    assert event.reason == reason


@pytest.mark.parametrize("told", [{"event": "FLAGGED", "message_template_id": 1}, {"event": "APPROVED"}, {}])
def test_a_template_event_that_says_nothing_for_us(told: Json) -> None:
    assert read(told, field="message_template_status_update") == [NotUnderstood("template event")]


OF_TEMPLATE = {"message_template_id": 3344, "message_template_name": "n", "message_template_language": "en-US"}
CATEGORIES: list[tuple[Json, TemplateReport]] = [
    (
        {"new_category": "UTILITY", "correct_category": "MARKETING", "category_update_timestamp": 1790000000},
        TemplateReport("3344", expected="MARKETING"),
    ),
    ({"new_category": "MARKETING", "correct_category": "utility"}, TemplateReport("3344", expected="UTILITY")),
    (
        {"previous_category": "UTILITY", "new_category": "MARKETING"},
        TemplateReport("3344", category="MARKETING", expected=""),
    ),
    (
        {"previous_category": "MARKETING", "new_category": "utility"},
        TemplateReport("3344", category="UTILITY", expected=""),
    ),
]


@pytest.mark.parametrize(("told", "wanted"), CATEGORIES)
def test_a_category_is_announced_and_then_changed(told: Json, wanted: TemplateReport) -> None:
    """An announcement names the present category as the new one; only what is right counts there."""
    assert read({**OF_TEMPLATE, **told}, field="template_category_update") == [wanted]


@pytest.mark.parametrize(
    "told",
    [
        {},
        OF_TEMPLATE,
        {**OF_TEMPLATE, "new_category": "SPAM"},
        {**OF_TEMPLATE, "new_category": None},
        {**OF_TEMPLATE, "new_category": "UTILITY", "correct_category": "SPAM"},
        {**OF_TEMPLATE, "new_category": ["MARKETING"]},
        {"new_category": "MARKETING"},
        {"message_template_id": {"id": 1}, "new_category": "MARKETING"},
    ],
)
def test_a_category_that_nobody_can_read(told: Json) -> None:
    assert read(told, field="template_category_update") == [NotUnderstood("template event")]


@pytest.mark.parametrize("score", ["GREEN", "yellow", "RED", "UNKNOWN"])
def test_the_quality_of_a_template(score: str) -> None:
    told = {**OF_TEMPLATE, "previous_quality_score": "GREEN", "new_quality_score": score}
    assert read(told, field="message_template_quality_update") == [TemplateReport("3344", quality=score.upper())]


@pytest.mark.parametrize("told", [{}, OF_TEMPLATE, {"new_quality_score": "RED"}])
def test_a_quality_of_nothing(told: Json) -> None:
    assert read(told, field="message_template_quality_update") == [NotUnderstood("quality")]


PHONE = {"display_phone_number": "493055501234"}
NUMBER = "+493055501234"
THROUGHPUT = {"event": "THROUGHPUT_UPGRADE", "max_daily_conversations_per_business": "TIER_100K"}
REFUSED = {"decision": "REJECTED", "requested_verified_name": "Acme", "rejection_reason": "NAME_NOT_OURS"}
PARTNER = {"event": "PARTNER_ADDED", "waba_info": {"waba_id": "901", "owner_business_id": "506"}}
ACCOUNTS: list[tuple[str, Json, AccountReport]] = [
    (
        "phone_number_name_update",
        {**PHONE, "decision": "APPROVED", "requested_verified_name": "Acme", "rejection_reason": None},
        AccountReport(
            AuditType.PHONE_NAME,
            "APPROVED",
            number=NUMBER,
            details={"decision": "APPROVED", "requested_verified_name": "Acme"},
        ),
    ),
    (
        "phone_number_name_update",
        {**PHONE, **REFUSED},
        AccountReport(AuditType.PHONE_NAME, "REJECTED", number=NUMBER, reason="NAME_NOT_OURS", details=REFUSED),
    ),
    (
        "phone_number_quality_update",
        {**PHONE, **THROUGHPUT},
        AccountReport(AuditType.PHONE_QUALITY, "UNKNOWN", number=NUMBER, details=THROUGHPUT),
    ),
    (
        "phone_number_quality_update",
        {**PHONE, "event": "DOWNGRADE", "new_quality_score": "red"},
        AccountReport(
            AuditType.PHONE_QUALITY, "RED", number=NUMBER, details={"event": "DOWNGRADE", "new_quality_score": "red"}
        ),
    ),
    (
        "phone_number_quality_update",
        {**PHONE, "quality_rating": "SPLENDID"},
        AccountReport(AuditType.PHONE_QUALITY, "UNKNOWN", number=NUMBER, details={"quality_rating": "SPLENDID"}),
    ),
    (
        "account_review_update",
        {"decision": "APPROVED"},
        AccountReport(AuditType.ACCOUNT_REVIEW, "APPROVED", details={"decision": "APPROVED"}),
    ),
    (
        "account_update",
        {"event": "ACCOUNT_VIOLATION", "violation_info": {"violation_type": "SPAM"}},
        AccountReport(
            AuditType.ACCOUNT,
            "ACCOUNT_VIOLATION",
            details={"event": "ACCOUNT_VIOLATION", "violation_info": {"violation_type": "SPAM"}},
        ),
    ),
]


@pytest.mark.parametrize(("field", "told", "wanted"), ACCOUNTS)
def test_what_is_decided_about_numbers_and_accounts(field: str, told: Json, wanted: AccountReport) -> None:
    assert read(told, field=field) == [replace(wanted, account="900")]


def test_news_of_partners_name_the_account_inside() -> None:
    [event] = read(PARTNER, field="account_update")
    assert isinstance(event, AccountReport)
    assert (event.account, event.details) == ("901", PARTNER)


@pytest.mark.parametrize(
    ("stamp", "at"), [(1790000000, 1790000000000), ("1790000000", 1790000000000), (None, 0), ("soon", 0), (-1, 0)]
)
def test_the_time_of_a_decision_is_the_entrys(stamp: Any, at: int) -> None:
    change = {"field": "account_review_update", "value": {"decision": "APPROVED"}}
    [event] = read(entry=[{"id": "900", "time": stamp, "changes": [change]}])
    assert isinstance(event, AccountReport)
    assert event.at == at


@pytest.mark.parametrize(
    ("field", "told"),
    [
        ("phone_number_name_update", {"decision": "APPROVED"}),
        ("phone_number_name_update", {**PHONE, "decision": {}}),
        ("phone_number_name_update", {"display_phone_number": "12", "decision": "APPROVED"}),
        ("phone_number_quality_update", {"event": "THROUGHPUT_UPGRADE"}),
        ("account_review_update", {}),
        ("account_update", {"waba_info": "odd"}),
    ],
)
def test_a_decision_about_nothing_is_counted(field: str, told: Json) -> None:
    assert read(told, field=field) == [NotUnderstood(field)]


def test_what_is_too_long_to_keep_leaves_the_word() -> None:
    [event] = read({"event": "ACCOUNT_UPDATE", "more": "x" * 5000}, field="account_update")
    assert isinstance(event, AccountReport)
    assert (event.status, event.details) == ("ACCOUNT_UPDATE", {})


@pytest.mark.parametrize("field", ["account_alerts", "business_capability_update", "flows"])
def test_other_fields_are_counted_by_their_name(field: str) -> None:
    assert read({"event": "x"}, field=field) == [NotUnderstood(field)]


def test_a_problem_of_the_whole_number_is_counted() -> None:
    assert read(value(errors=[{"code": 130429}])) == [NotUnderstood("messages")]


@pytest.mark.parametrize(
    "body", [{"object": "page"}, {"object": None}, {"entry": []}, {"entry": {}}, {"entry": [{"changes": 1}]}]
)
def test_a_body_of_something_else(body: Json) -> None:
    assert [type(event) for event in read(**body)] == [NotUnderstood]
