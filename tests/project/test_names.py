"""One name, six places: file, operation, route or trigger, test, sample event, resource.

A settings resource, whose operations are plain storage, is one file with its five routes: it is named after the
resource, each route after its operation, and each has a sample event of its own."""

import ast
import json
import re
from pathlib import Path

import pytest

from tests.support.cloud import ROOT
from tests.support.house import HANDLERS, OPERATIONS, RESOURCES, events, five_routes, lambdas, name, tree

WITHOUT_ROUTE = {"authorize_request", "create_organization"}
"""The gateway asks the first; only IAM lets one call the second."""

each_handler = pytest.mark.parametrize("path", HANDLERS, ids=name)
each_resource = pytest.mark.parametrize("path", RESOURCES, ids=name)
each_operation = pytest.mark.parametrize("path", OPERATIONS, ids=name)


def resource(path: Path) -> str:
    return path.stem.title().replace("_", "") + "Function"


def operation_ids(path: Path) -> dict[str, str]:
    """Operation id → its function's name, of every route in a handler's file."""
    found = {}
    for node in tree(path).body:
        for call in node.decorator_list if isinstance(node, ast.FunctionDef) else []:
            given = {each.arg: each.value for each in call.keywords} if isinstance(call, ast.Call) else {}
            if isinstance(given.get("operation_id"), ast.Constant):
                found[str(ast.literal_eval(given["operation_id"]))] = node.name
    return found


def sample(path: Path, operation: str = "") -> dict[str, object]:
    file = f"{path.stem}.{operation}.json" if operation else f"{path.stem}.json"
    return dict(json.loads((ROOT / "events" / file).read_text()))


def routes(path: Path) -> set[tuple[str, str]]:
    return {(each["Method"], each["Path"]) for each in events(lambdas()[resource(path)], "HttpApi")}


def test_there_are_handlers() -> None:
    assert len(HANDLERS) > 40


@each_handler
def test_its_resource_runs_it(path: Path) -> None:
    properties = lambdas()[resource(path)]
    assert properties["CodeUri"] == f"functions/{path.parent.name}"
    assert properties["Handler"] == f"{path.stem}.handler"


@each_handler
def test_it_has_a_test_and_a_sample_event(path: Path) -> None:
    assert (ROOT / "tests" / "functions" / f"test_{path.stem}.py").is_file()
    assert all(sample(path, each) for each in ([""] if path in OPERATIONS else operation_ids(path)))


@each_handler
def test_it_has_a_route_or_a_trigger(path: Path) -> None:
    properties = lambdas()[resource(path)]
    triggers = len(properties.get("Events", {})) + ("FunctionUrlConfig" in properties)
    assert bool(triggers) == (path.stem not in WITHOUT_ROUTE)


@each_handler
def test_its_route_has_its_operation_id(path: Path) -> None:
    routes = events(lambdas()[resource(path)], "HttpApi")
    found = operation_ids(path)
    assert len(found) == len(routes)
    assert all(operation == function for operation, function in found.items())
    assert not routes or path in RESOURCES or path.stem in found


@each_operation
def test_its_sample_is_of_its_route(path: Path) -> None:
    routes = [f"{each['Method']} {each['Path']}" for each in events(lambdas()[resource(path)], "HttpApi")]
    assert not routes or sample(path)["routeKey"] in routes


@each_operation
def test_its_docstring_tells_its_route(path: Path) -> None:
    told = re.match(r"(GET|POST|PATCH|PUT|DELETE) (\S+) ", ast.get_docstring(tree(path)) or "")
    routes = {(each["Method"], each["Path"]) for each in events(lambdas()[resource(path)], "HttpApi")}
    assert (told is not None and told.groups() in routes) if routes else told is None


@each_resource
def test_a_resource_has_its_five_routes_and_no_others(path: Path) -> None:
    wanted = five_routes(path.stem)
    (one,) = {route.partition("{")[2] for _, route in routes(path) if "{" in route}
    filled = {name: (verb, route.format(f"{{{one}")) for name, (verb, route) in wanted.items()}
    assert routes(path) == set(filled.values())
    assert operation_ids(path).keys() == filled.keys()
    for operation, (verb, route) in filled.items():
        assert sample(path, operation)["routeKey"] == f"{verb} {route}"


@each_resource
def test_the_docstring_of_a_resource_tells_its_path(path: Path) -> None:
    assert (ast.get_docstring(tree(path)) or "").startswith(f"/rest/v1/{path.stem} — ")


def test_nothing_is_left_over() -> None:
    stems = {path.stem for path in HANDLERS}
    assert set(lambdas()) == {resource(path) for path in HANDLERS}
    assert {path.name.partition(".")[0] for path in (ROOT / "events").iterdir()} == stems


def test_a_name_stands_once() -> None:
    assert len({path.stem for path in HANDLERS}) == len(HANDLERS)
