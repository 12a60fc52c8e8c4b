"""watch_templates: approved templates are asked for now and then, drafts and other channels are not."""

from typing import Any

from parley.model.template import TemplateStatus
from parley.store import templates

from tests.support import builders
from tests.support.builders import ORGANIZATION, TEMPLATE
from tests.support.events import sample
from tests.support.invoke import invoke


def watch(left: int = 60_000) -> Any:
    return invoke("watch_templates", sample("watch_templates"), left)


def test_an_approved_one_is_marked_for_the_poll() -> None:
    builders.story()
    watch()
    assert templates.in_review() == [(ORGANIZATION, TEMPLATE)]


def test_a_draft_is_not() -> None:
    builders.organization()
    builders.whatsapp()
    builders.template(status=TemplateStatus.DRAFT, provider_id=None)
    watch()
    assert templates.in_review() == []


def test_without_time_it_stops() -> None:
    builders.story()
    watch(left=1000)
    assert templates.in_review() == []
