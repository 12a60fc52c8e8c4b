"""What holds for every route: scopes, organizations, and bodies that nobody can read.

Where nothing may change, all routes share one cast: making it costs more than the test."""

import base64
import json
from collections.abc import Iterator

import pytest
from parley.cloud.clients import client

from tests.support import audience, builders, endpoints, exported, kept, media_files, runs
from tests.support.builders import ORGANIZATION, PROVIDER, STRANGER
from tests.support.cloud import copied
from tests.support.events import EVENTS, LEFT_OUT, answered, call, refused, request, sample
from tests.support.invoke import FUNCTIONS, invoke

SCOPES = ["channels", "templates", "messages", "contacts", "keys", "organizations", "read"]
PATHS = sorted(FUNCTIONS.glob("*/*.py"))
WITHOUT_KEY = {"show_docs", "authorize_request"}
SAMPLES = {path.name.removesuffix(".json"): json.loads(path.read_text()) for path in sorted(EVENTS.glob("*.json"))}
"""Of a file with several routes each has one, like `fallback_rules.get_fallback_rule`."""
NAMES = [name for name, event in SAMPLES.items() if str(event.get("rawPath", "")).startswith("/rest/v1/")]
NAMES = [name for name in NAMES if name not in WITHOUT_KEY]
FOLDERS = {name: path.parent.name for path in PATHS for name in NAMES if name.partition(".")[0] == path.stem}
READS = [name for name in NAMES if sample(name)["routeKey"].startswith("GET ")]
WRITES = [name for name in NAMES if "body" in sample(name)]
OF_ONE = [name for name in NAMES if "pathParameters" in sample(name)]
NEEDED = {name: folder for name, folder in FOLDERS.items() if folder != "system"}
NEEDED |= {name: "channels" for name, folder in FOLDERS.items() if folder in ("settings", "receipts")}
NEEDED |= {name: "messages" for name in NAMES if "suppression" in name or "media" in name or name == "send_chat_action"}
NEEDED |= {name: "contacts" for name in NAMES if "contact" in name or "group" in name}
NEEDED |= {name: "messages" for name in NAMES if "export" in name or "broadcast" in name}
NEEDED |= {name: "keys" if "api_key" in name else "organizations" for name in NAMES if name not in NEEDED}


@pytest.fixture(autouse=True)
def _cast() -> None:
    copied(_everything)


def _everything() -> None:
    builders.provider()
    builders.organization(STRANGER)
    builders.whatsapp()
    builders.sms()
    builders.template()
    builders.telegram()
    builders.message()
    builders.key()
    builders.fallback_rule()
    builders.fallback_policy()
    builders.scheduling_resource()
    builders.business_system()
    builders.intent()
    endpoints.endpoint()
    endpoints.delivery()
    media_files.media()
    runs.broadcast()
    exported.export()
    audience.group()
    audience.contact()
    audience.uploaded("phone\n+34600111222\n")
    audience.asked_import()


def test_there_are_routes() -> None:
    assert (len(NAMES), len(READS), len(WRITES), len(OF_ONE)) == (119, 45, 48, 82)


def test_a_key_without_the_scope_is_refused(subtests: pytest.Subtests) -> None:
    for name in NAMES:
        with subtests.test(name):
            enough = {NEEDED[name], "read"} if name in READS else {NEEDED[name]}
            others = ",".join(scope for scope in SCOPES if scope not in enough)
            with kept.nothing_changes():
                assert refused(call(name, scopes=others))[:2] == (403, "scope_missing")


@pytest.mark.parametrize("name", NAMES)
def test_the_scope_alone_is_enough(name: str) -> None:
    assert call(name, scopes=NEEDED[name]).status != 403 or name == "create_api_key"
    assert name not in READS or call(name, scopes="read").status == 200


def test_a_foreign_organization_does_not_exist(subtests: pytest.Subtests) -> None:
    for name in NAMES:
        with subtests.test(name):
            for organization in (ORGANIZATION, PROVIDER):
                with kept.nothing_changes():
                    answer = call(name, query={"organization_id": STRANGER}, organization=organization)
                    assert refused(answer)[:2] == (404, "not_found")


def test_nor_does_it_in_the_body(subtests: pytest.Subtests) -> None:
    for name in [name for name in WRITES if name != "create_customer"]:
        with subtests.test(name), kept.nothing_changes():
            assert refused(call(name, {"organization_id": STRANGER}))[:2] == (404, "not_found")


@pytest.mark.parametrize("name", ["create_channel", "create_api_key", "send_message", "create_template"])
def test_a_repeat_may_name_the_organization_elsewhere(name: str) -> None:
    """In the body, in the query, or not at all, since the key belongs to it."""
    unnamed = {"organization_id": LEFT_OUT} | ({"name": "another"} if name == "create_template" else {})
    first = call(name, unnamed)
    assert first.status in (201, 202)
    for changes in ({"query": {"organization_id": ORGANIZATION}}, {"organization": PROVIDER}):
        named = unnamed | ({"organization_id": ORGANIZATION} if "organization" in changes else {})
        assert call(name, named, **changes).body["id"] == first.body["id"]


def test_the_query_and_the_body_name_the_same(subtests: pytest.Subtests) -> None:
    for name in [name for name in WRITES if name != "create_customer"]:
        with subtests.test(name), kept.nothing_changes():
            answer = call(
                name, {"organization_id": ORGANIZATION}, query={"organization_id": PROVIDER}, organization=PROVIDER
            )
            assert refused(answer) == (422, "two_organizations", ["organization_id"])


