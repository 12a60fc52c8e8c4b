"""business_systems: where intents are called; secrets are shown once, and a system that is called stays."""

import pytest
from parley.cloud import clock
from parley.operations import signing
from parley.store import business_systems as store
from parley.store import channels, gates

from tests.support import builders, kept
from tests.support.builders import INTENT, ORGANIZATION, STRANGER, SYSTEM, TELEGRAM, WHATSAPP
from tests.support.events import LEFT_OUT, Answer, Json, call, refused
from tests.support.time import NOW, Clock

SECRETS = ("signature", "signing_secret")


def do(verb: str, body: Json | None = None, **changes: object) -> Answer:
    """The operation `<verb>_business_system` on its sample."""
    return call(f"business_systems.{verb}_business_system{'s' if verb == 'list' else ''}", body, **changes)


def held(system: str) -> list[signing.Secret]:
    found, sealed = store.get(ORGANIZATION, system), store.sealed(ORGANIZATION, system)
    assert found
    assert sealed
    return signing.valid(ORGANIZATION, system, found.secret_version, sealed, clock.now())


@pytest.fixture(autouse=True)
def _cast() -> None:
    builders.organization()
    builders.whatsapp()
    builders.telegram()


def test_a_system_is_kept_and_its_secrets_are_shown_once(time: Clock) -> None:
    answer = do("create")
    shown = {name: answer.body.pop(name) for name in SECRETS}
    wanted = {
        "organization_id": ORGANIZATION,
        "channel_id": WHATSAPP,
        "name": "Order desk",
        "url": "https://shop.example.com/parley",
        "remarks": "Runs in the shop's own data centre",
        "signature_hint": shown["signature"][-4:],
        "intent_count": 0,
    }
    stamps = {"created_at": time.text(), "updated_at": time.text(), "old_signature_until": None}
    assert (answer.status, answer.body) == (201, {"id": answer.body["id"], **wanted, **stamps})
    assert shown["signature"].startswith("sig_")
    assert shown["signing_secret"].startswith("whsec_")
    assert held(answer.body["id"]) == [signing.Secret(shown["signing_secret"], shown["signature"])]
    found = do("get", path={"system_id": answer.body["id"]}).body
    assert found == answer.body | dict.fromkeys(SECRETS)
    assert do("list").body["items"] == [found]


def test_nothing_that_is_kept_holds_a_secret_in_plain_words() -> None:
    body = do("create").body
    assert not [item for item in kept.items() if any(body[name] in str(item) for name in SECRETS)]


def test_a_repeat_answers_the_same_system_without_its_secrets() -> None:
    first = do("create").body
    before = held(first["id"])
    second = do("create")
    assert (second.status, second.body) == (201, first | dict.fromkeys(SECRETS))
    assert held(first["id"]) == before
    do("update", path={"system_id": first["id"]})
    assert do("create").body["url"] == "https://desk.example.com/parley"
    assert refused(do("create", {"name": "Other"}))[:2] == (409, "idempotency_key_reused")
    assert len(kept.items("SYSTEM#")) == 1


def test_one_that_is_made_anew_under_the_same_id_has_secrets_of_its_own(time: Clock) -> None:
    first = do("create").body
    held(first["id"])  # opened, and kept in memory
    assert do("delete", path={"system_id": first["id"]}).status == 204
    time.forward(1)
    second = do("create").body
    assert second["id"] == first["id"]
    assert held(second["id"]) == [signing.Secret(second["signing_secret"], second["signature"])]


@pytest.mark.parametrize(
    ("changes", "code", "fields"),
    [
        ({"channel_id": builders.KEY}, "unknown_channel", ["channel_id"]),
        ({"url": "http://shop.example.com/parley"}, "url_not_allowed", ["url"]),
        ({"url": "https://ana:secret@shop.example.com/"}, "url_not_allowed", ["url"]),
        ({"url": "https://shop.example.com:22/"}, "url_not_allowed", ["url"]),
        ({"url": "https://169.254.169.254/latest/meta-data"}, None, ["url"]),
        ({"url": "https://"}, None, ["url"]),
        ({"url": "https://shop.example.com/" + "x" * 1000}, "string_too_long", ["url"]),
        ({"channel_id": builders.KEY, "url": "ftp://shop.example.com"}, None, ["channel_id", "url"]),
        ({"name": "", "url": LEFT_OUT}, None, ["name", "url"]),
        ({"signature": "sig_of-my-own"}, "unknown_field", ["signature"]),
    ],
)
def test_what_cannot_be_a_system_is_refused(changes: Json, code: str | None, fields: list[str]) -> None:
    with kept.nothing_changes():
        status, found, named = refused(do("create", changes))
    assert (status, sorted(named)) == (422, fields)
    assert code in (None, found)


