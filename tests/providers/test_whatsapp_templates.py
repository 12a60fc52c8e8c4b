"""Templates at Meta: the create body (meta.md §2.9.2), edits, repeats, states and refusals."""

from contextlib import nullcontext
from typing import Any

import httpx
import pytest
from parley.errors import Conflict, Disconnected, OutcomeUnknown, Rejected, Throttled
from parley.model.channel import Binding
from parley.model.template import TemplateState, TemplateStatus
from parley.providers.whatsapp_cloud import templates

from tests.support.make import binding, body, buttons, footer, header, link, otp, quick, template
from tests.support.platforms import WhatsApp, graph_error, says

SAMPLES = {"order_no": "A-19", "first_name": "Ana", "store": "Centro", "code": "A-19"}
PARTS = (
    header("Order $(order_no)"),
    body("Hello $(first_name), your order is ready at $(store)."),
    footer("Acme"),
    buttons(quick(), link("https://acme.test/t/$(code)")),
)
WABA = Binding.model_validate(binding())
SECRET = {"access_token": "EAA-test"}
BUTTONS = [
    {"type": "QUICK_REPLY", "text": "On my way"},
    {"type": "URL", "text": "Track", "url": "https://acme.test/t/{{1}}", "example": ["https://acme.test/t/A-19"]},
]


def made(**fields: Any) -> Any:
    return template(*PARTS, samples=SAMPLES, **fields)


def test_the_create_body_with_named_parameters() -> None:
    assert templates.payload(made(), {}) == {
        "name": "order_ready",
        "language": "es_MX",
        "category": "UTILITY",
        "parameter_format": "NAMED",
        "components": [
            {
                "type": "HEADER",
                "format": "TEXT",
                "text": "Order {{order_no}}",
                "example": {"header_text_named_params": [{"param_name": "order_no", "example": "A-19"}]},
            },
            {
                "type": "BODY",
                "text": "Hello {{first_name}}, your order is ready at {{store}}.",
                "example": {
                    "body_text_named_params": [
                        {"param_name": "first_name", "example": "Ana"},
                        {"param_name": "store", "example": "Centro"},
                    ]
                },
            },
            {"type": "FOOTER", "text": "Acme"},
            {"type": "BUTTONS", "buttons": BUTTONS},
        ],
    }


def test_the_positional_twin_has_a_flat_header_and_a_nested_body() -> None:
    parts = templates.payload(made(parameter_format="POSITIONAL"), {})["components"]
    assert parts[0]["text"] == "Order {{1}}"
    assert parts[0]["example"] == {"header_text": ["A-19"]}
    assert parts[1]["text"] == "Hello {{1}}, your order is ready at {{2}}."
    assert parts[1]["example"] == {"body_text": [["Ana", "Centro"]]}
    assert parts[3]["buttons"] == BUTTONS


def test_a_variable_that_comes_twice_keeps_its_number() -> None:
    again = template(body("Hi $(a), $(b), $(a)."), samples={"a": "x", "b": "y"}, parameter_format="POSITIONAL")
    [part] = templates.payload(again, {})["components"]
    assert (part["text"], part["example"]) == ("Hi {{1}}, {{2}}, {{1}}.", {"body_text": [["x", "y"]]})


def test_nothing_is_exampled_without_variables() -> None:
    plain = template(header("Hi"), body("Hello."), buttons(link("https://acme.test")))
    assert all("example" not in part for part in templates.payload(plain, {})["components"])
    assert "example" not in templates.payload(plain, {})["components"][2]["buttons"][0]


def test_an_edit_has_no_name_language_or_format() -> None:
    assert set(templates.payload(made(provider_id="99"), {})) == {"category", "components"}


def test_submits_a_new_one(whatsapp: WhatsApp) -> None:
    whatsapp.answer = says(200, {"id": "594", "status": "PENDING", "category": "MARKETING"})
    assert submitted() == TemplateState("594", TemplateStatus.IN_REVIEW, "MARKETING", None, expected="")
    assert whatsapp.requests[0].url.path == "/v25.0/102290129340398/message_templates"
    assert whatsapp.sent()["name"] == "order_ready"


def submitted(**fields: Any) -> TemplateState:
    return templates.submit(made(**fields), {}, WABA, SECRET)


def test_edits_a_rejected_one(whatsapp: WhatsApp) -> None:
    whatsapp.answer = says(200, {"success": True})
    assert submitted(provider_id="594") == TemplateState("594", TemplateStatus.IN_REVIEW, None, None, expected="")
    assert whatsapp.requests[0].url.path == "/v25.0/594"


TAKEN = {"error": {"code": 100, "error_subcode": 2388024, "error_user_msg": "exists"}}
BODY = "Hello {{first_name}}, your order is ready at {{store}}."
ROW = {"id": "594", "name": "order_ready", "language": "es-MX", "status": "APPROVED", "rejected_reason": "NONE"}


def taken_and_found(whatsapp: WhatsApp, rows: list[Any]) -> None:
    found = {"POST": (400, TAKEN), "GET": (200, {"data": rows})}
    whatsapp.answer = lambda request: httpx.Response(found[request.method][0], json=found[request.method][1])


def test_a_repeat_takes_over_what_the_first_call_created(whatsapp: WhatsApp) -> None:
    taken_and_found(whatsapp, [{**ROW, "components": [{"type": "BODY", "text": BODY}]}])
    assert submitted() == TemplateState("594", TemplateStatus.APPROVED, None, None, expected="")


