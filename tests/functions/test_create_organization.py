"""create_organization: IAM alone lets one call it; it answers with the first key."""

from typing import Any

import pytest
from pydantic import ValidationError

from tests.support import kept
from tests.support.events import sample
from tests.support.invoke import invoke


def create(**changes: Any) -> Any:
    return invoke("create_organization", sample("create_organization") | changes)


def test_makes_an_organization_and_a_key_that_works() -> None:
    answer = create()
    organization, key = answer["organization"], answer["api_key"]
    assert (organization["name"], organization["kind"], organization["channel_limit"]) == (
        "Marín Bakery",
        "customer",
        100,
    )
    header = {"identitySource": [f"Bearer {key['secret']}"]}
    context = invoke("authorize_request", header)["context"]
    assert context["organization"] == organization["id"] == key["organization_id"]
    of_nouns = {"channels", "templates", "messages", "contacts", "organizations", "keys"}
    assert set(context["scopes"].split(",")) == {"read", *of_nouns}
    assert [item["id"] for item in kept.items("ORGANIZATIONS")] == [organization["id"]]


def test_the_same_name_makes_another_one() -> None:
    assert create()["organization"]["id"] != create()["organization"]["id"]


def test_a_limit_and_a_kind_of_its_own() -> None:
    made = create(kind="service_provider", channel_limit=5)["organization"]
    assert (made["kind"], made["channel_limit"]) == ("service_provider", 5)


@pytest.mark.parametrize("change", [{"name": ""}, {"name": "x" * 51}, {"kind": "king"}, {"channel_limit": 0}, {"x": 1}])
def test_bad_input_makes_nothing(change: dict[str, Any]) -> None:
    with kept.nothing_changes(), pytest.raises(ValidationError):
        create(**change)
