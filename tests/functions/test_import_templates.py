"""import_templates: what was written at the platform is taken over, and followed from then on."""

from typing import Any

import pytest
from parley.operations import templates
from parley.store import templates as store

from tests.support import builders, kept
from tests.support.builders import ORGANIZATION, SMS, TEMPLATE, WHATSAPP
from tests.support.events import Json, call, refused
from tests.support.wire import Wire

THEIRS: Json = {
    "id": "771",
    "name": "spring_sale",
    "language": "en_US",
    "status": "APPROVED",
    "category": "MARKETING",
    "parameter_format": "NAMED",
    "components": [{"type": "BODY", "text": "Hello {{name}}, spring is here."}],
    "quality_score": {"score": "GREEN"},
}
OURS: Json = {"id": "594425479261596", "name": "order_ready", "language": "en_US", "status": "APPROVED"}


@pytest.fixture(autouse=True)
def _story() -> None:
    builders.story()


def imported(wire: Wire, *rows: Json, **page: Any) -> Json:
    wire.answers["GET message_templates"] = {"data": list(rows), **page}
    answer = call("import_templates")
    assert answer.status == 200, answer
    return dict(answer.body)


def test_takes_over_what_is_not_here(wire: Wire) -> None:
    body = imported(wire, THEIRS, {**OURS, "category": "UTILITY"})
    [new] = body["imported"]
    assert (body["known"], body["refused"], body["next"]) == (1, [], None)
    assert (new["name"], new["status"], new["category"], new["quality"]) == (
        "spring_sale",
        "approved",
        "MARKETING",
        "GREEN",
    )
    assert (new["imported"], new["provider_id"], new["channel_id"]) == (True, "771", WHATSAPP)
    assert new["components"][0]["text"] == "Hello $(name), spring is here."
    assert call("get_template", path={"template_id": new["id"]}).body == new
    assert store.claimed("whatsapp_cloud", "771") == (ORGANIZATION, new["id"])


def test_a_repeat_finds_it_here(wire: Wire) -> None:
    imported(wire, THEIRS)
    body = imported(wire, THEIRS)
    assert (body["imported"], body["known"]) == ([], 1)


def test_a_repeat_takes_over_what_was_changed_there(wire: Wire) -> None:
    [new] = imported(wire, THEIRS)["imported"]
    changed = {"components": [{"type": "BODY", "text": "Hello {{name}}, summer is here."}], "status": "PAUSED"}
    imported(wire, THEIRS | changed)
    found = templates.get(ORGANIZATION, new["id"])
    assert (found.components[0].model_dump()["text"], found.status) == ("Hello $(name), summer is here.", "paused")


def test_the_words_of_our_own_are_ours(wire: Wire) -> None:
    changed = {"category": "UTILITY", "components": [{"type": "BODY", "text": "Other words."}]}
    before = templates.get(ORGANIZATION, TEMPLATE)
    imported(wire, OURS | changed)
    assert templates.get(ORGANIZATION, TEMPLATE) == before


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"name": "order_ready", "language": "en"}, "Another template here has this name and language."),
        ({"language": "zh_hans_cn"}, "A name or language of this form cannot be written here."),
        ({"components": [{"type": "VOICE"}]}, "Templates here have no component VOICE."),
    ],
)
def test_what_cannot_be_taken_over_is_named(wire: Wire, change: Json, reason: str) -> None:
    body = imported(wire, THEIRS | change)
    assert (body["imported"], body["known"]) == ([], 0)
    [refused_one] = body["refused"]
    assert refused_one["reason"] == reason


def test_a_page_at_a_time(wire: Wire) -> None:
    paging = {"cursors": {"after": "QVFI"}, "next": "https://graph.facebook.com/next"}
    first = imported(wire, THEIRS, paging=paging)
    assert first["next"]
    wire.answers["GET message_templates"] = {"data": []}
    answer = call("import_templates", {"next": first["next"]})
    assert (answer.body["imported"], answer.body["next"]) == ([], None)
    assert wire.requests[-1].url.params["after"] == "QVFI"


def test_two_channels_of_one_account_have_their_own(wire: Wire) -> None:
    other = "5a0fbe7c-35a2-4d4a-b9a5-6f1d5d1f7a11"
    builders.whatsapp(other, number="106540352249999")
    [first] = imported(wire, THEIRS)["imported"]
    [second] = call("import_templates", {"channel_id": other}).body["imported"]
    assert first["id"] != second["id"]
    assert store.claimed("whatsapp_cloud", "771") == (ORGANIZATION, first["id"])
    assert call("import_templates", {"channel_id": other}).body["known"] == 1


def test_a_platform_without_templates() -> None:
    with kept.nothing_changes():
        assert refused(call("import_templates", {"channel_id": SMS}))[:2] == (409, "nothing_to_import")


def test_an_unbound_channel() -> None:
    other = "5a0fbe7c-35a2-4d4a-b9a5-6f1d5d1f7a11"
    builders.channel(other)
    assert refused(call("import_templates", {"channel_id": other}))[:2] == (409, "channel_unbound")


def test_somebody_elses_channel() -> None:
    builders.organization(builders.STRANGER)
    assert call("import_templates", organization=builders.STRANGER).status == 404
