"""How a message is shown: the state and the content put together."""

from typing import Any

from parley.cloud import files
from parley.model import ids
from parley.model.message import State
from parley.model.message_view import FallbackState, Message, MessageSummary, shown_status, timeline
from parley.model.status import ENDED_BADLY, Status
from parley.model.times import rfc3339
from parley.store import messages as store
from parley.store.table import Item


def shown(organization: str, message: str) -> Status:
    state = store.get(organization, message)
    return shown_status(state) if state else Status.FAILED


def status_of(state: State) -> Status:
    return shown_status(state)


def summary(state: State) -> MessageSummary:
    return MessageSummary.model_validate(_common(state) | {"type": state.kind})


def full(state: State, stored: Item) -> Message:
    content: dict[str, Any] = stored.get("content") or {}
    return Message.model_validate(
        {
            **content,
            **_common(state),
            "type": state.kind,
            "organization_id": state.organization,
            "sender": stored.get("sender") or state.sender,
            "answers": state.answers,
            "pressed": state.pressed,
            "template": state.template or content.get("template"),
            "expires_at": rfc3339(state.expires_at),
            "held": _held(state),
            "timeline": timeline(state),
            "fallback": _fallback(state, stored.get("steps") or []),
            "fallback_policy_id": state.policy,
            "converted": state.converted,
            "provider_message_id": state.provider_id,
            "origin": state.sent_from or None,
            "edited_at": _at(state.edited_at),
            "deleted_at": _at(state.deleted_at),
            "files": [_file(each) for each in content.get("files") or []],
        }
    )


def _at(moment: int | None) -> str | None:
    return rfc3339(moment) if moment else None


def _file(kept: dict[str, Any]) -> dict[str, Any]:
    """Without the platform's words for it; a file that is not copied yet has no link."""
    shown = {name: kept[name] for name in ("kind", "filename", "content_type", "size", "problem") if kept.get(name)}
    return shown | ({"link": files.link_to_get(kept["key"])} if kept.get("key") else {})


def _common(state: State) -> dict[str, Any]:
    return {
        "id": state.id,
        "channel_id": state.channel,
        "direction": state.direction,
        "status": shown_status(state),
        "to": state.address,
        "category": state.category,
        "reference": state.reference,
        "created_at": rfc3339(state.created_at),
        "send_at": rfc3339(state.send_at),
        "error": state.error if shown_status(state) in ENDED_BADLY | {Status.SKIPPED} else None,
        "fallback_of": state.copy_of,
        "late": state.late,
    }


def _held(state: State) -> str | None:
    """channel, template or parked; a scheduled message stands in the same index but is not held."""
    if state.held_by is None or state.status is not Status.QUEUED:
        return None
    return state.held_by.split("#")[2].lower()


def _fallback(state: State, steps: list[dict[str, Any]]) -> FallbackState | None:
    """The step after this message; what went out instead shows the one after that."""
    if not steps or state.trigger is None:
        return None
    known = {"channel_id": steps[0]["channel"], "trigger": state.trigger, "wait": state.wait}
    if state.fired_at:
        copy = ids.copy_of(state.root, state.leg + 1)
        known |= {"fired_at": rfc3339(state.fired_at), "reason": state.fired_for, "message_id": copy}
    return FallbackState.model_validate(known)
