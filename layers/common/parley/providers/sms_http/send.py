"""One request to the customer's gateway, through the guard; what its answer means is in the channel's settings."""

import json
from fnmatch import fnmatchcase
from typing import Any

import httpx

from parley.errors import Disconnected, OutcomeUnknown, Rejected, Throttled
from parley.model import variables
from parley.model.channel import Binding
from parley.providers import guard, retry_after
from parley.providers.http import call, parsed
from parley.providers.plain import text_of
from parley.providers.provider import Accepted, Outbound, Secret
from parley.providers.sms_http.bind import Settings

SCANNED = 4096
LONGEST_REST = 86_400.0


def send(outbound: Outbound, binding: Binding, secret: Secret) -> Accepted:
    chosen = Settings.model_validate(binding.settings)
    response = call(request(outbound, chosen, secret), guard.client())
    _raise_for(response, chosen)
    provider_id = str(at(parsed(response), chosen.success.id_path) or "")
    echoes = bool(chosen.reports.reference_path) and any("$(reference)" in text for text in chosen.body.values())
    if not provider_id and not echoes:
        raise OutcomeUnknown("The gateway answered a success without a message id.")
    return Accepted(provider_id[:200] or outbound.echo, by_id=bool(provider_id))


def request(outbound: Outbound, chosen: Settings, secret: Secret) -> httpx.Request:
    values = {
        "to": outbound.to.value if chosen.number_format == "+E164" else outbound.to.value.removeprefix("+"),
        "from": chosen.sender_id,
        "text": text_of(outbound.content, outbound.template),
        "reference": outbound.echo,
        "callback_url": outbound.callback_url,
        "token": secret.get("token", ""),
    }
    body = {name: variables.fill(text, values) for name, text in chosen.body.items()}
    headers = {name: variables.fill(text, values) for name, text in chosen.headers.items()}
    if not all(text.isascii() and text.isprintable() for text in headers.values()):
        raise Rejected("rejected", "The text does not fit into a header, where the gateway wants it.")
    where: dict[str, Any] = {{"json": "json", "form": "data", "query": "params"}[chosen.format]: body}
    return guard.client().build_request(chosen.method, chosen.url, headers=headers, **where)


def _raise_for(response: httpx.Response, chosen: Settings) -> None:
    status = response.status_code
    if status in (401, 403):
        raise Disconnected("The gateway does not accept the credential.", str(status))
    if status == 429:
        raise Throttled("The gateway asked to slow down.", _seconds(response), "429")
    if status >= 500 or 300 <= status < 400:
        raise OutcomeUnknown("The gateway failed; the message may have been accepted.", str(status))
    success = status < 400 and fnmatchcase(response.text[:SCANNED], chosen.success.pattern)
    if status < 400 and not success and _is_cut(response.text.strip()):
        raise OutcomeUnknown("The gateway's answer broke off.", str(status))
    if not success:
        code = at(parsed(response), chosen.success.error_path)
        raise Rejected("rejected", "The gateway refused the message.", str(code or status)[:64])


def _is_cut(text: str) -> bool:
    """Nothing at all, or JSON without its end: that is no refusal."""
    if not text.startswith(("{", "[")):
        return not text
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return True
    return False


def _seconds(response: httpx.Response) -> float:
    given = retry_after.seconds(response)
    return 5.0 if given is None else min(given, LONGEST_REST)


def at(body: Any, path: str) -> Any:
    """What stands at a dotted path of a JSON object; None where there is nothing, or for no path."""
    for name in path.split("."):
        body = body.get(name) if isinstance(body, dict) else None
    return body
