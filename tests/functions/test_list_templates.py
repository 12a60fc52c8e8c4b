"""list_templates: of one channel or in one status."""

import pytest
from parley.model.template import TemplateStatus

from tests.support import builders
from tests.support.builders import MESSAGE, SMS, TEMPLATE, WHATSAPP
from tests.support.events import call, refused


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
