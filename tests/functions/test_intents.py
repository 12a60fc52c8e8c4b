"""intents: codes and words are taken once on a channel, and lead to the intent that has them."""

import random
from collections.abc import Callable
from typing import Any

import pytest
from parley.model import keywords
from parley.store import business_systems, intents

from tests.support import builders, kept
from tests.support.builders import INTENT, ORGANIZATION, SMS, STRANGER, SYSTEM, TELEGRAM, WHATSAPP
from tests.support.events import LEFT_OUT, Answer, Json, call, refused
from tests.support.time import Clock

OTHER_SYSTEM = "9d2a5f3b-8c4e-4ba1-8f67-2e3d4c5b6a71"
BOTS_SYSTEM = "0e3b6a4c-9d5f-4cb2-9a78-3f4e5d6c7b82"
OTHER = "4fab8e6d-3a2c-4d79-81b5-7e6f5a4d3c2b"


def do(verb: str, body: Json | None = None, **changes: object) -> Answer:
    """The operation `<verb>_intent` on its sample."""
    return call(f"intents.{verb}_intent{'s' if verb == 'list' else ''}", body, **changes)


def fired(word: str, channel: str = WHATSAPP) -> str | None:
    found = intents.by_word(ORGANIZATION, channel, keywords.bare(word))
    return found.code if found else None


def calls(system: str = SYSTEM) -> int | None:
    found = business_systems.get(ORGANIZATION, system)
    return found.intent_count if found else None


@pytest.fixture(autouse=True)
def _cast() -> None:
    builders.organization()
    builders.whatsapp()
    builders.telegram()
    builders.business_system()
    builders.business_system(OTHER_SYSTEM)
    builders.business_system(BOTS_SYSTEM, channel_id=TELEGRAM)


def test_an_intent_is_kept_on_the_channel_of_its_system(time: Clock) -> None:
    answer = do("create")
    wanted = {
        "organization_id": ORGANIZATION,
        "channel_id": WHATSAPP,
        "business_system_id": SYSTEM,
        "code": "call_back",
        "name": "Please call me",
        "default_data": {"queue": "sales", "urgent": False},
        "keywords": ["call me", "call back"],
    }
    stamps = {"created_at": time.text(), "updated_at": time.text()}
    assert (answer.status, answer.body) == (201, {"id": answer.body["id"], **wanted, **stamps})
    assert do("get", path={"intent_id": answer.body["id"]}).body == answer.body
    assert do("list").body["items"] == [answer.body]
    assert calls() == 1


def test_its_code_and_its_words_lead_to_it() -> None:
    id = do("create").body["id"]
    found = intents.by_code(ORGANIZATION, WHATSAPP, "call_back")
    assert found
    assert (found.id, found.default_data) == (id, {"queue": "sales", "urgent": False})
    assert fired("  CALL me!! ☎ ") == fired("Call Back.") == "call_back"
    assert fired("call me later") is fired("☎") is fired("") is fired("x" * 5000) is None
    assert fired("call me", TELEGRAM) is intents.by_code(ORGANIZATION, TELEGRAM, "call_back") is None
    assert intents.by_code(STRANGER, WHATSAPP, "call_back") is None


def test_its_data_stay_what_they_are() -> None:
    data = {"none": None, "one": 1.0, "tiny": 1e-200, "list": [None, {"a": None}], "ü": "€"}
    id = do("create", {"default_data": data}).body["id"]
    body = do("get", path={"intent_id": id}).body
    assert (body["default_data"], type(body["default_data"]["one"])) == (data, float)


def test_a_repeat_answers_the_same_intent_as_it_is_now() -> None:
    first = do("create").body
    do("update", path={"intent_id": first["id"]})
    assert do("create").body == first | {"name": "Please call me back", "keywords": ["call me"]}
    assert refused(do("create", {"name": "Other"}))[:2] == (409, "idempotency_key_reused")
    assert (len(kept.items("INTENT#")), calls()) == (1, 1)


