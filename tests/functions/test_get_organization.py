"""get_organization: the own one, or a customer."""

from tests.support import builders
from tests.support.builders import ORGANIZATION, PROVIDER
from tests.support.events import call, refused
from tests.support.time import Clock


def test_the_own_one(time: Clock) -> None:
    builders.organization(channel_count=3)
    answer = call("get_organization")
    assert answer.status == 200
    assert answer.body == {
        "id": ORGANIZATION,
        "name": "Marín Bakery",
        "kind": "customer",
        "owner": None,
        "channel_limit": 100,
        "channel_count": 3,
        "created_at": time.text(),
    }


def test_a_customer() -> None:
    builders.provider()
    assert call("get_organization", organization=PROVIDER).body["id"] == ORGANIZATION


def test_not_the_provider_of_oneself() -> None:
    builders.provider()
    assert refused(call("get_organization", path={"id": PROVIDER}))[:2] == (404, "not_found")
