"""The resumable upload of sample files (meta.md §2.8): whose app it is, a session, the bytes, a handle."""

import io
from typing import Any

import httpx
import pytest
from parley.errors import Disconnected, OutcomeUnknown, Throttled
from parley.model.channel import Binding
from parley.providers.whatsapp_cloud import samples

from tests.support.make import binding
from tests.support.platforms import Answer, WhatsApp, graph_error, says

SESSION = "upload:MTphdHRhY2htZW50OjA=?sig=ARZ_x-9"
HANDLE = "4:dGVzdA==:aW1hZ2UvanBlZw==:ARb:e:1760000000"
SECRET = {"access_token": "EAA-test"}
PICTURE = b"\xff\xd8\xff\xe0 a picture"


def meta(**answers: Answer) -> Answer:
    """Each call by what its path is about, as Meta answers it unless a test says otherwise."""
    known: dict[str, Answer] = {
        "app": says(200, {"id": "670843887433847", "name": "Parley"}),
        "uploads": says(200, {"id": SESSION}),
        "bytes": says(200, {"h": HANDLE}),
        **answers,
    }

    def answer(request: httpx.Request) -> Any:
        last = request.url.path.rpartition("/")[2]
        return known[last if last in known else "bytes"](request)

    return answer


def uploaded(**secret: str) -> str:
    bound = Binding.model_validate(binding())
    return samples.upload(io.BytesIO(PICTURE), len(PICTURE), "image/jpeg", bound, {**SECRET, **secret})


def test_a_session_at_the_app_then_the_bytes_then_a_handle(whatsapp: WhatsApp) -> None:
    whatsapp.answer = meta()
    assert uploaded() == HANDLE
    whose, session, sent = whatsapp.requests
    assert (whose.method, whose.url.path) == ("GET", "/v25.0/app")
    assert (session.method, session.url.path) == ("POST", "/v25.0/670843887433847/uploads")
    assert dict(session.url.params) == {"file_length": str(len(PICTURE)), "file_type": "image/jpeg"}
    assert (sent.method, sent.content) == ("POST", PICTURE)


def test_the_id_of_the_session_stands_in_the_address_as_it_is(whatsapp: WhatsApp) -> None:
    whatsapp.answer = meta()
    uploaded(app_secret="shh")
    assert whatsapp.requests[2].url.raw_path.decode() == f"/v25.0/{SESSION}"


def test_the_bytes_go_with_an_oauth_header_the_rest_with_a_bearer(whatsapp: WhatsApp) -> None:
    whatsapp.answer = meta()
    uploaded()
    given = [request.headers["authorization"] for request in whatsapp.requests]
    assert given == ["Bearer EAA-test", "Bearer EAA-test", "OAuth EAA-test"]
    assert whatsapp.requests[2].headers["file_offset"] == "0"


def test_a_known_app_secret_is_proven_where_it_can_be(whatsapp: WhatsApp) -> None:
    whatsapp.answer = meta()
    uploaded(app_secret="shh")
    assert ["appsecret_proof" in request.url.params for request in whatsapp.requests] == [True, True, False]


@pytest.mark.parametrize("call", ["app", "uploads", "bytes"])
@pytest.mark.parametrize(("answer", "meaning"), [(graph_error(190), Disconnected), (graph_error(80007), Throttled)])
def test_a_failure_is_that_of_the_channel(whatsapp: WhatsApp, call: str, answer: Answer, meaning: type) -> None:
    whatsapp.answer = meta(**{call: answer})
    with pytest.raises(meaning):
        uploaded()


@pytest.mark.parametrize("call", ["app", "uploads", "bytes"])
def test_a_success_that_names_nothing_is_unknown(whatsapp: WhatsApp, call: str) -> None:
    whatsapp.answer = meta(**{call: says(200, {})})
    with pytest.raises(OutcomeUnknown):
        uploaded()
