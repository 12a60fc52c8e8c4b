"""A sent message edited or taken back, and what a bot does without a message."""

from typing import Any

from parley.errors import Rejected
from parley.model.address import Address
from parley.model.channel import Binding
from parley.model.content import Content, Kind
from parley.providers.provider import Secret
from parley.providers.telegram import api
from parley.providers.telegram.markup import markup
from parley.providers.telegram.send import caption, parse_mode

UNCHANGED = "message_unchanged"


def edit(provider_id: str, content: Content, binding: Binding, secret: Secret) -> None:
    """Replaces text or caption, and the buttons with it; saying the same again is no error."""
    which = {"chat_id": _chat(provider_id), "message_id": _ids(provider_id)[0]}
    board = markup(content, None)
    changes: dict[str, Any] = {**which, **({"reply_markup": board} if board else {})}
    if content.type in (Kind.TEXT, Kind.TEMPLATE):
        method, said = "editMessageText", {"text": content.text, **parse_mode(content)}
    else:
        method, said = "editMessageCaption", {"caption": "", **caption(content.caption, content)}
    _unless(UNCHANGED, method, secret, {**changes, **said})


def delete(provider_id: str, binding: Binding, secret: Secret) -> None:
    """Every message of an album; one that is gone already is no error."""
    for message in _ids(provider_id):
        _unless("message_gone", "deleteMessage", secret, {"chat_id": _chat(provider_id), "message_id": message})


def act(to: Address, action: str, binding: Binding, secret: Secret) -> None:
    """Shown for five seconds at most."""
    api.ask("sendChatAction", secret["token"], {"chat_id": to.value, "action": action})


def _unless(harmless: str, method: str, secret: Secret, body: dict[str, Any]) -> None:
    try:
        api.ask(method, secret["token"], body)
    except Rejected as error:
        if error.code != harmless:
            raise


def _chat(provider_id: str) -> str:
    """Where it was sent: a group that was upgraded since numbers its messages anew, so its new id must not be used."""
    return provider_id.partition("/")[0]


def _ids(provider_id: str) -> list[int]:
    return [int(each) for each in provider_id.partition("/")[2].split(",")]
