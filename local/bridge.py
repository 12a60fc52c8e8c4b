"""Gives the engine the routes it does not read: it ignores the OpenAPI body of an HTTP API, AWS does not need this."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

_METHODS = {"get", "post", "put", "patch", "delete", "head", "options", "x-amazon-apigateway-any-method"}
_FUNCTION = re.compile(r'\$\{(\w+)\.Arn\}|"Fn::GetAtt": \["(\w+)", "Arn"\]')


@dataclass(frozen=True)
class Route:
    key: str  # "POST /rest/v1/messages"
    function: str  # logical id
    authorizer: str | None


def connect(api: Any, api_id: str, body: Mapping[str, Any], functions: Mapping[str, str]) -> None:
    """Make the API's routes equal to the body's, whatever was there before. `functions`: logical id → ARN."""
    wanted = list(routes(body))
    authorizers = _authorizers(api, api_id, body, functions)
    integrations = _integrations(api, api_id, {route.function for route in wanted}, functions)
    settings = {route.key: _settings(route, authorizers, integrations) for route in wanted}
    existing = {item["RouteKey"]: item for item in _all(api.get_routes, api_id)}
    for key in existing.keys() - settings.keys():
        api.delete_route(ApiId=api_id, RouteId=existing[key]["RouteId"])
    for key, setting in settings.items():
        if key not in existing:
            api.create_route(ApiId=api_id, RouteKey=key, **setting)
        elif any(existing[key].get(name) != value for name, value in setting.items()):
            api.update_route(ApiId=api_id, RouteId=existing[key]["RouteId"], **setting)


def routes(body: Mapping[str, Any]) -> Iterator[Route]:
    for path, operations in body.get("paths", {}).items():
        for method, operation in operations.items():
            if method in _METHODS:
                verb = "ANY" if method.startswith("x-") else method.upper()
                uri = operation["x-amazon-apigateway-integration"]["uri"]
                yield Route(f"{verb} {path}", _function_in(uri), _authorizer_of(operation))


def _settings(route: Route, authorizers: Mapping[str, str], integrations: Mapping[str, str]) -> dict[str, str]:
    target = {"Target": f"integrations/{integrations[route.function]}"}
    if route.authorizer is None:
        return target | {"AuthorizationType": "NONE"}
    return target | {"AuthorizationType": "CUSTOM", "AuthorizerId": authorizers[route.authorizer]}


def _authorizer_of(operation: Mapping[str, Any]) -> str | None:
    names = [name for requirement in operation.get("security", []) for name in requirement]
    return next((name for name in names if name != "NONE"), None)


def _function_in(uri: Any) -> str:
    """The one function an address names, as `${X.Arn}` (routes) or as a GetAtt (authorizers)."""
    found = _FUNCTION.search(json.dumps(uri))
    if not found:
        raise ValueError(f"no function in {uri}")
    return str(found.group(1) or found.group(2))


def _integrations(api: Any, api_id: str, needed: set[str], functions: Mapping[str, str]) -> dict[str, str]:
    """Integration id by logical function, one for all routes of a function."""
    existing = {item["IntegrationUri"]: item["IntegrationId"] for item in _all(api.get_integrations, api_id)}
    return {name: existing.get(functions[name]) or _integration(api, api_id, functions[name]) for name in needed}


def _integration(api: Any, api_id: str, arn: str) -> str:
    kind = {"IntegrationType": "AWS_PROXY", "IntegrationMethod": "POST", "PayloadFormatVersion": "2.0"}
    return str(api.create_integration(ApiId=api_id, IntegrationUri=arn, **kind)["IntegrationId"])


def _authorizers(api: Any, api_id: str, body: Mapping[str, Any], functions: Mapping[str, str]) -> dict[str, str]:
    existing = {item["Name"]: item["AuthorizerId"] for item in _all(api.get_authorizers, api_id)}
    schemes = body.get("components", {}).get("securitySchemes", {})
    ids = {}
    for name, scheme in schemes.items():
        settings = _authorizer(scheme["x-amazon-apigateway-authorizer"], functions)
        if name in existing:
            api.update_authorizer(ApiId=api_id, AuthorizerId=existing[name], Name=name, **settings)
        ids[name] = existing.get(name) or api.create_authorizer(ApiId=api_id, Name=name, **settings)["AuthorizerId"]
    return ids


def _authorizer(declared: Mapping[str, Any], functions: Mapping[str, str]) -> dict[str, Any]:
    arn = functions[_function_in(declared["authorizerUri"])]
    return {
        "AuthorizerType": "REQUEST",
        "AuthorizerUri": f"arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/{arn}/invocations",
        "AuthorizerPayloadFormatVersion": declared["authorizerPayloadFormatVersion"],
        "EnableSimpleResponses": declared["enableSimpleResponses"],
        "AuthorizerResultTtlInSeconds": declared["authorizerResultTtlInSeconds"],
        "IdentitySource": declared["identitySource"],
    }


def _all(call: Any, api_id: str) -> list[dict[str, Any]]:
    return list(call(ApiId=api_id, MaxResults="1000")["Items"])
