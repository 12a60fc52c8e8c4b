"""watch_templates: what the platforms say of templates is compared with what is known here."""

from typing import Any

import pytest
from parley.cloud import clock
from parley.model.channel import Connection
from parley.model.template import TemplateStatus
from parley.operations import templates
from parley.store import channels

from tests.support import builders
from tests.support.builders import ORGANIZATION, TEMPLATE
from tests.support.events import sample
from tests.support.invoke import invoke
from tests.support.wire import Wire

ROW = {"id": "594425479261596", "name": "order_ready", "language": "en_US", "status": "APPROVED", "category": "UTILITY"}


def watch(left: int = 60_000) -> Any:
    return invoke("watch_templates", sample("watch_templates"), left)


def found() -> Any:
    return templates.get(ORGANIZATION, TEMPLATE)


def test_a_category_and_a_quality_that_nobody_told_of(wire: Wire) -> None:
    builders.story()
    changed = {"category": "MARKETING", "quality_score": {"score": "RED"}}
    wire.answers["GET message_templates"] = {"data": [ROW | changed]}
    watch()
    assert (found().category, found().quality, found().status) == ("MARKETING", "RED", "approved")


def test_what_is_the_same_is_left_alone(wire: Wire) -> None:
    builders.story()
    before = found()
    wire.answers["GET message_templates"] = {"data": [ROW]}
    watch()
    assert found() == before
    assert wire.calls == ["GET message_templates"]


def test_what_the_platform_lost(wire: Wire) -> None:
    """Asked for twice: a list may miss one that moves between two of its pages."""
    builders.story()
    watch()
    assert (found().status, found().reason) == ("disabled", "The platform has no such template any more.")
    assert wire.calls == ["GET message_templates"] * 2


def test_a_draft_is_not_asked_for(wire: Wire) -> None:
    builders.organization()
    builders.whatsapp()
    builders.template(status=TemplateStatus.DRAFT, provider_id=None)
    watch()
    assert (found().status, wire.calls) == ("draft", [])


@pytest.mark.parametrize("connection", sorted(set(Connection) - {Connection.CONNECTED}))
def test_a_dead_credential_is_not_used(wire: Wire, connection: Connection) -> None:
    builders.organization()
    channels.change(builders.whatsapp(), {"connection": connection}, clock.now())
    builders.template()
    watch()
    assert wire.calls == []


def test_without_time_it_stops(wire: Wire) -> None:
    builders.story()
    watch(left=1000)
    assert wire.calls == []
