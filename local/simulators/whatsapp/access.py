"""Who calls: tokens, the app behind them, and appsecret_proof."""

import hashlib
import hmac

from local.simulators.whatsapp.errors import NOT_PARSED, GraphError
from local.simulators.whatsapp.state import APP_ID, App, State
from local.simulators.wire.request import Request

PREFIX = "EAA-local-"
EXPIRED = {
    463: "Session has expired",
    460: "The session has been invalidated because the user changed the password",
    467: "The access token is invalid since the user logged out",
    458: "The user has not authorized application",
}


def authorise(state: State, request: Request, proof_required: bool) -> App:
    token = request.bearer() or request.params.get("access_token")
    if not token:
        raise GraphError(
            2500, message="An active access token must be used to query information about the current user.", http=401
        )
    app = app_of(state, str(token))
    _check_revoked(state, str(token))
    _check_proof(app, str(token), request.params.get("appsecret_proof"), proof_required)
    return app


def app_of(state: State, token: str) -> App:
    """`EAA-local-…` belongs to the default app, `EAA-local-<app id>-…` to an app that the control API added."""
    if "|" in token:
        app = state.apps.get(token.split("|")[0])
        if app and hmac.compare_digest(token, f"{app.id}|{app.secret}"):
            return app
    if not token.startswith(PREFIX) or len(token) <= len(PREFIX):
        raise GraphError(190, message=NOT_PARSED)
    return state.apps.get(token.removeprefix(PREFIX).split("-")[0]) or state.apps[APP_ID]


def _check_revoked(state: State, token: str) -> None:
    if token in state.revoked:
        subcode = state.revoked[token]
        reason = EXPIRED.get(subcode or 0, "The session is invalid")
        raise GraphError(190, message=f"Error validating access token: {reason}.", subcode=subcode)


def _check_proof(app: App, token: str, proof: object, required: bool) -> None:
    if proof is None and required:
        raise GraphError(100, "API calls from the server require an appsecret_proof argument")
    wanted = hmac.new(app.secret.encode(), token.encode(), hashlib.sha256).hexdigest()
    if proof is not None and not hmac.compare_digest(str(proof), wanted):
        raise GraphError(100, message="Invalid appsecret_proof provided in the API argument")
