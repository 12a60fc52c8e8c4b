"""What can go wrong, shaped by what the caller does next.

ParleyError
├── Malformed 400       the request cannot be read: mend its form
├── Forbidden 403       the key lacks a scope: use another key
├── NotFound 404        it does not exist for this organization
├── Conflict 409        right request, wrong state: look again, then decide
│   └── TooMany 429     a limit is reached: repeat it after `retry_after` seconds
├── Invalid 422         a rule is broken: `problems` names every field at once
├── NotStored 503       nobody knows whether it was kept: repeat with the same Idempotency-Key
└── ProviderError
    ├── Rejected        this message will never succeed; do not retry, maybe fall back
    ├── Moved           certainly not accepted; the person has another address now, send there
    ├── Throttled       certainly not accepted; try again after `retry_after` seconds
    ├── Unavailable     certainly not accepted; try again with back-off
    ├── OutcomeUnknown  it may have been accepted; never resend blindly
    └── Disconnected    the credential is dead; the channel's queue waits for a new one
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Problem:
    """One broken rule: the field as the caller wrote it (dotted), a stable code and a sentence for a person; and where
    the rules have numbers, its number."""

    field: str
    code: str
    reason: str
    rule: str = ""


class ParleyError(Exception):
    """`code` is stable and documented, `message` is for people and never carries content, numbers or secrets.
    `retry_after` are the seconds after which the same request may work."""

    status = 500
    title = "Internal error"
    retry_after: float | None = None

    def __init__(self, code: str, message: str, problems: list[Problem] | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.problems = problems or []


class Malformed(ParleyError):
    status = 400
    title = "The request cannot be read"


class Forbidden(ParleyError):
    status = 403
    title = "Not allowed with this key"


class NotFound(ParleyError):
    status = 404
    title = "Not found"

    def __init__(self, noun: str) -> None:
        super().__init__("not_found", f"There is no such {noun}.")


class Conflict(ParleyError):
    status = 409
    title = "Not possible in the present state"


class TooMany(Conflict):
    status = 429
    title = "Too many"

    def __init__(self, code: str, message: str, retry_after: float) -> None:
        super().__init__(code, message)
        self.retry_after = retry_after


class Invalid(ParleyError):
    status = 422
    title = "A rule is broken"

    def __init__(self, problems: list[Problem]) -> None:
        first = problems[0]
        super().__init__(first.code, first.reason, problems)


class NotStored(ParleyError):
    status = 503
    title = "Unknown whether it was kept"


class ProviderError(ParleyError):
    """`provider_code` is the platform's own word, kept for support and reports."""

    status = 502
    title = "The provider answered with an error"

    def __init__(self, code: str, message: str, provider_code: str | None = None) -> None:
        super().__init__(code, message)
        self.provider_code = provider_code


class Rejected(ProviderError):
    """`scope` tells how far the refusal reaches: this "message", the whole "template", this "person" until they can be
    reached again, "everything" or the "marketing" that this person wants no more, or what this "sender" sends there."""

    def __init__(self, code: str, message: str, provider_code: str | None = None, scope: str = "message") -> None:
        super().__init__(code, message, provider_code)
        self.scope = scope


class Moved(ProviderError):
    """`to` is the new address as `kind:value`."""

    def __init__(self, to: str, provider_code: str | None = None) -> None:
        super().__init__("address_moved", "The person or group has another address now.", provider_code)
        self.to = to


class Throttled(ProviderError):
    """`scope` tells who has to wait: everybody of the "sender", or only what goes to this "person"."""

    def __init__(
        self, message: str, retry_after: float, provider_code: str | None = None, scope: str = "sender"
    ) -> None:
        super().__init__("throttled", message, provider_code)
        self.retry_after: float = retry_after
        self.scope = scope


class Unavailable(ProviderError):
    def __init__(self, message: str, provider_code: str | None = None) -> None:
        super().__init__("provider_unavailable", message, provider_code)


class OutcomeUnknown(ProviderError):
    def __init__(self, message: str, provider_code: str | None = None) -> None:
        super().__init__("outcome_unknown", message, provider_code)


class Disconnected(ProviderError):
    def __init__(self, message: str, provider_code: str | None = None) -> None:
        super().__init__("channel_disconnected", message, provider_code)