@pytest.mark.parametrize(
    ("changes", "code", "fields"),
    [
        ({"business_system_id": builders.KEY}, "unknown_business_system", ["business_system_id"]),
        ({"business_system_id": LEFT_OUT}, "field_missing", ["business_system_id"]),
        ({"code": "call back"}, None, ["code"]),
        ({"code": "x" * 65}, None, ["code"]),
        ({"keywords": ["call me", "!!"]}, None, ["keywords.1"]),
        ({"keywords": ["x" * 41]}, None, ["keywords.0"]),
        ({"keywords": ["ﷺ" * 40]}, None, ["keywords.0"]),
        ({"keywords": ["call me"] * 21}, None, ["keywords"]),
        ({"default_data": {"text": "x" * 4096}}, None, ["default_data"]),
        ({"default_data": ["sales"]}, None, ["default_data"]),
        ({"keywords": ["call me", "STOP!", "Start"]}, "keyword_reserved", ["keywords.1", "keywords.2"]),
        ({"keywords": ["/stop"]}, "keyword_reserved", ["keywords.0"]),
        ({"channel_id": WHATSAPP}, "unknown_field", ["channel_id"]),
    ],
)
def test_what_cannot_be_an_intent_is_refused(changes: Json, code: str | None, fields: list[str]) -> None:
    with kept.nothing_changes():
        status, found, named = refused(do("create", changes))
    assert (status, sorted(named)) == (422, fields)
    assert code in (None, found)


def test_a_system_of_others_does_not_exist() -> None:
    builders.organization(STRANGER)
    assert refused(do("create", organization=STRANGER))[:2] == (422, "unknown_business_system")


def test_nor_does_one_whose_channel_was_deleted() -> None:
    call("delete_channel", path={"channel_id": WHATSAPP})
    assert refused(do("create")) == (422, "channel_gone", ["business_system_id"])


def test_a_channel_may_have_stop_words_of_its_own() -> None:
    own = {"opt_out_keywords": ["Basta ya"], "opt_in_keywords": []}
    call("update_service_settings", own, path={"channel_id": WHATSAPP})
    assert refused(do("create", {"keywords": ["¡Basta ya!"]})) == (422, "keyword_reserved", ["keywords.0"])
    assert do("create", {"keywords": ["stop", "start"]}).status == 201


def test_what_means_something_else_only_by_sms_is_taken_elsewhere() -> None:
    builders.sms()
    builders.business_system(OTHER, channel_id=SMS)
    assert do("create", {"keywords": ["cancel"]}).status == 201
    by_sms = {"keywords": ["cancel"], "business_system_id": OTHER}
    assert refused(do("create", by_sms, headers={"idempotency-key": "2"})) == (422, "keyword_reserved", ["keywords.0"])


def test_the_command_that_every_bot_begins_with_may_fire_one() -> None:
    assert do("create", {"business_system_id": BOTS_SYSTEM, "keywords": ["/start"]}).status == 201
    assert (fired("/start", TELEGRAM), fired("start", TELEGRAM)) == ("call_back", None)


def test_a_code_and_a_word_are_taken_once_on_a_channel() -> None:
    builders.intent(OTHER)
    with kept.nothing_changes():
        answer = do("create", {"business_system_id": OTHER_SYSTEM, "keywords": ["call back", "Call me!"]})
    assert refused(answer) == (422, "duplicate_code", ["code", "keywords.1"])
    assert answer.body["errors"][1]["code"] == "keyword_taken"
    assert answer.body["errors"][1]["reason"] == 'The intent "call_back" has this keyword.'
    assert do("create", {"business_system_id": BOTS_SYSTEM}).body["channel_id"] == TELEGRAM


def test_a_word_that_stands_twice_is_one() -> None:
    id = do("create", {"keywords": ["call me", "Call me!", "CALL ME"]}).body["id"]
    assert len(kept.items("INTENTWORD#")) == 1
    assert do("update", {"keywords": ["¡call me!"]}, path={"intent_id": id}).status == 200
    assert fired("call me") == "call_back"
    assert do("delete", path={"intent_id": id}).status == 204
    assert kept.items("INTENTWORD#") == []


@pytest.fixture
def meanwhile(monkeypatch: pytest.MonkeyPatch) -> Callable[[str, Callable[[], Any]], None]:
    """Does something right before a write of `store.intents`, once."""

    def between(name: str, does: Callable[[], Any]) -> None:
        real = getattr(intents, name)

        def late(*given: Any) -> Any:
            monkeypatch.setattr(intents, name, real)
            does()
            return real(*given)

        monkeypatch.setattr(intents, name, late)

    return between


