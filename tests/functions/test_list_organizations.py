"""list_organizations: the own one first, then the customers."""

from tests.support import builders
from tests.support.builders import ORGANIZATION, PROVIDER, STRANGER
from tests.support.events import call


def ids(organization: str) -> list[str]:
    answer = call("list_organizations", organization=organization)
    assert answer.status == 200
    return [item["id"] for item in answer.body["items"]]


def test_a_provider_sees_itself_and_its_customers() -> None:
    builders.provider()
    builders.organization(STRANGER)
    assert ids(PROVIDER) == [PROVIDER, ORGANIZATION]


def test_a_customer_sees_itself() -> None:
    builders.provider()
    assert ids(ORGANIZATION) == [ORGANIZATION]
