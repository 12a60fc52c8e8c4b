"""Every route of the API: reading the caller, checking the body, answering errors as problem documents."""

from collections.abc import Callable
from typing import Annotated, Any

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, Response
from aws_lambda_powertools.event_handler.depends import Depends
from aws_lambda_powertools.event_handler.exceptions import NotFoundError
from aws_lambda_powertools.event_handler.openapi.exceptions import RequestValidationError
from aws_lambda_powertools.event_handler.openapi.params import Header, Query
from aws_lambda_powertools.event_handler.request import Request

from parley.cloud.metrics import count
from parley.edge import bodies, problems
from parley.edge.logging import logger, observed
from parley.errors import (
    Conflict,
    Disconnected,
    Forbidden,
    Invalid,
    Malformed,
    NotFound,
    ParleyError,
    Problem,
    ProviderError,
    Throttled,
    Unavailable,
)
from parley.model.organization import Caller, Scope

LONGEST_ID = 64
BASE = "/rest/v1"

Handler = Callable[[Any, Any], Any]
IdempotencyKey = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        min_length=1,
        max_length=255,
        description="Makes a repeat safe for 24 hours at least; without it a retry may double",
    ),
]
Limit = Annotated[int, Query(ge=1, le=100, description="Rows on a page")]
Cursor = Annotated[str | None, Query(max_length=2000, description="The `next` of the page before")]
Wish = Annotated[
    str | None,
    Query(alias="organization_id", max_length=LONGEST_ID, description="A customer of the calling service provider"),
]


def create_app() -> APIGatewayHttpResolver:
    """A resolver with Parley's rules for bodies and errors; each handler file adds its one route."""
    app = APIGatewayHttpResolver(enable_validation=True)
    app.exception_handler(ParleyError)(_of_parley)
    app.exception_handler(RequestValidationError)(lambda error: problems.answer(problems.of_validation(error.errors())))
    app.exception_handler(Exception)(_unexpected)
    app.exception_handler(NotFoundError)(lambda _: problems.answer(NotFound("route")))
    return app


def create_open_app() -> APIGatewayHttpResolver:
    """A resolver for pages that everybody may see."""
    return APIGatewayHttpResolver()


def entrypoint(app: APIGatewayHttpResolver) -> Handler:
    """The Lambda handler of a route, with its log and metrics."""

    def route(event: Any, context: Any) -> Any:
        try:
            bodies.check(event)
        except Malformed as error:
            return problems.reply(error)
        return _without_null(app.resolve(event, context))

    return observed(route)


def _without_null(reply: dict[str, Any]) -> dict[str, Any]:
    """powertools writes "null" as the body of an answer that has none."""
    return {"statusCode": 204, "body": ""} if reply["statusCode"] == 204 else reply


def acting(*scopes: Scope) -> Any:
    """Whom a request with one of these scopes acts for: the key's own organization, or a customer of it that the
    request names."""

    def organization(request: Request, organization_id: Wish = None) -> str:
        """`organization_id` is here for openapi.json: powertools describes a dependency's parameters, but never fills
        them in."""
        caller = caller_of(request)
        needed = {*scopes, Scope.READ} if request.method == "GET" else set(scopes)
        if not needed & caller.scopes:
            raise Forbidden("scope_missing", f'This needs a key with the scope "{scopes[0]}".')
        if any(len(each) > LONGEST_ID for each in _path_parameters(request)):
            raise NotFound("resource")
        return _act_for(caller, _wishes(request))

    return Depends(organization)


def _destination(request: Request) -> str | None:
    """The other organization that a copy is for, one that the caller may act for."""
    body = request.json_body if request.body else None
    wish = body.get("to_organization_id") if isinstance(body, dict) else None
    return _own(caller_of(request), wish) if isinstance(wish, str) and wish else None


Destination = Annotated[str | None, Depends(_destination)]
Channels = Annotated[str, acting(Scope.CHANNELS)]
Templates = Annotated[str, acting(Scope.TEMPLATES)]
Messages = Annotated[str, acting(Scope.MESSAGES)]
Contacts = Annotated[str, acting(Scope.CONTACTS)]
Exports = Annotated[str, acting(Scope.MESSAGES, Scope.CONTACTS)]
Keys = Annotated[str, acting(Scope.KEYS)]
Organizations = Annotated[str, acting(Scope.ORGANIZATIONS)]


def caller_of(request: Request) -> Caller:
    """Who calls, as the authorizer put it into the event."""
    context = request.resolved_event.raw_event["requestContext"].get("authorizer", {}).get("lambda") or {}
    return Caller(
        organization=context["organization"], key=context["key"], scopes=frozenset(context["scopes"].split(","))
    )


def _scopes(request: Request) -> frozenset[str]:
    return caller_of(request).scopes


Scopes = Annotated[frozenset[str], Depends(_scopes)]
"""What the key may do; for operations that need one scope or another, by what they are about."""


def _path_parameters(request: Request) -> list[str]:
    return list((request.resolved_event.raw_event.get("pathParameters") or {}).values())


def _act_for(caller: Caller, wishes: list[str]) -> str:
    """The one organization that is meant. Raises NotFound for a foreign one, Invalid for two."""
    meant = list(dict.fromkeys(_own(caller, wish) for wish in wishes)) or [caller.organization]
    if len(meant) > 1:
        raise Invalid([Problem("organization_id", "two_organizations", "The query and the body name different ones.")])
    return meant[0]


def _own(caller: Caller, wish: str) -> str:
    if wish == caller.organization:
        return wish
    if len(wish) > LONGEST_ID:
        raise NotFound("organization")
    from parley.operations import organizations  # only a service provider's request needs the table for this

    return organizations.act_for(caller.organization, wish)


def _wishes(request: Request) -> list[str]:
    """The organization that the query names, and the one that the body names."""
    asked = (request.query_parameters or {}).get("organization_id")
    body = request.json_body if request.method in ("POST", "PATCH", "PUT") and request.body else None
    wished = body.get("organization_id") if isinstance(body, dict) else None
    return [wish for wish in (asked, wished) if isinstance(wish, str) and wish]


def _unexpected(error: Exception) -> Response[str]:
    """A fault of ours: told to our log, not to the caller."""
    logger.exception("a request failed", extra={"error": type(error).__name__})
    count("Fault")
    return problems.answer(ParleyError("internal_error", "Something went wrong on our side; it is in our log."))


def _of_parley(error: ParleyError) -> Response[str]:
    if isinstance(error, ProviderError):
        return problems.answer(_of_provider(error))
    if error.status >= 500:
        logger.error("not stored", extra={"code": error.code})
        count("NotStored")
    return problems.answer(error)


def _of_provider(error: ProviderError) -> ParleyError:
    """A platform's no to something the caller asked for synchronously (bind, submit, test)."""
    told = f"{error.message} ({error.provider_code})" if error.provider_code else error.message
    shown = Conflict(error.code, told)
    shown.status, shown.title = (409, error.title) if isinstance(error, Disconnected) else (502, error.title)
    shown.retry_after = error.retry_after
    shown.status = {Unavailable: 503, Throttled: 429}.get(type(error), shown.status)
    return shown