Meanwhile = Callable[[str, Callable[[], Any]], None]


def test_who_is_too_late_for_a_code_or_a_word_is_told_so(meanwhile: Meanwhile) -> None:
    meanwhile("insert", lambda: builders.intent(OTHER, keywords=[]))
    assert refused(do("create")) == (422, "duplicate_code", ["code"])
    meanwhile("insert", lambda: builders.intent(code="b", keywords=["call back"]))
    assert refused(do("create", {"code": "c"})) == (422, "keyword_taken", ["keywords.1"])
    assert calls() == 2


def test_or_for_the_system(meanwhile: Meanwhile) -> None:
    meanwhile("insert", lambda: call("business_systems.delete_business_system", path={"system_id": SYSTEM}))
    assert refused(do("create")) == (422, "unknown_business_system", ["business_system_id"])
    assert kept.items("INTENT") == kept.items("USES#") == []


def test_two_requests_with_one_key_make_one_intent(meanwhile: Meanwhile) -> None:
    first: list[Answer] = []
    meanwhile("insert", lambda: first.append(do("create")))
    assert do("create").body == first[0].body
    assert calls() == 1


def test_other_words_free_the_old_ones(time: Clock) -> None:
    before = builders.intent(keywords=["call me", "ring"], default_data={"a": None})
    time.forward(60)
    body = do("update", {"keywords": ["Ring!", "phone"]}).body
    wanted = {"name": "Please call me back", "keywords": ["Ring!", "phone"], "updated_at": time.text()}
    assert body == before.model_dump() | wanted
    assert do("get").body == body
    assert [fired(word) for word in ("call me", "ring", "phone")] == [None, "call_back", "call_back"]
    assert do("update", {"keywords": [], "name": LEFT_OUT}).body["keywords"] == []
    assert kept.items("INTENTWORD#") == []
    assert do("update", {"keywords": LEFT_OUT, "name": LEFT_OUT}).body["name"] == "Please call me back"


def test_other_words_are_free_ones() -> None:
    builders.intent(OTHER, code="other", keywords=["ring"])
    builders.intent()
    with kept.nothing_changes():
        answer = do("update", {"keywords": ["call me", "ring", "stop"]})
    assert refused(answer) == (422, "keyword_taken", ["keywords.1", "keywords.2"])


def test_words_that_stand_are_not_looked_at_again() -> None:
    """They became stop words, which are heard first."""
    builders.intent()
    call("update_service_settings", {"opt_out_keywords": ["call me"]}, path={"channel_id": WHATSAPP})
    assert do("update", {"keywords": LEFT_OUT}).status == 200


def test_it_may_move_to_another_system_of_its_channel() -> None:
    builders.intent()
    assert do("update", {"business_system_id": OTHER_SYSTEM}).body["business_system_id"] == OTHER_SYSTEM
    assert (calls(), calls(OTHER_SYSTEM)) == (0, 1)
    assert len(kept.items("USES#")) == 1
    for system, code in ((BOTS_SYSTEM, "other_channel"), (builders.KEY, "unknown_business_system")):
        with kept.nothing_changes():
            answer = do("update", {"business_system_id": system})
        assert refused(answer) == (422, code, ["business_system_id"])


def test_the_code_of_an_intent_never_changes() -> None:
    builders.intent()
    assert refused(do("update", {"code": "other"})) == (422, "unknown_field", ["code"])


def test_two_changes_at_once_are_not_mixed(meanwhile: Meanwhile) -> None:
    builders.intent()
    meanwhile("replace", lambda: do("update", {"keywords": ["first"]}))
    assert refused(do("update", {"keywords": ["second"]}))[:2] == (409, "intent_changed")
    assert (fired("first"), fired("second"), fired("call me")) == ("call_back", None, None)
    meanwhile("delete", lambda: do("update", {"keywords": ["third"]}))
    assert refused(do("delete"))[:2] == (409, "intent_changed")
    meanwhile("replace", lambda: builders.intent(OTHER, code="other", keywords=["fourth"]))
    assert refused(do("update", {"keywords": ["fourth"]})) == (422, "keyword_taken", ["keywords.0"])
    assert fired("third") == "call_back"


