"""Whom a send goes to: whether they may be written to, in answer to what, and under which address elsewhere."""

from parley.errors import Invalid, Problem
from parley.model.address import Address, Recipient, form_of, kinds, of_key, read_recipient
from parley.model.capabilities import Capabilities
from parley.model.channel import Channel
from parley.model.content import Content, Kind
from parley.model.lane import Category
from parley.model.suppression import OPTED_OUT
from parley.store import messages, people
from parley.store.people import Known


def now_at(channel: Channel, to: Address, send_at: int) -> tuple[Address, Known]:
    """Their present address, and what will hold for them there at that time; a chat may have moved."""
    known = people.about(channel.organization_id, channel.id, to.key, send_at)
    if known.moved_to is None:
        return to, known
    return of_key(known.moved_to), people.about(channel.organization_id, channel.id, known.moved_to, send_at)


def address_now(channel: Channel, to: Address) -> Address:
    """Where they are at present, for what is no message."""
    moved = people.get(channel.organization_id, channel.id, to.key).moved_to
    return of_key(moved) if moved else to


def check(
    channel: Channel,
    to: Address,
    known: Known,
    content: Content,
    category: Category | None,
    abilities: Capabilities,
    send_at: int,
) -> list[Problem]:
    """Whether this may be said to them at that time."""
    why = known.refuses(category)
    if why == OPTED_OUT:
        return [Problem("to", OPTED_OUT, "This person wants no more marketing.")]
    if why:
        return [Problem("to", "person_suppressed", f"This person is on the suppression list ({why}).")]
    if content.type is not Kind.TEMPLATE and abilities.window:
        return _window(known, abilities.window, send_at)
    return []


def _window(known: Known, window: int, send_at: int) -> list[Problem]:
    """Free-form content only while the person's window is open at the time of sending."""
    last = known.last_inbound_at
    if last is not None and send_at < last + window * 1000:
        return []
    hours = window // 3600
    reason = f"Free-form messages go out within {hours} hours of the person's last message; send a template."
    return [Problem("to", "window_closed", reason)]


def skipped_for(channel: Channel, to: Address, category: Category | None, at: int) -> str | None:
    """Why a step would not go out to them at that time."""
    return now_at(channel, to, at)[1].refuses(category)


def doubts(to: Address, known: Known, abilities: Capabilities) -> list[str]:
    """What only the platform can know."""
    if abilities.business_starts or known.last_inbound_at or not is_a_person(to, abilities):
        return []
    return ["Nobody has written from this address yet; a person who never began the chat cannot be written to."]


def is_a_person(to: Address, abilities: Capabilities) -> bool:
    """Not a group or a broadcast channel, as far as its form tells."""
    form = form_of(to, abilities.people)
    return form is None or form.of_one


def answering(channel: Channel, to: Address, content: Content) -> Content:
    """With the platform's id of the message that is answered. Raises Invalid if it is of another chat."""
    if content.reply_to is None:
        return content
    answered = messages.get(channel.organization_id, content.reply_to)
    if answered is None or answered.channel != channel.id or answered.provider_id is None:
        raise Invalid([Problem("reply_to", "unknown_message", "There is no such message on this channel.")])
    if answered.to != to.key:
        raise Invalid([Problem("reply_to", "another_person", "That message is of another person.")])
    return content.model_copy(update={"reply_to_provider": answered.provider_id})


def of_fallback(given: Recipient | None, original: Address | None, abilities: Capabilities, at: str) -> Address | None:
    """The step's own address, else the same kind of address."""
    if given is not None:
        return read_recipient(given, abilities.people, f"{at}to")
    if original is None or form_of(original, abilities.people):
        return original
    known_by = ", ".join(kinds(abilities.people))
    raise Invalid(
        [Problem(f"{at}to", "address_missing", f"The fallback's channel knows people by {known_by}; name one.")]
    )
