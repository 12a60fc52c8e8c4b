"""Templates that exist at Meta, read back: what was written here comes back the same, and strange ones are named."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from parley.errors import Disconnected
from parley.model import signature
from parley.model.channel import Binding
from parley.model.template import Existing, TemplateStatus
from parley.providers.whatsapp_cloud import existing, templates

from tests.support import make
from tests.support.make import body, buttons, carousel, coupon, flow, footer, header, link, offer, otp, phone, quick
from tests.support.platforms import WhatsApp, graph_error, says

Wire = dict[str, Any]
WABA = Binding.model_validate(make.binding())
SECRET = {"access_token": "EAA-test"}
SAMPLES = {"name": "Ana", "code": "A-19", "coupon": "25OFF", "until": "Friday"}
PARTS: list[tuple[str, list[Wire], list[str]]] = [
    ("texts", [header("For $(name)"), body("Hello $(name), until $(until)."), footer("Acme")], ["name", "until"]),
    (
        "buttons",
        [body("Hello."), buttons(quick(), link(), phone(), {"type": "CATALOG", "text": "View catalog"})],
        ["url_2"],
    ),
    ("a coupon", [body("Hello."), buttons(coupon(), quick())], ["coupon"]),
    ("a flow", [body("Hello."), buttons(flow(screen="FIRST"))], []),
    ("products", [body("Hello."), buttons({"type": "MPM", "text": "View items"})], []),
    ("an offer", [offer(), body("Hello."), buttons(coupon(), link())], [signature.OFFER_ENDS, "coupon", "url_2"]),
    (
        "a location",
        [header(format="LOCATION", place={"latitude": "1", "longitude": "2"}), body("Hello.")],
        ["latitude", "longitude", "place", "address"],
    ),
    ("a picture", [header(format="IMAGE", upload="u1"), body("Hello.")], ["header_link"]),
    (
        "a carousel",
        [body("Hello."), carousel(*[[header(format="IMAGE", upload="u1"), body("Blue"), buttons(link())]] * 2)],
        ["card1_header_link", "card1_url_1", "card2_header_link", "card2_url_1"],
    ),
]


def row(*parts: Wire, form: str = "NAMED", category: str = "MARKETING", **more: Any) -> Wire:
    """As Meta has it after we submitted it."""
    made = make.template(*parts, samples=SAMPLES, parameter_format=form, category=category)
    wire = templates.payload(made, {"u1": "https://scontent.example/u1.jpg"})
    return {"id": "594", "status": "APPROVED", **json.loads(json.dumps(wire)), **more}


@pytest.mark.parametrize("form", ["NAMED", "POSITIONAL"])
@pytest.mark.parametrize(("parts", "names"), [pytest.param(*case[1:], id=case[0]) for case in PARTS])
def test_what_was_written_here_comes_back(parts: list[Wire], names: list[str], form: str) -> None:
    found = existing.existing(row(*parts, form=form))
    assert found.problem == ""
    assert found.design is not None
    again = make.template(**{**found.design._asdict(), "category": "MARKETING"})
    wanted = templates.payload(make.template(*parts, samples=SAMPLES, parameter_format=form), {})["components"]
    assert _without_examples(templates.payload(again, {})["components"]) == _without_examples(wanted)
    if form == "NAMED":
        assert again.variables == names


def _without_examples(parts: Any) -> Any:
    if isinstance(parts, dict):
        return {name: _without_examples(value) for name, value in parts.items() if name != "example"}
    return [_without_examples(each) for each in parts] if isinstance(parts, list) else parts


def test_the_samples_come_back() -> None:
    found = existing.existing(row(header("For $(name)"), body("Until $(until)."), buttons(link(), coupon())))
    assert found.design is not None
    assert found.design.samples == {"name": "Ana", "until": "Friday", "url_1": "A-19", "coupon": "25OFF"}


def test_positional_variables_get_names_by_their_place() -> None:
    design = existing.design_of(row(header("For $(name)"), body("$(until) and $(name)."), form="POSITIONAL"))
    assert design.samples == {"header_1": "Ana", "body_1": "Friday", "body_2": "Ana"}


@pytest.mark.parametrize("kind", ["COPY_CODE", "ONE_TAP", "ZERO_TAP"])
def test_a_one_time_code(kind: str) -> None:
    shown = {"type": "URL", "text": "Copy", "url": f"https://www.whatsapp.com/otp/code/?otp_type={kind}{APPS[kind]}"}
    parts = [{"type": "BODY", "text": "*{{1}}* is your code.", "add_security_recommendation": True}]
    found = existing.existing(row(body("x"), category="AUTHENTICATION", components=[*parts, _buttons(shown)]))
    assert found.design is not None
    again = make.template(category="AUTHENTICATION", components=found.design.components)
    wanted = [{"type": "BODY", "add_security_recommendation": True}, _buttons({**_otp(kind), "text": "Copy"})]
    assert templates.payload(again, {})["components"] == wanted
    assert again.variables == ["code"]


APPS = dict.fromkeys(["ONE_TAP", "ZERO_TAP"], "&package_name=com.acme.shop&signature_hash=K8a%2FAINcGX7&code=otp{{1}}")
APPS["COPY_CODE"] = "&code=otp{{1}}"


def _buttons(*each: Wire) -> Wire:
    return {"type": "BUTTONS", "buttons": list(each)}


def _otp(kind: str) -> Wire:
    made = make.template(body(), buttons(otp(kind)), category="AUTHENTICATION")
    wire: Wire = templates.payload(made, {})["components"][1]["buttons"][0]
    return wire


@pytest.mark.parametrize(
    ("part", "reason"),
    [
        ({"type": "BODY", "text": "{{2}} and {{1}}."}, "not numbered in the order"),
        ({"type": "HEADER", "format": "GIF"}, "no header of the format GIF"),
        ({"type": "CALL_PERMISSION_REQUEST"}, "no component CALL_PERMISSION_REQUEST"),
        (_buttons({"type": "VOICE_CALL", "text": "Call"}), "no button VOICE_CALL"),
        (_buttons({"type": "FLOW", "text": "Book", "flow_id": "x"}), "does not fit a template here"),
    ],
)
def test_what_cannot_be_written_here_is_named(part: Wire, reason: str) -> None:
    found = existing.existing(row(body("x"), form="POSITIONAL", components=[part]))
    assert (found.design, found.state.provider_id) == (None, "594")
    assert reason in found.problem


def test_categories_of_the_past() -> None:
    found = existing.existing(row(body("x")) | {"category": "TRANSACTIONAL_OLD"})
    assert (found.design, found.problem) == (None, "Its category is none of today's.")


def test_the_state_comes_along() -> None:
    told = {"status": "PAUSED", "quality_score": {"score": "RED"}, "language": "en-US", "correct_category": "UTILITY"}
    found = existing.existing(row(body("x"), **told))
    assert (found.name, found.language) == ("order_ready", "en_US")
    assert (found.state.status, found.state.quality, found.state.expected) == (TemplateStatus.PAUSED, "RED", "UTILITY")


def test_pages(whatsapp: WhatsApp) -> None:
    paging = {"cursors": {"after": "QVFI"}, "next": "https://graph.facebook.com/v25.0/1?after=QVFI"}
    whatsapp.answer = says(200, {"data": [row(body("x")), {"name": "without an id"}], "paging": paging})
    rows, after = existing.page(WABA, SECRET, "")
    assert ([each.name for each in rows], after) == (["order_ready"], "QVFI")
    whatsapp.answer = says(200, {"data": [], "paging": {"cursors": {"after": "QVFJ"}}})
    assert existing.page(WABA, SECRET, after) == ([], "")
    assert [request.url.params.get("after") for request in whatsapp.requests] == [None, "QVFI"]


def test_a_refusal_is_told(whatsapp: WhatsApp) -> None:
    whatsapp.answer = graph_error(190, status=401)
    with pytest.raises(Disconnected):
        existing.page(WABA, SECRET, "")


WORDS = ["type", "format", "text", "example", "buttons", "url", "cards", "components", "body_text", "header_text"]
JUNK = st.recursive(
    st.none() | st.integers() | st.sampled_from(["HEADER", "BODY", "BUTTONS", "URL", "{{1}}", "CAROUSEL", "IMAGE"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(WORDS), inner),
    max_leaves=12,
)


@given(st.lists(JUNK, max_size=3))
def test_nonsense_is_a_problem_and_no_fault(parts: list[Any]) -> None:
    found = existing.existing({"id": "1", "category": "UTILITY", "components": parts})
    assert isinstance(found, Existing)