def test_an_intent_goes_with_all_that_it_took() -> None:
    id = do("create").body["id"]
    assert do("delete", path={"intent_id": id}).status == 204
    assert refused(do("delete", path={"intent_id": id}))[:2] == (404, "not_found")
    assert kept.items("INTENT") == kept.items("USES#") == []
    assert calls() == 0
    assert do("create").body["id"] == id


def test_they_are_listed_by_channel_and_by_system() -> None:
    builders.intent()
    builders.intent(OTHER, code="b", keywords=[], business_system_id=OTHER_SYSTEM)
    builders.intent(SYSTEM, keywords=[], business_system_id=BOTS_SYSTEM, channel_id=TELEGRAM)
    ids = {
        name: {each["id"] for each in do("list", query=query).body["items"]}
        for name, query in {
            "all": {},
            "channel": {"channel_id": WHATSAPP},
            "system": {"business_system_id": OTHER_SYSTEM},
            "both": {"channel_id": TELEGRAM, "business_system_id": OTHER_SYSTEM},
        }.items()
    }
    assert ids == {"all": {INTENT, OTHER, SYSTEM}, "channel": {INTENT, OTHER}, "system": {OTHER}, "both": set()}


@pytest.mark.parametrize("seed", range(4))
def test_whatever_is_done_what_is_taken_is_what_the_intents_have(seed: int) -> None:
    chance, words = random.Random(seed), ["ring", "RING!", "phone", "call me", "hola", "¡Hola!"]
    for number in range(40):
        there = [each["id"] for each in do("list").body["items"]]
        body = {
            "business_system_id": chance.choice([SYSTEM, OTHER_SYSTEM]),
            "keywords": chance.sample(words, chance.randint(0, 3)),
        }
        match chance.choice(["create", "update", "delete"]):
            case "update" if there:
                do("update", body, path={"intent_id": chance.choice(there)})
            case "delete" if there:
                do("delete", path={"intent_id": chance.choice(there)})
            case _:
                more = {"code": chance.choice("abc")}
                do("create", body | more, headers={"idempotency-key": str(number)})
    found = do("list").body["items"]
    wanted = {(each["id"], keywords.bare(word)) for each in found for word in each["keywords"]}
    assert {(item["intent"], item["word"]) for item in kept.items("INTENTWORD#")} == wanted
    assert {(item["intent"], item["code"]) for item in kept.items("INTENTCODE#")} == {
        (each["id"], each["code"]) for each in found
    }
    uses = sorted((item["pk"].rpartition("#")[2], item["intent"]) for item in kept.items("USES#"))
    assert uses == sorted((each["business_system_id"], each["id"]) for each in found)
    for system in (SYSTEM, OTHER_SYSTEM):
        assert calls(system) == [each["business_system_id"] for each in found].count(system)


# ---- what the buttons of templates name


def naming(*codes: str) -> Json:
    """The content of a template whose buttons call intents."""
    buttons = [{"type": "QUICK_REPLY", "text": f"Do {code}", "press": {"intent": code}} for code in codes]
    body = {"type": "BODY", "text": "Hello $(name), your order $(order) waits for you until eight in the evening."}
    return {"components": [body, *([{"type": "BUTTONS", "buttons": buttons}] if codes else [])]}


def cards(*codes: str) -> Json:
    """A carousel with a button on every card."""
    parts = [[{"type": "BODY", "text": "One of our breads."}, naming(code)["components"][1]] for code in codes]
    body = {"type": "BODY", "text": "Hello $(name), your order $(order) waits for you."}
    return {"components": [body, {"type": "CAROUSEL", "cards": [{"components": each} for each in parts]}]}