def test_a_channel_that_was_deleted_has_none() -> None:
    call("delete_channel", path={"channel_id": WHATSAPP})
    assert refused(do("create"))[:2] == (422, "unknown_channel")


def test_a_channel_of_others_does_not_exist() -> None:
    builders.organization(STRANGER)
    assert refused(do("create", organization=STRANGER))[:2] == (422, "unknown_channel")


def test_a_channel_has_several_and_they_are_listed_apart() -> None:
    for number, channel in enumerate((WHATSAPP, WHATSAPP, TELEGRAM)):
        builders.business_system(f"{SYSTEM[:-1]}{number}", channel_id=channel)
    assert len(do("list").body["items"]) == 3
    assert [each["id"][-1] for each in do("list", query={"channel_id": WHATSAPP}).body["items"]] == ["0", "1"]
    assert [each["id"][-1] for each in do("list", query={"channel_id": TELEGRAM}).body["items"]] == ["2"]


def test_what_is_given_changes_and_nothing_else(time: Clock) -> None:
    before = builders.business_system().model_dump()
    time.forward(60)
    body = do("update").body
    assert body == before | {"url": "https://desk.example.com/parley", "updated_at": time.text()}
    assert do("get").body == body
    assert do("update", {"url": LEFT_OUT}).body == body
    assert do("update", {"url": LEFT_OUT, "remarks": "Moved"}).body == body | {"remarks": "Moved"}


@pytest.mark.parametrize("url", ["http://shop.example.com/", "https://10.0.0.1/", "shop"])
def test_another_address_is_one_that_is_allowed(url: str) -> None:
    builders.business_system()
    with kept.nothing_changes():
        assert refused(do("update", {"url": url}))[::2] == (422, ["url"])


def test_a_system_stays_on_its_channel() -> None:
    builders.business_system()
    assert refused(do("update", {"channel_id": TELEGRAM})) == (422, "unknown_field", ["channel_id"])


def test_a_system_that_nobody_calls_is_deleted() -> None:
    builders.business_system()
    assert do("delete").status == 204
    assert refused(do("delete"))[:2] == (404, "not_found")
    assert kept.items("SYSTEM#") == []


def test_a_system_in_use_stays_and_tells_by_what() -> None:
    builders.business_system()
    builders.intent()
    with kept.nothing_changes():
        answer = do("delete")
    assert refused(answer) == (409, "system_in_use", ["business_system_id"])
    assert answer.body["errors"][0]["reason"] == f'The intent "call_back" ({INTENT}) calls it.'
    assert do("get").body["intent_count"] == 1


def test_it_is_free_when_the_last_intent_is_gone() -> None:
    builders.business_system()
    builders.intent()
    assert call("intents.delete_intent").status == 204
    assert do("get").body["intent_count"] == 0
    assert do("delete").status == 204
    assert kept.items("USES#") == []


def test_the_systems_of_a_deleted_channel_can_be_deleted_too() -> None:
    builders.business_system()
    call("delete_channel", path={"channel_id": WHATSAPP})
    assert channels.list_all(ORGANIZATION)[0].id == TELEGRAM
    assert do("delete").status == 204


def test_a_new_address_is_called_at_once_though_the_old_one_failed() -> None:
    builders.business_system()
    for _ in range(3):
        place = gates.enter(ORGANIZATION, SYSTEM, NOW)
        assert place
        gates.leave(ORGANIZATION, SYSTEM, place, NOW, ok=False)
    assert gates.enter(ORGANIZATION, SYSTEM, NOW) is None
    do("update", {"url": "https://new.example.com/"})
    assert gates.enter(ORGANIZATION, SYSTEM, NOW)
    assert kept.queued("ReceiptsQueue") == [{"organization": ORGANIZATION, "target": SYSTEM}]
