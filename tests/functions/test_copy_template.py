"""copy_template: a draft with the same content, elsewhere or in another language."""

from io import BytesIO

import pytest
from parley.cloud import files
from parley.model.components import Body, Header
from parley.model.upload import MediaKind, MediaStatus, Upload
from parley.operations import uploads
from parley.store import uploads as upload_store

from tests.support import builders, kept
from tests.support.builders import ORGANIZATION, PROVIDER, TEMPLATE, WHATSAPP
from tests.support.events import Answer, call, refused

OTHER, CHANNEL = "0b8f1c52-0000-4000-8000-000000000001", "0b8f1c52-0000-4000-8000-0000000000cc"
UPLOAD = "0b8f1c52-0000-4000-8000-0000000000dd"


def test_into_another_language() -> None:
    builders.story()
    answer = call("copy_template", {"language": "es"})
    assert (answer.status, answer.body["status"], answer.body["language"]) == (201, "draft", "es")
    assert (answer.body["channel_id"], answer.body["provider_id"]) == (WHATSAPP, None)
    assert answer.body["id"] != TEMPLATE


def test_to_another_channel() -> None:
    builders.story()
    builders.telegram()
    body = call("copy_template", {"channel_id": builders.TELEGRAM}).body
    assert body["channel_id"] == builders.TELEGRAM


def test_a_repeat_answers_the_same_copy() -> None:
    builders.story()
    assert call("copy_template").body["id"] == call("copy_template").body["id"]


def test_where_its_name_is_taken() -> None:
    builders.story()
    assert refused(call("copy_template", {"name": None, "language": None}))[:2] == (409, "template_exists")


@pytest.fixture
def agency() -> None:
    """A service provider with two customers; the first one has the template."""
    builders.provider()
    builders.whatsapp()
    builders.template()
    builders.organization(OTHER, owner=PROVIDER)
    builders.channel(CHANNEL, organization_id=OTHER)


def over(**changes: str) -> Answer:
    body = {"organization_id": ORGANIZATION, "to_organization_id": OTHER, "channel_id": CHANNEL, **changes}
    return call("copy_template", body, organization=PROVIDER)


@pytest.mark.usefixtures("agency")
def test_to_another_customer() -> None:
    answer = over()
    assert (answer.status, answer.body["organization_id"], answer.body["channel_id"]) == (201, OTHER, CHANNEL)
    assert answer.body["status"] == "draft"
    shown = call("get_template", path={"template_id": answer.body["id"]}, organization=OTHER)
    assert shown.body == answer.body


@pytest.mark.usefixtures("agency")
def test_files_go_along() -> None:
    files.put(uploads.key(ORGANIZATION, UPLOAD), BytesIO(b"picture"), "image/png")
    known = {"filename": "a.png", "content_type": "image/png", "created_at": "2026-03-01T09:30:00Z"}
    ready = {"kind": MediaKind.IMAGE, "status": MediaStatus.READY, "channel_id": WHATSAPP}
    upload_store.insert(ORGANIZATION, Upload(id=UPLOAD, **known, **ready))
    parts = [Header(type="HEADER", format="IMAGE", upload=UPLOAD), Body(type="BODY", text="Hello.")]
    builders.template("c0de1c52-0000-4000-8000-0000000000aa", name="pictured", components=parts, samples={})
    answer = call(
        "copy_template",
        {"organization_id": ORGANIZATION, "to_organization_id": OTHER, "channel_id": CHANNEL},
        path={"template_id": "c0de1c52-0000-4000-8000-0000000000aa"},
        organization=PROVIDER,
    )
    assert answer.status == 201, answer
    copied = answer.body["components"][0]["upload"]
    assert copied != UPLOAD
    assert files.read(uploads.key(OTHER, copied), 100) == (7, b"picture")
    [row] = call("list_media", query={"channel_id": CHANNEL}, organization=OTHER).body["items"]
    assert (row["id"], row["status"]) == (copied, "ready")


@pytest.mark.usefixtures("agency")
def test_to_a_stranger() -> None:
    builders.organization(builders.STRANGER)
    with kept.nothing_changes():
        assert over(to_organization_id=builders.STRANGER).status == 404
        assert call("copy_template", {"to_organization_id": OTHER, "channel_id": CHANNEL}).status == 404


@pytest.mark.usefixtures("agency")
def test_to_another_customer_without_a_channel() -> None:
    body = {"organization_id": ORGANIZATION, "to_organization_id": OTHER}
    with kept.nothing_changes():
        answer = call("copy_template", body, organization=PROVIDER)
        assert refused(answer) == (422, "field_missing", ["channel_id"])
