"""A sent message edited or taken back, and signs beside messages; one call to the platform, which may be repeated."""

from collections.abc import Callable

from parley import providers
from parley.cloud import clock
from parley.errors import Conflict, Invalid, Moved, NotFound, Problem, Rejected, Throttled
from parley.model import content_rules
from parley.model.address import read_recipient
from parley.model.changes import NewAction, NewEdit
from parley.model.channel import Channel
from parley.model.content import Content, Kind
from parley.model.message import State
from parley.model.message_view import Message
from parley.operations import binding, channels, contents, messages, plan, recipients
from parley.store import messages as store
from parley.store import rates


def edit(organization: str, message: str, new: NewEdit) -> Message:
    """Raises Invalid for what the channel cannot show, Conflict for a message that cannot be edited (any more)."""
    state, channel = _sent(organization, message)
    stored = contents.of(state)
    content = _edited(Content.model_validate(stored["content"]), new)
    abilities = providers.capabilities(channel)
    if content.type not in abilities.edits:
        raise Conflict("not_editable", f"This channel cannot edit {content.type} messages.")
    problems = content_rules.check(content, None, abilities, "")
    if problems:
        raise Invalid([_of_edit(problem) for problem in problems])
    part = providers.part(channel.bound.provider, "manage")
    _asked(channel, lambda: part.edit(state.provider_id, content, channel.bound, binding.secret_of(channel)))
    store.put_content(state, content, stored["sender"], stored.get("steps"))
    store.mark(state, "edited_at", clock.now())
    return messages.get(organization, message)


def _edited(content: Content, new: NewEdit) -> Content:
    """With the new words. A template's text is a plain one from then on, though its record still names the template."""
    common = {"format": new.format, "buttons": new.buttons, "keyboard": None}
    if new.caption is not None and content.media:
        media = content.media.model_copy(update={"caption": new.caption or None})
        return content.model_copy(update={**common, "media": media})
    if new.text is None or content.media or content.type not in (Kind.TEXT, Kind.TEMPLATE):
        field = "text" if new.text is not None else "caption"
        raise Invalid([Problem(field, "field_not_expected", f"A {content.type} has no {field}.")])
    untied = {"template": None, "language": None, "variables": dict[str, str]()}
    return content.model_copy(update={**common, **untied, "type": Kind.TEXT, "text": new.text})


def _of_edit(problem: Problem) -> Problem:
    return Problem(problem.field.replace("media.caption", "caption"), problem.code, problem.reason)


def delete(organization: str, message: str) -> Message:
    """Takes it back from the person's chat; our record stays."""
    state, channel = _sent(organization, message)
    if not providers.capabilities(channel).deletes:
        raise Conflict("not_deletable", "This channel cannot take messages back.")
    part = providers.part(channel.bound.provider, "manage")
    _asked(channel, lambda: part.delete(state.provider_id, channel.bound, binding.secret_of(channel)))
    store.mark(state, "deleted_at", clock.now())
    return messages.get(organization, message)


def act(organization: str, channel_id: str, new: NewAction) -> None:
    channel = channels.get(organization, channel_id)
    plan.ready(channel)
    abilities = providers.capabilities(channel)
    if new.action not in abilities.actions:
        known = ", ".join(sorted(abilities.actions)) or "none"
        raise Invalid([Problem("action", "unknown_action", f"The actions of this channel: {known}.")])
    to = read_recipient(new.to, abilities.people)
    part = providers.part(channel.bound.provider, "manage")
    where, secret = recipients.address_now(channel, to), binding.secret_of(channel)
    _asked(channel, lambda: part.act(where, new.action, channel.bound, secret))


def _sent(organization: str, message: str) -> tuple[State, Channel]:
    state = store.get(organization, message)
    if state is None:
        raise NotFound("message")
    if state.direction != "out" or state.provider_id is None or state.deleted_at:
        raise Conflict("not_sent", "Only a message that was sent, and not taken back, can be changed.")
    channel = channels.get(organization, state.channel)
    plan.ready(channel)
    if channel.bound.sender_id != state.sender:
        raise Conflict("sender_gone", "The channel was bound to another sender since.")
    return state, channel


def _asked(channel: Channel, call: Callable[[], None]) -> None:
    """The platform's no is the state of its message: too old, or gone. If it asks for a rest, sends rest too."""
    try:
        call()
    except Throttled as error:
        rates.push_back(channel.organization_id, channel.id, clock.now() + round(error.retry_after * 1000))
        raise
    except Moved as error:
        raise Conflict(error.code, "The group has another address now; messages of before cannot be changed.") from None
    except Rejected as error:
        raise Conflict(error.code, f"{error.message} ({error.provider_code})") from None
