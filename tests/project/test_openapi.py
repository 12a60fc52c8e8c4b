"""openapi.json is what the handlers say: generated, valid, complete, and the same in both of its places."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from openapi_spec_validator import validate

from local.openapi import document
from local.openapi.__main__ import FILES
from local.paths import ROOT
from tests.support.cloud import template
from tests.support.house import five_routes

Json = dict[str, Any]
SPEC: Json = json.loads((ROOT / "openapi.json").read_text())


def _operations() -> Iterator[tuple[str, Json]]:
    for path, verbs in SPEC["paths"].items():
        for verb, operation in verbs.items():
            yield f"{verb.upper()} {path}", operation


def _routes() -> dict[str, Json]:
    """Route → its event in template.yaml, with the handler's file name as `file`."""
    routes = {}
    for resource in template()["Resources"].values():
        for event in resource["Properties"].get("Events", {}).values() if "Properties" in resource else []:
            if event["Type"] == "HttpApi":
                given = event["Properties"]
                file = resource["Properties"]["Handler"].partition(".")[0]
                routes[f"{given['Method']} {given['Path']}"] = {**given, "file": file}
    return routes


ROUTES = _routes()
OPERATIONS = dict(_operations())
each_operation = pytest.mark.parametrize("operation", OPERATIONS.values(), ids=OPERATIONS.keys())


def test_the_committed_files_are_what_the_handlers_say_now() -> None:
    text, warnings = document.text()
    assert warnings == []
    for file in FILES:
        assert file.read_text() == text, f"{file.relative_to(ROOT)} is old: run `make openapi`"


def test_generating_twice_gives_the_same_text() -> None:
    assert document.text() == document.text()


def test_it_is_a_valid_openapi_document() -> None:
    validate(SPEC)


def test_it_has_the_routes_of_the_template_and_no_others() -> None:
    assert set(OPERATIONS) == set(ROUTES)


def test_operations_are_named_after_their_files() -> None:
    """show_docs answers two routes; the second one has a name of its own. A settings resource has five."""
    names = {route: operation["operationId"] for route, operation in OPERATIONS.items()}
    ours = {route: five_routes(given["file"]) for route, given in ROUTES.items()}
    wrong = {route: name for route, name in names.items() if name not in (ROUTES[route]["file"], *ours[route])}
    assert wrong == {"GET /rest/v1/docs/openapi.json": "show_openapi"}
    assert len(set(names.values())) == len(names)


def test_a_route_without_a_key_is_described_as_one() -> None:
    open_routes = {route for route, given in ROUTES.items() if given.get("Auth", {}).get("Authorizer") == "NONE"}
    assert {route for route, operation in OPERATIONS.items() if operation.get("security") == []} == open_routes
    assert SPEC["security"] == [{"apiKey": []}]


@each_operation
def test_an_operation_says_what_it_is_for(operation: Json) -> None:
    assert operation["summary"]
    assert operation["tags"][0] in {tag["name"] for tag in SPEC["tags"]}


@each_operation
def test_a_body_has_an_example(operation: Json) -> None:
    """That it keeps its schema is checked when the document is generated, which the first test does."""
    if "requestBody" in operation:
        assert operation["requestBody"]["content"]["application/json"]["example"]


@each_operation
def test_an_answer_has_an_example_unless_it_has_no_body(operation: Json) -> None:
    (status,) = [status for status in operation["responses"] if status.startswith("2")]
    contents = operation["responses"][status].get("content", {})
    assert all("example" in content for content in contents.values())
    assert (status == "204") == (not contents)


@each_operation
def test_errors_are_problem_documents(operation: Json) -> None:
    if operation.get("security") == []:
        return
    refused = {status for status in operation["responses"] if status >= "400"}
    assert {"401", "403", "404", "422"} <= refused
    for status in refused - {"401"}:  # the gateway's own
        name = operation["responses"][status]["$ref"].rpartition("/")[2]
        assert "application/problem+json" in SPEC["components"]["responses"][name]["content"]


def test_no_reference_leads_nowhere() -> None:
    known = {f"#/components/{kind}/{name}" for kind in ("schemas", "responses") for name in SPEC["components"][kind]}
    used = set(_references(SPEC))
    assert used <= known
    assert known - used == set(), "described, but used by nothing"


def _references(node: Any) -> Iterator[str]:
    if isinstance(node, list):
        for each in node:
            yield from _references(each)
    elif isinstance(node, dict):
        for name, value in node.items():
            if name == "$ref":
                yield value
            else:
                yield from _references(value)
