"""How the business knows that a call comes from Parley: with the package, and the secrets, that it was given."""

import threading
from collections.abc import Mapping
from typing import Any

from standardwebhooks.webhooks import EmptyWebhookSecretError, Webhook, WebhookVerificationError

KEPT = 100
TOKEN = "parley-signature-token"  # noqa: S105 the name of a header
NOTHING_GIVEN = "no secret was given to this server yet"
WRONG_TOKEN = f"{TOKEN} has no signature that was given to this server"


class Secrets:
    """The last ones that were given. Of rotated ones the old may stay: a call needs only one that fits."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._webhooks: dict[str, Webhook] = {}
        self._tokens: dict[str, None] = {}

    def add(self, given: Mapping[str, Any]) -> int:
        """Takes Parley's whole answer about an endpoint (`secret`) or a business system (`signing_secret`,
        `signature`). How many there are now. Raises ValueError for what is no secret."""
        secret = given.get("secret") or given.get("signing_secret")
        if not isinstance(secret, str):
            raise ValueError("there must be a secret, or a signing_secret and a signature")
        webhook = _opened(secret)
        with self._lock:
            self._webhooks[secret] = webhook
            if given.get("signature"):
                self._tokens[str(given["signature"])] = None
            _shorten(self._webhooks)
            _shorten(self._tokens)
            return len(self._webhooks)

    def clear(self) -> None:
        with self._lock:
            self._webhooks.clear()
            self._tokens.clear()

    def problem(self, headers: dict[str, str], body: bytes) -> str | None:
        """Why a call may not be Parley's; None: it is. The names of headers are in lower case."""
        with self._lock:
            webhooks, tokens = list(self._webhooks.values()), set(self._tokens)
        problem: str | None = NOTHING_GIVEN
        for webhook in webhooks:
            problem = _problem(webhook, headers, body)
            if problem is None:
                break
        if problem is None and tokens and TOKEN in headers and tokens.isdisjoint(headers[TOKEN].split(" ")):
            return WRONG_TOKEN
        return problem


def _opened(secret: str) -> Webhook:
    try:
        return Webhook(secret)
    except EmptyWebhookSecretError as error:
        raise ValueError(str(error)) from error


def _problem(webhook: Webhook, headers: dict[str, str], body: bytes) -> str | None:
    try:
        webhook.verify(body, headers, json_parse=False)
    except WebhookVerificationError as error:
        return str(error)
    except ValueError as error:  # what the package does not expect in a header or body
        return f"malformed: {error}"
    return None


def _shorten(newest: dict[str, Any]) -> None:
    while len(newest) > KEPT:
        del newest[next(iter(newest))]
