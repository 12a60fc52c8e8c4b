"""create_customer: only a service provider has customers."""

import pytest

from tests.support import builders, kept
from tests.support.builders import ORGANIZATION, PROVIDER
from tests.support.events import Json, call, refused


@pytest.fixture(autouse=True)
def _provider() -> None:
    builders.provider()


def test_belongs_to_its_provider() -> None:
    answer = call("create_customer")
    assert (answer.status, answer.body["name"], answer.body["kind"]) == (201, "Sol Bakery", "customer")
    assert answer.body["owner"] == PROVIDER
    assert kept.items(f"CUSTOMER#{answer.body['id']}")[0]["pk"] == f"ORG#{PROVIDER}"


def test_the_provider_acts_for_it_at_once() -> None:
    customer = call("create_customer").body["id"]
    answer = call("create_channel", {"organization_id": customer}, organization=PROVIDER)
    assert (answer.status, answer.body["organization_id"]) == (201, customer)


def test_a_repeat_is_the_same_customer() -> None:
    first = call("create_customer")
    with kept.nothing_changes():
        assert call("create_customer") == first
        assert refused(call("create_customer", {"name": "Luna"}))[:2] == (409, "idempotency_key_reused")


def test_a_customer_has_no_customers() -> None:
    with kept.nothing_changes():
        assert refused(call("create_customer", organization=ORGANIZATION))[:2] == (403, "not_a_service_provider")


@pytest.mark.parametrize(
    ("change", "code", "field"),
    [
        ({"name": ""}, "string_too_short", "name"),
        ({"name": "x" * 51}, "string_too_long", "name"),
        ({"kind": "service_provider"}, "unknown_field", "kind"),
        ({"channel_limit": 1000}, "unknown_field", "channel_limit"),
    ],
)
def test_bad_customers(change: Json, code: str, field: str) -> None:
    with kept.nothing_changes():
        assert refused(call("create_customer", change)) == (422, code, [field])
