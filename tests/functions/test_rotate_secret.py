"""rotate_secret: a new secret each time; the old ones sign beside it for a grace, and then no more."""

import pytest
from parley.cloud import clock
from parley.operations import receipt_endpoints
from parley.store import receipt_endpoints as store
from standardwebhooks import Webhook, WebhookVerificationError

from tests.support import builders, endpoints, kept
from tests.support.builders import ORGANIZATION, STRANGER
from tests.support.endpoints import DELIVERY, ENDPOINT
from tests.support.events import Json, call, refused
from tests.support.faults import Faults, Killed
from tests.support.time import Clock

BODY = '[{"Status":"Sent"}]'


@pytest.fixture
def first() -> str:
    """The secret that the endpoint was made with."""
    builders.organization()
    return endpoints.endpoint().secret or ""


def rotate(**body: object) -> Json:
    answer = call("rotate_secret", dict(body))
    assert answer.status == 200
    return dict(answer.body)


def headers() -> dict[str, str]:
    found = store.get(ORGANIZATION, ENDPOINT)
    assert found
    return receipt_endpoints.headers(found, DELIVERY, "ChatAppStatus", BODY.encode(), clock.now())


def verifies(secret: str) -> bool:
    try:
        return bool(Webhook(secret).verify(BODY, headers()))
    except WebhookVerificationError:
        return False


def test_both_sign_until_the_grace_is_over(first: str, time: Clock) -> None:
    time.forward(60)
    body = rotate(grace=3600)
    assert body["secret"] not in (first, None)
    assert body["old_secret_until"] == time.text(3600)
    assert body["updated_at"] == time.text()
    assert call("receipt_endpoints.get_receipt_endpoint").body == body | {"secret": None}
    assert len(headers()["webhook-signature"].split(" ")) == 2
    assert (verifies(first), verifies(body["secret"])) == (True, True)
    time.forward(3600)
    assert (verifies(first), verifies(body["secret"])) == (False, True)


def test_the_grace_is_a_day_where_nothing_is_said(first: str, time: Clock) -> None:
    assert call("rotate_secret", "{}").body["old_secret_until"] == time.text(86_400)


def test_without_a_grace_the_old_one_ends_at_once(first: str) -> None:
    body = rotate(grace=0)
    assert body["old_secret_until"] is None
    assert (verifies(first), verifies(body["secret"])) == (False, True)


def test_who_never_heard_of_the_new_one_may_ask_again(first: str) -> None:
    lost, body = rotate(grace=3600), rotate(grace=3600)
    assert [verifies(each) for each in (first, lost["secret"], body["secret"])] == [True, True, True]
    assert [verifies(each) for each in (first, rotate(grace=0)["secret"])] == [False, True]


def test_one_that_breaks_off_leaves_the_old_one(first: str) -> None:
    faults = Faults()
    faults.install()
    faults.arm(1, "before", "UpdateItem")
    with pytest.raises(Killed):
        call("rotate_secret")
    faults.disarm()
    assert verifies(first)


@pytest.mark.parametrize("grace", [-1, 30 * 86_400 + 1, "soon"])
def test_a_grace_has_its_limits(first: str, grace: object) -> None:
    with kept.nothing_changes():
        assert refused(call("rotate_secret", {"grace": grace}))[::2] == (422, ["grace"])


def test_only_its_owner_rotates_it(first: str) -> None:
    builders.organization(STRANGER)
    with kept.nothing_changes():
        assert refused(call("rotate_secret", organization=STRANGER))[:2] == (404, "not_found")
