"""update_template: drafts and rejected ones in place, approved ones in a new version, by the rules of a new one."""

import json

import pytest
from parley.model.template import EDITABLE, VERSIONED, TemplateStatus

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
    wanted = before | {"category": "MARKETING", "asked_category": "MARKETING"}
    assert call("update_template", changes).body == wanted


@pytest.mark.parametrize("status", sorted(VERSIONED))
def test_an_edit_of_what_was_approved_is_a_new_version(status: TemplateStatus) -> None:
    builders.template(status=status)
    new = call("update_template").body
    assert (new["status"], new["version"], new["replaces"]) == ("draft", 2, builders.TEMPLATE)
    assert (new["provider_id"], new["next_version"]) == (None, None)
    old = call("get_template").body
    assert (old["status"], old["version"], old["next_version"]) == (status, 1, new["id"])


@pytest.mark.parametrize("status", sorted(set(TemplateStatus) - EDITABLE - VERSIONED))
def test_what_is_in_review_cannot_be_edited(status: TemplateStatus) -> None:
    builders.template(status=status)
    with kept.nothing_changes():
        assert refused(call("update_template"))[:2] == (409, "template_not_editable")


def test_what_is_archived_cannot_be_edited() -> None:
    builders.template(archived=True)
    with kept.nothing_changes():
        assert refused(call("update_template"))[:2] == (409, "template_archived")


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
