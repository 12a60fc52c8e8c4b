"""refresh_signature: each time a new one; the old ones hold for a grace, and then no more."""

import pytest
from parley.cloud import clock
from parley.operations import business_systems, signing
from parley.store import business_systems as store
from standardwebhooks import Webhook, WebhookVerificationError

from tests.support import builders, kept
from tests.support.builders import ORGANIZATION, SYSTEM
from tests.support.events import Json, call, refused
from tests.support.time import Clock

BODY = '{"type":"intent"}'
WEEK = 604_800


@pytest.fixture
def first() -> tuple[str, str, str]:
    """The id of a system, and the signature and the signing secret that it was made with."""
    builders.organization()
    builders.whatsapp()
    made = call("business_systems.create_business_system").body
    return made["id"], made["signature"], made["signing_secret"]


def refresh(system: str, **body: object) -> Json:
    answer = call("refresh_signature", dict(body), path={"system_id": system})
    assert answer.status == 200
    return dict(answer.body)


def headers(system: str) -> dict[str, str]:
    found = store.get(ORGANIZATION, system)
    assert found
    return business_systems.headers(found, "id-1", BODY.encode(), clock.now())


def tokens(system: str) -> list[str]:
    return headers(system)["parley-signature-token"].split(" ")


def verifies(system: str, secret: str) -> bool:
    try:
        return bool(Webhook(secret).verify(BODY, headers(system)))
    except WebhookVerificationError:
        return False


def test_a_new_one_is_shown_once_and_the_old_one_holds(first: tuple[str, str, str], time: Clock) -> None:
    system, signature, secret = first
    time.forward(60)
    body = refresh(system)
    assert body["signature"] not in (None, signature)
    assert body["signing_secret"] not in (None, secret)
    assert body["signature_hint"] == body["signature"][-4:]
    assert (body["old_signature_until"], body["updated_at"]) == (time.text(WEEK), time.text())
    shown = call("business_systems.get_business_system", path={"system_id": system}).body
    assert shown == body | {"signature": None, "signing_secret": None}
    assert tokens(system) == [body["signature"], signature]
    assert verifies(system, secret)
    assert verifies(system, body["signing_secret"])


def test_after_its_grace_the_old_one_is_gone(first: tuple[str, str, str], time: Clock) -> None:
    system, signature, secret = first
    new = refresh(system, grace=600)
    time.forward(599)
    assert tokens(system) == [new["signature"], signature]
    time.forward(1)
    assert tokens(system) == [new["signature"]]
    assert not verifies(system, secret)
    assert verifies(system, new["signing_secret"])


def test_without_a_grace_every_old_one_ends_at_once(first: tuple[str, str, str]) -> None:
    system, *_ = first
    refresh(system)
    new = refresh(system, grace=0)
    assert tokens(system) == [new["signature"]]


def test_one_that_is_asked_for_twice_ends_no_old_one_early(first: tuple[str, str, str], time: Clock) -> None:
    """As by a client that lost the first answer."""
    system, signature, secret = first
    lost = refresh(system)
    time.forward(60)
    new = refresh(system)
    assert tokens(system) == [new["signature"], lost["signature"], signature]
    assert verifies(system, secret)
    time.forward(WEEK - 60)
    assert tokens(system) == [new["signature"], lost["signature"]]


def test_a_shorter_grace_shortens_that_of_all(first: tuple[str, str, str], time: Clock) -> None:
    system, *_ = first
    refresh(system)
    new = refresh(system, grace=60)
    time.forward(60)
    assert tokens(system) == [new["signature"]]


def test_however_often_it_is_renewed_the_secrets_fit_where_they_are_kept(first: tuple[str, str, str]) -> None:
    system, *_ = first
    found = [refresh(system)["signature"] for _ in range(15)]
    assert tokens(system) == found[:-12:-1]


def test_who_is_too_late_changes_nothing(first: tuple[str, str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody else renewed it between the reading and the writing."""
    system, *_ = first
    real, others = signing.rotate, []

    def between(*given: object) -> bytes:
        monkeypatch.setattr(signing, "rotate", real)
        others.append(refresh(system)["signature"])
        return real(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(signing, "rotate", between)
    answer = call("refresh_signature", path={"system_id": system})
    assert refused(answer)[:2] == (409, "signature_changed")
    assert tokens(system)[0] == others[0]


@pytest.mark.parametrize("grace", [-1, 30 * 86_400 + 1, 1.5, "soon"])
def test_a_grace_is_at_most_thirty_days(first: tuple[str, str, str], grace: object) -> None:
    with kept.nothing_changes():
        assert refused(call("refresh_signature", {"grace": grace}, path={"system_id": first[0]}))[::2] == (
            422,
            ["grace"],
        )


def test_only_what_exists_is_renewed(first: tuple[str, str, str]) -> None:
    assert refused(call("refresh_signature", path={"system_id": SYSTEM}))[:2] == (404, "not_found")