@pytest.mark.parametrize("wish", ["x" * 65, "x" * 5000, "../" + ORGANIZATION])
def test_nor_does_an_impossible_one(wish: str) -> None:
    assert refused(call("list_channels", query={"organization_id": wish}))[:2] == (404, "not_found")


@pytest.mark.parametrize("name", [name for name in NAMES if name not in ("list_organizations", "create_customer")])
def test_a_service_provider_acts_for_its_customer(name: str) -> None:
    builders.suppressed()
    answer = call(name, query={"organization_id": ORGANIZATION}, organization=PROVIDER)
    assert answer.status not in (403, 404)
    assert name not in READS or answer == call(name)


def test_nobody_sees_what_belongs_to_others(subtests: pytest.Subtests) -> None:
    for name in OF_ONE:
        with subtests.test(name), kept.nothing_changes():
            assert refused(call(name, organization=STRANGER))[:2] == (404, "not_found")


@pytest.fixture
def _as_strict_as_dynamodb(_cast: None) -> Iterator[None]:
    """Moto takes keys of any length; DynamoDB answers such a request with an error of its own."""

    def check(params: dict[str, bytes], **_: object) -> None:
        assert len(params["body"]) < 2048

    events = client("dynamodb").meta.events
    events.register("before-call.dynamodb", check)
    yield
    events.unregister("before-call.dynamodb", check)


@pytest.mark.usefixtures("_as_strict_as_dynamodb")
def test_what_does_not_exist_is_not_found(subtests: pytest.Subtests) -> None:
    for name in OF_ONE:
        with subtests.test(name):
            (parameter,) = sample(name)["pathParameters"]
            with kept.nothing_changes():
                for id in ("00000000-0000-4000-8000-000000000000", "x" * 65, "x" * 3000):
                    assert refused(call(name, path={parameter: id}))[:2] == (404, "not_found")


def test_unknown_fields_are_refused(subtests: pytest.Subtests) -> None:
    for name in WRITES:
        with subtests.test(name), kept.nothing_changes():
            status, _, fields = refused(call(name, {"colour": "red"}))
            assert (status, fields) == (422, ["colour"])


def test_repeated_fields_are_refused(subtests: pytest.Subtests) -> None:
    for name in WRITES:
        with subtests.test(name):
            field = next(iter(json.loads(sample(name)["body"])))
            twice = sample(name)["body"].replace("{", f'{{"{field}": "x", ', 1)
            with kept.nothing_changes():
                assert refused(call(name, twice)) == (400, "repeated_field", [field])


def test_so_are_those_deep_inside() -> None:
    body = '{"name": "Shop", "type": "SMS", "settings": {"a": [{"b": 1, "b": 1}]}}'
    assert refused(call("create_channel", body)) == (400, "repeated_field", ["b"])


def test_another_content_type_is_refused(subtests: pytest.Subtests) -> None:
    for name in WRITES:
        with subtests.test(name), kept.nothing_changes():
            for kind in ("text/plain", "application/jsonp", "application/x-www-form-urlencoded", ""):
                assert refused(call(name, headers={"content-type": kind}))[:2] == (400, "content_type")


def test_a_charset_is_no_other_content_type() -> None:
    assert call("create_channel", headers={"content-type": "Application/JSON; charset=utf-8"}).status == 201


@pytest.mark.parametrize("name", ["create_channel", "send_message"])
@pytest.mark.parametrize(
    ("body", "code"),
    [
        ("[]", "invalid_json"),
        ('"name"', "invalid_json"),
        ("null", "invalid_json"),
        ('{"name": NaN}', "invalid_json"),
        ('{"name": 1e999}', "invalid_json"),
        (f'{{"name": {"9" * 39}}}', "invalid_json"),
        (f'{{"name": {"9" * 5000}}}', "invalid_json"),
        ('{"": 1}', "invalid_json"),
        ('{"name": "\\ud800"}', "invalid_json"),
        ("[" * 100_000, "invalid_json"),
        ('{"a":' * 21 + "1" + "}" * 21, "too_deep"),
        (f'{{"name": "{"x" * 262_133}"}}', "body_too_large"),
    ],
    ids=lambda each: each[:20],
)
def test_a_body_that_nobody_can_read_is_refused(name: str, body: str, code: str) -> None:
    assert refused(call(name, body)) == (400, code, [])


def test_the_largest_body_and_the_deepest_one_are_read() -> None:
    largest = f'{{"name": "{"x" * 262_132}"}}'
    assert len(largest) == 262_144
    assert refused(call("create_channel", largest))[1] == "string_too_long"
    deepest = {"name": "Shop", "type": "SMS", "settings": json.loads('{"a":' * 19 + "1" + "}" * 19)}
    assert call("create_channel", json.dumps(deepest)).status == 201


def test_a_missing_or_broken_body_is_refused(subtests: pytest.Subtests) -> None:
    for name in WRITES:
        with subtests.test(name):
            assert refused(call(name, ""))[::2] == (422, ["body"])
            assert refused(call(name, '{"name": ')) == (400, "invalid_json", [])


@pytest.mark.parametrize("raw", [b'{"name": "\xff"}', b"\x00\xff", b"{"])
def test_bytes_that_are_no_text_are_refused(raw: bytes) -> None:
    event = request("create_channel") | {"body": base64.b64encode(raw).decode(), "isBase64Encoded": True}
    assert refused(answered(invoke("create_channel", event))) == (400, "invalid_json", [])


def test_a_body_in_base64_is_read_like_any_other() -> None:
    event = request("create_channel")
    event |= {"body": base64.b64encode(event["body"].encode()).decode(), "isBase64Encoded": True}
    assert answered(invoke("create_channel", event)).status == 201
