"""The Bot API's errors by what the caller does next. Its descriptions are no stable interface: parts of them are looked
for, and what is not known follows its code."""

from typing import Any

from parley.errors import Disconnected, Moved, OutcomeUnknown, ProviderError, Rejected, Throttled

PERSON = {
    "blocked by the user": "person_blocked",
    "user is deactivated": "person_gone",
    "initiate conversation": "chat_not_started",
    "bot was kicked": "not_a_member",
    "not a member": "not_a_member",
    "chat was deleted": "chat_gone",
}
"""403: nothing reaches them until they let the bot in again."""

CONTENT = {
    "chat not found": "unknown_chat",
    "peer_id_invalid": "unknown_chat",
    "not enough rights": "no_rights_in_chat",
    "need administrator rights": "no_rights_in_chat",
    "chat_write_forbidden": "no_rights_in_chat",
    "caption is too long": "caption_too_long",
    "message is too long": "text_too_long",
    "text is empty": "text_empty",
    "can't parse entities": "broken_formatting",
    "wrong file identifier": "media_failed",
    "failed to get http url content": "media_failed",
    "wrong type of the web page content": "media_failed",
    "photo_invalid_dimensions": "media_failed",
    "file is too big": "file_too_large",
    "request entity too large": "file_too_large",
    "reply markup is too long": "too_many_buttons",
    "button_data_invalid": "payload_too_long",
    "button_url_invalid": "url_not_supported",
    "message is not modified": "message_unchanged",
    "message to delete not found": "message_gone",
    "message to edit not found": "message_gone",
    "message can't be": "too_late",
}
DEFAULT_REST = 5.0
LONGEST_REST = 7 * 86_400


def classify(status: int, answer: dict[str, Any]) -> ProviderError:
    """The error of a refusing answer; a server fault, or a body that is not its own, may hide an accepted call."""
    code, text = answer.get("error_code", status), str(answer.get("description", "")).lower()
    told = answer.get("parameters")
    more = told if isinstance(told, dict) else {}
    if "error_code" not in answer or status >= 500:
        return OutcomeUnknown("The Bot API failed; the message may have been accepted.", str(status))
    if "migrate_to_chat_id" in more:
        return Moved(f"chat:{more['migrate_to_chat_id']}", str(code))
    if code == 429:
        return Throttled("The Bot API asked the bot to slow down.", _seconds(more), "429")
    if code in (401, 404, 409, 421):
        return Disconnected("The Bot API does not accept the bot's token.", str(code))
    return _refused(str(code), text)


def _seconds(parameters: dict[str, Any]) -> float:
    given = parameters.get("retry_after")
    return float(min(given, LONGEST_REST)) if isinstance(given, int) and given > 0 else DEFAULT_REST


def _refused(code: str, text: str) -> Rejected:
    """403 shuts the person out; whatever else is refused concerns this message alone."""
    words = PERSON if code == "403" else CONTENT
    found = next((ours for theirs, ours in words.items() if theirs in text), None)
    scope = "person" if code == "403" else "message"
    return Rejected(found or ("person_blocked" if code == "403" else "rejected"), _words(found), code, scope)


def _words(found: str | None) -> str:
    return (
        f"The Bot API refused the message: {found.replace('_', ' ')}." if found else "The Bot API refused the message."
    )