def test_a_codes_variable_has_no_name() -> None:
    code = template(body(), buttons(otp()), category="AUTHENTICATION", parameter_format="NAMED")
    assert templates.payload(code, {})["parameter_format"] == "POSITIONAL"


@pytest.mark.parametrize(("theirs", "ours"), [("AUTHENTICATION", True), ("MARKETING", False)])
def test_a_repeat_takes_over_a_code_whose_text_is_metas(whatsapp: WhatsApp, theirs: str, *, ours: bool) -> None:
    words = "*{{1}}* is your verification code."
    taken_and_found(whatsapp, [{**ROW, "category": theirs, "components": [{"type": "BODY", "text": words}]}])
    code = template(body(), buttons(otp()), category="AUTHENTICATION")
    with nullcontext() if ours else pytest.raises(Conflict):
        assert templates.submit(code, {}, WABA, SECRET).provider_id == "594"


STRANGERS: list[list[Any]] = [[], [{**ROW, "components": [{"type": "BODY", "text": "Other."}]}], [ROW]]


@pytest.mark.parametrize("rows", STRANGERS)
def test_a_strangers_template_of_this_name_is_a_conflict(whatsapp: WhatsApp, rows: list[Any]) -> None:
    taken_and_found(whatsapp, rows)
    with pytest.raises(Conflict) as caught:
        submitted()
    assert caught.value.code == "template_exists_at_platform"


def test_a_refusal_is_told_in_metas_words_for_people(whatsapp: WhatsApp) -> None:
    whatsapp.answer = graph_error(100, error_subcode=2388299, error_user_msg="Variables cannot be at the start.")
    with pytest.raises(Rejected) as caught:
        submitted()
    assert (caught.value.message, caught.value.provider_code) == ("Variables cannot be at the start.", "2388299")


@pytest.mark.parametrize(
    ("answer", "meaning"),
    [(graph_error(190), Disconnected), (graph_error(80007), Throttled), (says(502, "<html>"), OutcomeUnknown)],
)
def test_other_failures_are_those_of_the_channel(whatsapp: WhatsApp, answer: Any, meaning: type) -> None:
    whatsapp.answer = answer
    with pytest.raises(meaning):
        submitted()


@pytest.mark.parametrize("answer", [{}, {"success": True}, {"status": "PENDING"}, []])
def test_a_success_without_an_id_leaves_the_poll_to_find_it(whatsapp: WhatsApp, answer: Any) -> None:
    whatsapp.answer = says(200, answer)
    with pytest.raises(OutcomeUnknown):
        submitted()


STATES = {
    "APPROVED": "approved",
    "PENDING": "in_review",
    "IN_APPEAL": "in_review",
    "REJECTED": "rejected",
    "PAUSED": "paused",
    "DISABLED": "disabled",
    "LIMIT_EXCEEDED": "rejected",
    "ARCHIVED": "archived",
    "DELETED": "disabled",
    "PENDING_DELETION": "disabled",
    "REINSTATED": "approved",
    "LOCKED": "disabled",
    "approved": "approved",
    "SOMETHING_NEW": "in_review",
}


@pytest.mark.parametrize(("word", "ours"), list(STATES.items()))
def test_metas_words_for_states(whatsapp: WhatsApp, word: str, ours: str) -> None:
    whatsapp.answer = says(200, {"data": [{**ROW, "status": word, "rejected_reason": "SCAM"}]})
    found = templates.fetch(made(), WABA, SECRET)
    assert found == TemplateState("594", TemplateStatus(ours), None, "SCAM", expected="")


def test_what_else_a_fetch_tells(whatsapp: WhatsApp) -> None:
    more = {"category": "UTILITY", "correct_category": "MARKETING", "quality_score": {"score": "RED", "date": 1}}
    whatsapp.answer = says(200, {"data": [{**ROW, **more}]})
    wanted = TemplateState("594", TemplateStatus.APPROVED, "UTILITY", None, "RED", "MARKETING")
    assert templates.fetch(made(), WABA, SECRET) == wanted


@pytest.mark.parametrize("word", ["TRANSACTIONAL", "", None])
def test_a_category_that_is_not_ours_is_none(whatsapp: WhatsApp, word: str | None) -> None:
    whatsapp.answer = says(200, {"data": [{**ROW, "category": word, "correct_category": word, "quality_score": word}]})
    assert templates.fetch(made(), WABA, SECRET) == TemplateState("594", TemplateStatus.APPROVED, expected="")


@pytest.mark.parametrize("row", [{"language": "es"}, {"name": "order_ready_2"}])
def test_only_the_very_name_and_language_are_it(whatsapp: WhatsApp, row: dict[str, str]) -> None:
    whatsapp.answer = says(200, {"data": [{**ROW, **row}]})
    assert templates.fetch(made(), WABA, SECRET) is None
    assert dict(whatsapp.requests[0].url.params)["name"] == "order_ready"


def test_deletes_one_language_only(whatsapp: WhatsApp) -> None:
    whatsapp.answer = says(200, {"success": True})
    templates.delete(made(provider_id="594"), WABA, SECRET)
    assert dict(whatsapp.requests[0].url.params) == {"hsm_id": "594", "name": "order_ready"}


def test_what_is_gone_already_is_deleted(whatsapp: WhatsApp) -> None:
    whatsapp.answer = graph_error(100)
    templates.delete(made(provider_id="594"), WABA, SECRET)
    whatsapp.answer = graph_error(190)
    with pytest.raises(Disconnected):
        templates.delete(made(provider_id="594"), WABA, SECRET)