def test_a_button_names_an_intent_of_the_channel() -> None:
    builders.intent()
    builders.intent(OTHER, code="far_away", channel_id=TELEGRAM, business_system_id=BOTS_SYSTEM)
    with kept.nothing_changes():
        answer = call("create_template", naming("call_back", "far_away", "nothing"))
    at = "components.1.buttons"
    assert refused(answer) == (422, "unknown_intent", [f"{at}.1.press.intent", f"{at}.2.press.intent"])
    fields = refused(call("create_template", cards("call_back", "nothing")))[2]
    assert "components.1.cards.1.components.1.buttons.0.press.intent" in fields
    assert call("create_template", naming("call_back")).status == 201


def test_an_intent_that_a_template_names_stays_and_tells_by_which() -> None:
    builders.intent()
    made = call("create_template", naming("call_back", "call_back")).body
    with kept.nothing_changes():
        answer = do("delete")
    assert refused(answer) == (409, "intent_in_use", ["intent_id"])
    reason = f"A button of the template order_ready (en) {made['id']} names it."
    assert answer.body["errors"][0]["reason"] == reason
    assert do("update").status == 200
    assert refused(do("delete"))[1] == "intent_in_use"
    assert call("delete_template", path={"template_id": made["id"]}).status == 204
    assert do("delete").status == 204
    assert kept.items("USES#") == []


def test_a_draft_that_names_it_no_more_lets_it_go() -> None:
    builders.intent()
    builders.intent(OTHER, code="ring", keywords=[])
    made = call("create_template", naming("call_back", "ring")).body
    place = {"path": {"template_id": made["id"]}}
    assert refused(call("update_template", naming("nothing"), **place))[1] == "unknown_intent"
    assert call("update_template", naming("call_back"), **place).status == 200
    assert refused(do("delete"))[1] == "intent_in_use"
    assert do("delete", path={"intent_id": OTHER}).status == 204
    assert call("update_template", naming(), **place).status == 200
    assert do("delete").status == 204


def test_a_new_version_names_it_too() -> None:
    builders.intent()
    builders.template()
    new = call("update_template", naming("call_back")).body
    assert new["version"] == 2
    assert refused(do("delete"))[1] == "intent_in_use"
    assert call("delete_template", path={"template_id": new["id"]}).status == 204
    assert do("delete").status == 204


def test_a_copy_names_one_of_its_own_channel() -> None:
    builders.intent()
    made = call("create_template", naming("call_back")).body
    place = {"path": {"template_id": made["id"]}}
    assert call("copy_template", **place).status == 201
    assert len(kept.items("USES#template")) == 2
    there = {"channel_id": TELEGRAM}
    assert refused(call("copy_template", there, **place))[1] == "unknown_intent"
    builders.intent(OTHER, channel_id=TELEGRAM, business_system_id=BOTS_SYSTEM)
    assert call("copy_template", there, headers={"idempotency-key": "2"}, **place).status == 201
    assert refused(do("delete", path={"intent_id": OTHER}))[1] == "intent_in_use"


@pytest.fixture
def ends(monkeypatch: pytest.MonkeyPatch) -> None:
    """The intent is deleted right after it was read a second time, which is before anything is written."""
    real, steps = intents.by_code, iter([False, True])

    def gone(*where: str) -> Any:
        found = real(*where)
        if next(steps, False):
            assert do("delete").status == 204
        return found

    monkeypatch.setattr(intents, "by_code", gone)


def test_the_end_of_an_intent_may_be_first(request: pytest.FixtureRequest) -> None:
    builders.intent()
    request.getfixturevalue("ends")
    assert refused(call("create_template", naming("call_back")))[:2] == (409, "part_gone")
    assert kept.items("USES#") == kept.items("TEMPLATE#") == []


def test_also_before_a_change_of_a_template(request: pytest.FixtureRequest) -> None:
    builders.intent()
    place = {"path": {"template_id": call("create_template", naming()).body["id"]}}
    request.getfixturevalue("ends")
    before = kept.items("TEMPLATE#")
    assert refused(call("update_template", naming("call_back"), **place))[:2] == (409, "intent_gone")
    assert (kept.items("TEMPLATE#"), kept.items("USES#")) == (before, [])


def test_or_the_template_is_first(meanwhile: Meanwhile) -> None:
    builders.intent()
    meanwhile("delete", lambda: call("create_template", naming("call_back")))
    assert refused(do("delete"))[1] == "intent_in_use"
    assert fired("call me") == "call_back"
