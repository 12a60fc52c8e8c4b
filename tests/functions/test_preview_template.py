"""preview_template: how it reads, and what is missing."""

from tests.support import builders
from tests.support.events import call


def test_reads_as_a_person_would() -> None:
    builders.story()
    answer = call("preview_template", {"variables": {"name": "Ana", "order": "A-19"}})
    assert answer.status == 200
    assert (answer.body["missing"], "Ana" in answer.body["text"]) == ([], True)
    assert answer.body["characters"] == len(answer.body["text"])


def test_what_is_missing_is_shown_and_named() -> None:
    builders.story()
    body = call("preview_template", {"variables": {"name": "Ana"}}).body
    assert body["missing"] == ["order"]
    assert "$(order)" in body["text"]


def test_a_default_is_not_missing() -> None:
    builders.organization()
    builders.whatsapp()
    builders.template(defaults={"order": "your order"})
    body = call("preview_template", {"variables": {"name": "Ana", "order": ""}}).body
    assert (body["missing"], "your order" in body["text"]) == ([], True)
