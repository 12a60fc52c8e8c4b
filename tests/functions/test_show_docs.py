"""show_docs: the description of the API, for people and for tools."""

import json
from html import escape

from tests.support.events import Answer, answered, call, request
from tests.support.invoke import invoke


def spec() -> Answer:
    event = request("show_docs")
    path = f"{event['rawPath']}/openapi.json"
    event["requestContext"]["http"]["path"] = path
    return answered(invoke("show_docs", event | {"rawPath": path}))


def test_people_get_a_page_that_loads_nothing_from_elsewhere() -> None:
    answer = call("show_docs")
    assert (answer.status, answer.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert answer.body.startswith("<!doctype html>")
    assert all(word not in answer.body for word in ("<script", "src=", "@import", "<link"))
    assert all(
        escape(each["summary"]) in answer.body for path in spec().body["paths"].values() for each in path.values()
    )


def test_tools_get_the_document() -> None:
    answer = spec()
    assert (answer.status, answer.headers["content-type"]) == (200, "application/json")
    assert json.dumps(answer.body["paths"]).count("operationId") >= 37
