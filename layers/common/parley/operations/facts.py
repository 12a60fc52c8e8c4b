"""What changes of the table, as its stream carries them, say to business systems: receipts with all their facts."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import NamedTuple

from parley import providers
from parley.cloud import queues, tokens
from parley.cloud.clients import AWS_ERRORS
from parley.cloud.metrics import count
from parley.model import ids, told
from parley.model.address import Address, AddressKind, of_key
from parley.model.message import NOBODY_KNOWS, Fault, State
from parley.model.receipt import (
    AuditReceipt,
    AuditType,
    Conversation,
    InboundReceipt,
    Receipt,
    ReceivedFile,
    StatusReceipt,
    User,
    Wording,
)
from parley.model.status import Status
from parley.model.times import DAY, instant
from parley.model.types import JsonObject
from parley.operations.looked_up import Change, Known, load
from parley.settings import settings
from parley.store import keys, messages, templates
from parley.store.table import Item

log = logging.getLogger("parley")
LINK = 7 * DAY
"""How long a file that a person sent can be had by its link."""
FAILURES = frozenset({Status.FAILED, Status.EXPIRED, Status.SKIPPED})


class Heard(NamedTuple):
    """A receipt, and the change that says it."""

    receipt: Receipt
    change: Change


def build(organization: str, changes: list[Change]) -> list[Heard]:
    """In the order of the changes. One that cannot be read is set aside, and stops no other one. Raises what a repeat
    may mend."""
    known, found = load(organization, changes), list[Heard]()
    for change in changes:
        with setting_aside(change):
            found += [Heard(receipt, change) for receipt in MAKERS[change.kind](change, known)]
    return found


@contextmanager
def setting_aside(change: Change) -> Iterator[None]:
    """For what is made of one change: a fault of ours must not stop the stream for all. What AWS refuses is raised,
    as a repeat may mend it."""
    try:
        yield
    except AWS_ERRORS:
        raise
    except Exception as error:
        log.exception("a receipt could not be made", extra={"error": type(error).__name__})
        _set_aside(change)


def _set_aside(change: Change) -> None:
    """Where somebody is called by an alarm: which item, and when it changed."""
    count("ReceiptNotMade")
    where = {name: change.new[name] for name in ("pk", "sk")}
    queues.send(settings().receipts_dead_letters, {**where, "at": change.at})


def _of_message(change: Change, known: Known) -> Iterator[Receipt]:
    state = messages.read(change.new)
    if told.came_in(change.old, change.new):
        yield _inbound(state, known)
    elif state.direction == "out":
        yield from (_status(state, reached, change, known) for reached in told.statuses(change.before, change.new))


def _status(state: State, reached: told.Reached, change: Change, known: Known) -> StatusReceipt:
    """An `unknown` that was settled is told as failed, as the API shows it."""
    settled = reached.status is Status.UNKNOWN
    id, number = ids.derived(state.id, "status", reached.status), _number(state, known)
    return StatusReceipt(
        known.origin(id, state.organization, state.channel, reached.at or change.at, number),
        state.id,
        Status.FAILED if settled else reached.status,
        state.address,
        state.kind,
        user=_user(state.address, state.user_id),
        category=state.category,
        template=_wording(known.templates.get(state.template or "")),
        reference=state.reference,
        origin=_really_sent_by(state, known),
        fault=NOBODY_KNOWS if settled else _fault(state, reached.status),
        conversation=Conversation(state.conversation, state.conversation_until) if state.conversation else None,
        copy_of=state.copy_of,
        broadcast=state.broadcast,
        late=state.late,
    )


def _number(state: State, known: Known) -> str:
    return str(known.contents.get(state.id, {}).get("sender", ""))


def _fault(state: State, reached: Status) -> Fault | None:
    """What arrived after all has none, though its item keeps the one of its failure."""
    return state.error if reached in FAILURES else None


def _user(who: Address, known_as: str | None = None) -> User:
    return User(id=who.value) if who.type is AddressKind.BSUID else User(id=known_as)


def _really_sent_by(state: State, known: Known) -> str | None:
    """Of a code that went out through the pool: the number of the pool, as a person reads it."""
    mine = known.channels.get(state.channel)
    if state.origin is None or mine is None or mine.binding is None:
        return None
    return known.sender(providers.abilities(mine.bound.provider).platform, state.origin)


def _wording(template: Item | None) -> Wording | None:
    return Wording(template["id"], template["name"], template["language"]) if template else None


def _inbound(state: State, known: Known) -> InboundReceipt:
    content: JsonObject = known.contents.get(state.id, {}).get("content") or {}
    profile, channel = content.get("profile") or {}, known.channels.get(state.channel)
    id = ids.derived(state.id, "received")
    return InboundReceipt(
        known.origin(id, state.organization, state.channel, state.created_at, _number(state, known)),
        state.id,
        state.address,
        state.kind,
        content.get("inbound") or {},
        channel.bound.provider if channel and channel.binding else "",
        name=profile.get("name"),
        user=User(profile.get("user_id"), profile.get("parent_user_id"), profile.get("username")),
        files=tuple(_file(state, n, file) for n, file in enumerate(content.get("files") or [])),
        answers=state.answers,
        pressed=state.pressed,
        payload=content.get("payload"),
    )


def _file(state: State, number: int, file: JsonObject) -> ReceivedFile:
    """The link says nothing of whose file it is, and ends."""
    named = {"organization": state.organization, "message": state.id, "file": number}
    url = settings().file_url + tokens.seal({**named, "until": state.created_at + LINK})
    words = {name: file.get(name) for name in ("filename", "content_type")}
    return ReceivedFile(str(file.get("kind", "document")), url, str(file.get("file_id", "")), **words)


def _of_template(change: Change, known: Known) -> Iterator[Receipt]:
    if "status" not in change.before:
        return
    template = templates.read(change.new)
    at = instant(template.updated_at, None)
    for type, word in told.of_template(change.before, change.new):
        id = ids.derived(template.id, type, word, template.updated_at)
        where = known.origin(id, template.organization_id, template.channel_id, at)
        yield AuditReceipt(where, type, word, _wording(change.new), template.reason, _before(type, change.before))


def _before(type: AuditType, old: Item) -> JsonObject | None:
    name = {AuditType.TEMPLATE_CATEGORY: "category", AuditType.TEMPLATE_QUALITY: "quality"}.get(type)
    return {"before": old[name]} if name and old.get(name) else None


def _of_account(change: Change, known: Known) -> Iterator[Receipt]:
    news, organization = change.new, keys.organization_of(change.new)
    if (change.before.get("at"), change.before.get("status")) == (news["at"], news["status"]):
        return
    id = ids.derived(organization, change.channel, news["news"], news["status"], news["at"])
    where = known.origin(id, organization, change.channel, news["at"], str(news.get("number") or ""))
    reason, details = news.get("reason"), news.get("details")
    yield AuditReceipt(where, AuditType(news["news"]), news["status"], reason=reason, details=details)


def _of_person(change: Change, known: Known) -> Iterator[Receipt]:
    """Somebody shut the channel out, or let it in again: a status without a message, as the originals have it."""
    shut = told.blocked(change.before, change.new)
    if shut is None or not change.channel:
        return
    at = int(change.new.get("suppressed_at" if shut else "let_in_at", change.at))
    organization, person = keys.organization_of(change.new), of_key(str(change.new["sk"]).partition("#")[2])
    id = ids.derived(organization, change.channel, person.key, "blocked" if shut else "let_in", at)
    where = known.origin(id, organization, change.channel, at)
    yield StatusReceipt(where, id, Status.SENT, person, "text", user=_user(person), blocked=shut)


Maker = Callable[[Change, Known], Iterator[Receipt]]
MAKERS: dict[str, Maker] = {
    "STATE": _of_message,
    "TEMPLATE": _of_template,
    "NEWS": _of_account,
    "PERSON": _of_person,
}
