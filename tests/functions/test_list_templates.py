"""list_templates: of one channel or in one status."""

import pytest
from parley.model.template import TemplateStatus

from tests.support import builders
from tests.support.builders import MESSAGE, SMS, TEMPLATE, WHATSAPP
from tests.support.events import call, refused

EVERY = {"channel_id": None, "status": None}


@pytest.fixture(autouse=True)
def _three() -> None:
    builders.template()
    builders.template(SMS, name="second", status=TemplateStatus.DRAFT, provider_id=None)
    builders.template(MESSAGE, name="third", channel_id=SMS, provider_id=None)


@pytest.mark.parametrize(
    ("channel", "status", "found"),
    [
        (None, None, {TEMPLATE, SMS, MESSAGE}),
        (WHATSAPP, None, {TEMPLATE, SMS}),
        (WHATSAPP, "approved", {TEMPLATE}),
        (None, "approved", {TEMPLATE, MESSAGE}),
        (SMS, "draft", set()),
    ],
)
def test_filters(channel: str | None, status: str | None, found: set[str]) -> None:
    answer = call("list_templates", query={"channel_id": channel, "status": status})
    assert (answer.status, {item["id"] for item in answer.body["items"]}) == (200, found)


def test_an_unknown_status() -> None:
    assert refused(call("list_templates", query={"status": "lost"})) == (422, "unknown_value", ["status"])


def test_nobody_sees_those_of_others() -> None:
    assert call("list_templates", organization=builders.STRANGER).body == {"items": [], "next": None}


def test_of_a_type() -> None:
    builders.organization()
    builders.whatsapp()
    builders.sms()
    assert {row["id"] for row in call("list_templates", query={**EVERY, "type": "SMS"}).body["items"]} == {MESSAGE}


def test_what_was_replaced_or_put_away_is_no_row() -> None:
    for number, fields in enumerate(({"replaced_by": SMS}, {"archived": True})):
        builders.template(f"0b8f1c52-0000-4000-8000-00000000000{number}", name=f"old_{number}", **fields)
    assert {row["id"] for row in call("list_templates", query=EVERY).body["items"]} == {TEMPLATE, SMS, MESSAGE}
    archived = call("list_templates", query={**EVERY, "status": "archived"}).body["items"]
    assert [row["name"] for row in archived] == ["old_1"]
