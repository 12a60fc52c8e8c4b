"""What a consumer of the published fields reads of real traffic: statuses and messages of people, on both platforms."""

import json
from typing import Any

import pytest

from tests.support import chatapp_consumer
from tests.support.told import SHOP, Told
from tests.support.world import ANA, NUMBER, WABA, World

Json = dict[str, Any]
OWN = "34600000001"
PHONE = ANA.removeprefix("+")
CONTACT = {
    "wa_id": PHONE,
    "user_id": "ES.55",
    "parent_user_id": "ES.ENT.7",
    "profile": {"name": "Ana Ruiz", "username": "@ana"},
}
SARA = {"id": 4211, "first_name": "Sara", "last_name": "Kim", "username": "sara"}
TALK = {"id": "c0ffee", "origin": {"type": "utility"}}


@pytest.fixture
def told(world: World, monkeypatch: pytest.MonkeyPatch) -> Told:
    return Told(world, monkeypatch)


def read(told: Told, kind: str) -> list[Any]:
    told.run(5)
    return [each for post in told.servers.at(SHOP) for each in chatapp_consumer.read(kind, post.body)]


def person_says(told: Told, kind: str, said: Any, **more: Any) -> Any:
    """The one message that the business reads of what a person sent to the number."""
    message = {"id": "wamid.in", "from": PHONE, "timestamp": str(told.world.time() // 1000), "type": kind, kind: said}
    told.world.meta.says(messages=[{**message, **more}], contacts=[CONTACT])
    told.world.hears()
    [one] = read(told, "ChatAppInbound")
    return one


def test_the_statuses_of_a_template(told: Told) -> None:
    told.endpoint(kinds=["ChatAppStatus"])
    message = told.world.say(ANA, reference="job-7")
    told.run(1)
    until = told.world.time() // 1000 + 86_400
    talk = {"conversation": {**TALK, "expiration_timestamp": str(until)}, "recipient_user_id": "ES.55"}
    told.world.reports(message, "sent", **talk)
    told.world.reports(message, "delivered", conversation=TALK)
    told.world.reports(message, "read")
    found = read(told, "ChatAppStatus")
    assert [each.Status for each in found] == ["Sent", "Delivered", "Read"]
    for each in found:
        shown = each.model_dump(exclude={"Timestamp", "Status", "StatusDescription"}, exclude_none=True)
        assert shown == {
            "MessageId": message,
            "From": OWN,
            "To": PHONE,
            "ConversationType": "utility",
            "ConversationId": "c0ffee",
            "ConversationExpirationTime": until * 1000,
            "MsgFrameType": "template",
            "Type": "TEMPLATE",
            "TaskId": "job-7",
            "OriginPhoneNumber": OWN,
            "TemplateCode": told.world.template,
            "TemplateName": "order_ready",
            "Language": "en_US",
            "FromUserId": "ES.55",
        }


def test_what_a_status_tells_beside_itself_is_kept_once(told: Told) -> None:
    message = told.reach(ANA, "sent")
    told.world.reports(message, "sent", conversation=TALK, recipient_user_id="ES.55")  # a repeat knows more
    told.world.reports(message, "read", conversation={"id": "another"}, recipient_user_id="E" * 33)
    state = told.world.state(message)
    assert (state.conversation, state.conversation_until, state.user_id) == ("another", None, "ES.55")


def test_a_failure_names_the_platforms_code(told: Told) -> None:
    told.endpoint(kinds=["ChatAppStatus"])
    message = told.world.say(ANA)
    told.run(1)
    told.world.reports(message, "failed")
    [one] = read(told, "ChatAppStatus")
    assert (one.Status, one.ErrorCode, one.ErrorDescription) == ("Failed", "131026", "131026:no")


def test_a_text_of_a_person(told: Told) -> None:
    told.endpoint(kinds=["ChatAppInbound"])
    one = person_says(told, "text", {"body": "Hola ñ"})
    assert (one.Type, one.said, one.From, one.To, one.WabaId) == ("TEXT", "Hola ñ", PHONE, OWN, WABA)
    assert (one.CustSpaceId, one.DisplayName, one.Name) == (told.world.whatsapp, "Ana Ruiz", "Ana Ruiz")
    assert (one.FromUserId, one.FromParentUserId, one.FromUserName) == ("ES.55", "ES.ENT.7", "@ana")


PLACE = {"latitude": 40.4, "longitude": -3.7, "name": "Cafe", "address": "Sol 1"}
CARD = {"name": {"formatted_name": "Ana"}, "phones": [{"phone": "+34600111222"}]}
SAID: list[tuple[str, Any, str, Json]] = [
    ("location", PLACE, "LOCATION", PLACE),
    ("image", {"id": "4455", "mime_type": "image/jpeg", "caption": "Look"}, "IMAGE", {"id": "4455", "caption": "Look"}),
    ("video", {"id": "4455", "mime_type": "video/mp4"}, "VIDEO", {"id": "4455", "mimeType": "video/mp4"}),
    ("audio", {"id": "4455", "mime_type": "audio/ogg"}, "AUDIO", {"id": "4455", "mimeType": "audio/ogg"}),
    ("document", {"id": "4455", "filename": "a.pdf"}, "DOCUMENT", {"id": "4455", "filename": "a.pdf"}),
    ("sticker", {"id": "4455", "mime_type": "image/webp"}, "IMAGE", {"id": "4455", "mimeType": "image/webp"}),
    ("button", {"text": "Yes", "payload": "p1"}, "REPLY", {"text": "Yes", "payload": "p1"}),
    (
        "interactive",
        {"type": "list_reply", "list_reply": {"id": "r1", "title": "Soup"}},
        "REPLY",
        {"text": "Soup", "payload": "r1"},
    ),
    ("system", {"body": "Ana changed"}, "SYSTEM", {"system": {"body": "Ana changed"}}),
    (
        "reaction",
        {"message_id": "wamid.1", "emoji": "+"},
        "SYSTEM",
        {"reaction": {"message_id": "wamid.1", "emoji": "+"}},
    ),
    ("hologram", {"depth": 3}, "SYSTEM", {"unsupported": "hologram"}),
]


@pytest.mark.parametrize(("kind", "said", "type", "fields"), SAID)
def test_everything_else_that_a_person_sends(told: Told, kind: str, said: Any, type: str, fields: Json) -> None:
    told.endpoint(kinds=["ChatAppInbound"])
    one = person_says(told, kind, said)
    assert one.Type == type
    assert json.loads(one.Message).items() >= fields.items()


def test_contact_cards(told: Told) -> None:
    told.endpoint(kinds=["ChatAppInbound"])
    one = person_says(told, "contacts", [CARD])
    assert (one.Type, one.said) == ("CONTACTS", [CARD])


def test_an_answer_names_the_message_that_it_answers(told: Told) -> None:
    message = told.reach(ANA, "sent")
    told.run()
    told.endpoint(kinds=["ChatAppInbound"])
    context = {"from": OWN, "id": told.world.sent(message).id}
    one = person_says(told, "text", {"body": "Yes"}, context=context)
    assert one.context.model_dump() == {"sender": OWN, "id": message}


def test_a_bot_is_read_by_the_same_consumer(told: Told) -> None:
    told.endpoint(kinds=["ChatAppInbound"])
    world = told.world
    world.telegram.writes(number=1, **{"text": "Hi", "from": SARA})
    world.telegram.writes(number=2, **{"location": {"latitude": 1.5, "longitude": 2.5}, "from": SARA})
    world.telegram.writes(number=3, **{"photo": [{"file_id": "F1"}], "caption": "Look", "from": SARA})
    world.hears()
    found = {each.Type: each for each in read(told, "ChatAppInbound")}
    assert found.keys() == {"TEXT", "LOCATION", "IMAGE"}
    assert (found["TEXT"].said, found["IMAGE"].said.caption, found["LOCATION"].said.latitude) == ("Hi", "Look", 1.5)
    for each in found.values():
        assert (each.From, each.Name, each.FromUserName, each.WabaId) == ("4211", "Sara Kim", "@sara", "")


def test_the_api_shows_how_a_person_calls_themselves(told: Told) -> None:
    told.endpoint(kinds=["ChatAppInbound"])
    one = person_says(told, "text", {"body": "Hola"})
    shown = told.world.shown(one.MessageId).profile
    assert shown is not None
    assert (shown.name, shown.username, shown.user_id) == ("Ana Ruiz", "@ana", "ES.55")


def test_the_review_of_a_template(told: Told) -> None:
    told.endpoint(kinds=["ChatAppAudit"], audit_version="V1")
    made = told.world.approved("offer", "MARKETING")
    told.world.judge(str(made.provider_id), "PAUSED", reason="NONE", other_info={"description": "Low quality."})
    found = [each.model_dump() for each in read(told, "ChatAppAudit")]
    known = {"WabaId": WABA, "TemplateCode": made.id, "Language": "en_US"}
    assert found[-2:] == [
        {**known, "AuditStatus": "pass", "Reason": ""},
        {**known, "AuditStatus": "paused", "Reason": "Low quality."},
    ]
    assert all(each["TemplateCode"] == made.id for each in found)
    assert NUMBER not in json.dumps(found)
