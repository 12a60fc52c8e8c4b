"""update_template: drafts and rejected ones, by the same rules as a new one."""

import json

import pytest
from parley.model.template import EDITABLE, TemplateStatus

from tests.support import builders, kept
from tests.support.events import LEFT_OUT, Json, call, refused, sample


@pytest.fixture(autouse=True)
def _channel() -> None:
    builders.organization()
    builders.whatsapp()


@pytest.mark.parametrize("status", sorted(EDITABLE))
def test_replaces_the_content(status: TemplateStatus) -> None:
    builders.template(status=status)
    answer = call("update_template")
    changes = json.loads(sample("update_template")["body"])
    assert (answer.status, answer.body["status"]) == (200, status)
    assert [each["text"] for each in answer.body["components"]] == [each["text"] for each in changes["components"]]
    assert answer.body["samples"] == changes["samples"]
    assert call("get_template").body == answer.body


def test_the_rest_stays() -> None:
    builders.template(status=TemplateStatus.DRAFT)
    before = call("get_template").body
    changes = {"components": LEFT_OUT, "samples": LEFT_OUT, "category": "MARKETING"}
    assert call("update_template", changes).body == before | {"category": "MARKETING"}


@pytest.mark.parametrize("status", sorted(set(TemplateStatus) - EDITABLE))
def test_what_is_in_use_cannot_be_edited(status: TemplateStatus) -> None:
    builders.template(status=status)
    with kept.nothing_changes():
        assert refused(call("update_template"))[:2] == (409, "template_not_editable")


@pytest.mark.parametrize(
    ("change", "code", "field"),
    [
        ({"samples": {"name": "Ana"}}, "variable_missing", "samples.order"),
        ({"samples": {"name": "Ana", "order": "1", "x": "2"}}, "variable_unknown", "samples.x"),
        ({"components": [{"type": "BODY", "text": "$(name) is ready."}]}, "variable_at_edge", "components.0.text"),
        ({"name": "another"}, "unknown_field", "name"),
        ({"status": "approved"}, "unknown_field", "status"),
    ],
)
def test_broken_rules(change: Json, code: str, field: str) -> None:
    builders.template(status=TemplateStatus.DRAFT)
    with kept.nothing_changes():
        status, first, fields = refused(call("update_template", change))
        assert (status, first, fields[0]) == (422, code, field)
