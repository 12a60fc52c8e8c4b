"""The media library over HTTP: what is put is looked at, and only then it can be read and sent."""

import httpx
import pytest

from tests.support import stack_bots
from tests.support.media_files import PNG
from tests.support.stack_bots import chat
from tests.support.stack_client import Json, Organization, Shop
from tests.support.stack_simulators import Simulators


@pytest.fixture(scope="module")
def owner(shop: Shop) -> Organization:
    return shop.organization


def made(owner: Organization, channel: str, body: bytes, content_type: str = "image/png") -> str:
    """The id of a file in the library of a channel, its bytes put there."""
    new = {"channel_id": channel, "filename": "logo.png", "content_type": content_type}
    file = owner.call("POST", "/media", new, expect=201)
    assert file["status"] == "waiting"
    httpx.put(file["url"], content=body, headers={"Content-Type": content_type}).raise_for_status()
    return str(file["id"])


def completed(owner: Organization, media: str) -> Json:
    return owner.call("POST", f"/media/{media}/complete")


def test_put_looked_at_listed_read_and_deleted(shop: Shop, owner: Organization) -> None:
    media = made(owner, shop.whatsapp, PNG, "application/pdf")
    message = {"channel_id": shop.whatsapp, "to": "+34600111222", "type": "image", "media": {"upload": media}}
    early = owner.ask("POST", "/messages", message)
    assert "media_not_ready" in {each["code"] for each in early.json()["errors"]}
    ready = completed(owner, media)
    assert (ready["status"], ready["kind"], ready["content_type"]) == ("ready", "image", "image/png")
    assert ready["size"] == len(PNG)
    (row,) = owner.call("GET", "/media", channel_id=shop.whatsapp, kind="image")["items"]
    for each in (ready, row, owner.call("GET", f"/media/{media}")):
        answer = httpx.get(each["link"])
        assert (answer.content, answer.headers["content-type"]) == (PNG, "image/png")
    owner.call("DELETE", f"/media/{media}", expect=204)
    assert httpx.get(row["link"]).status_code in (403, 404)
    assert owner.ask("GET", f"/media/{media}").status_code == 404
    assert owner.call("GET", "/media", channel_id=shop.whatsapp)["items"] == []


def test_wrong_bytes_are_refused_whatever_they_are_called(shop: Shop, owner: Organization) -> None:
    media = made(owner, shop.whatsapp, b"MZ\x90\x00 a program")
    refused = completed(owner, media)
    assert (refused["status"], refused["link"], refused["kind"]) == ("refused", None, None)
    assert "none of the formats" in refused["reason"]
    assert completed(owner, media) == refused
    owner.call("DELETE", f"/media/{media}", expect=204)


def test_nothing_was_put(shop: Shop, owner: Organization) -> None:
    new = {"channel_id": shop.whatsapp, "filename": "logo.png", "content_type": "image/png"}
    media = owner.call("POST", "/media", new, expect=201)["id"]
    answer = owner.ask("POST", f"/media/{media}/complete")
    assert (answer.status_code, answer.json()["code"]) == (409, "nothing_uploaded")


def test_bytes_that_come_after_the_look_are_never_shown(shop: Shop, owner: Organization) -> None:
    new = {"channel_id": shop.whatsapp, "filename": "logo.png", "content_type": "image/png"}
    file = owner.call("POST", "/media", new, expect=201)
    httpx.put(file["url"], content=PNG, headers={"Content-Type": "image/png"}).raise_for_status()
    completed(owner, file["id"])
    httpx.put(file["url"], content=b"<script>", headers={"Content-Type": "image/png"})
    assert httpx.get(owner.call("GET", f"/media/{file['id']}")["link"]).content == PNG


def test_a_file_of_a_library_goes_out(owner: Organization, simulators: Simulators) -> None:
    bot, to = stack_bots.bound(owner, simulators), chat()
    media = made(owner, bot.channel, PNG)
    completed(owner, media)
    bot.sent(to, type="image", media={"upload": media})
    assert "photo" in bot.stands_in(to)[0]
