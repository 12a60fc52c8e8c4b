"""copy_template: a draft with the same content, elsewhere or in another language."""

from tests.support import builders
from tests.support.builders import TEMPLATE, WHATSAPP
from tests.support.events import call, refused


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
