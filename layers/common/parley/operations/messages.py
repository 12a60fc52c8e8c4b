"""Messages: accept them, show them, cancel and move scheduled ones."""

from parley.cloud import clock, queues
from parley.cloud.clients import AWS_ERRORS
from parley.errors import Conflict, Invalid, NotFound, NotStored, Problem
from parley.model import cursor, ids
from parley.model.address import AddressKind, read_phone
from parley.model.message import NewMessage, NewTime, State
from parley.model.message_view import DryRun, Message, MessageSummary, PlannedStep
from parley.model.status import Status, rank
from parley.model.times import DAY, instant, rfc3339
from parley.model.types import JsonObject, Page
from parley.operations import contents, fallback, legs, plan, pumping, recipients, timers, views
from parley.operations.legs import Leg
from parley.store import keys, lists, waiting
from parley.store import messages as store
from parley.store.table import Item

LOOK_BACK = 366


def send(organization: str, new: NewMessage, idempotency_key: str | None) -> Message:
    """Accepts a message. Raises Invalid, Conflict, or NotStored when nobody knows whether it was kept.

    A repeat of the key answers the message as it is now, even if it could not be accepted any more."""
    message = ids.created(organization, "send_message", idempotency_key)
    kept, stored = store.get(organization, message) if idempotency_key else None, None
    if kept is None:
        kept, stored = accept(organization, message, new)
    if kept.fingerprint != _fingerprint(new):
        raise Conflict("idempotency_key_reused", "This Idempotency-Key was used for another message.")
    start(kept)
    return views.full(kept, stored) if stored else get(organization, kept.id)


def accept(organization: str, message: str, new: NewMessage) -> tuple[State, Item | None]:
    """Checks it and keeps it under the id `message`; `start` puts it on its way. Raises as `send` does."""
    planned = plan.make(organization, new, clock.now())
    if planned.main.fault is None:  # else it does not go out on this channel
        pumping.admit(planned.main.channel, planned.main.to, planned.category, clock.now())
    return _keep(_state(organization, message, _fingerprint(new), new, planned), planned)


def _fingerprint(new: NewMessage) -> str:
    return ids.fingerprint(new.model_dump(mode="json", exclude={"organization_id"}))


def dry_run(organization: str, new: NewMessage) -> DryRun:
    """The same checks and the same text as a send; nothing is kept."""
    planned = plan.make(organization, new, clock.now())
    pumping.check_country(planned.main.channel, planned.main.to, planned.category)
    steps = [legs.describe(planned.main), *(_described(leg, planned) for leg in planned.steps)]
    return DryRun(send_at=rfc3339(planned.send_at), lane=planned.lane, steps=steps)


def _described(step: Leg, planned: plan.Plan) -> PlannedStep:
    """A step to somebody who is not written to there is accepted, and skipped when it is due."""
    why = recipients.skipped_for(step.channel, step.to, planned.category, planned.send_at)
    return legs.describe(step).model_copy(update={"skip_reason": why} if why else {})


def _state(organization: str, message: str, fingerprint: str, new: NewMessage, planned: plan.Plan) -> State:
    now = clock.now()
    status = Status.SCHEDULED if new.send_at else Status.FAILED if planned.main.fault else Status.QUEUED
    return State(
        id=message,
        organization=organization,
        channel=planned.main.channel.id,
        status=status,
        rank=rank(status),
        kind=new.type,
        lane=planned.lane,
        sender=planned.main.sender,
        to=planned.main.to.key,
        category=planned.category,
        template=planned.main.template.id if planned.main.template else None,
        fingerprint=fingerprint,
        reference=new.reference,
        created_at=now,
        send_at=planned.send_at,
        expires_at=planned.send_at + planned.ttl * 1000,
        times={str(status): now},
        error=planned.main.fault,
        trigger=planned.steps[0].trigger if planned.steps else None,
        wait=planned.steps[0].wait if planned.steps else None,
        policy=new.fallback_policy_id,
    )


def _keep(state: State, planned: plan.Plan) -> tuple[State, Item | None]:
    """Content first (its key carries the fingerprint), then the state by a conditional insert. With the content of a
    message that is new and only has to go out: what it looks like is known then."""
    steps = [legs.spec(leg) for leg in planned.steps]
    try:
        stored = store.put_content(state, planned.main.content, planned.main.channel.bound.sender, steps)
        there = store.insert(state)
    except AWS_ERRORS as error:
        raise NotStored("not_stored", "Repeat the request with the same Idempotency-Key.") from error
    return there or state, None if there or state.status is Status.FAILED else stored


def start(state: State) -> None:
    """Puts it on its way; harmless to repeat, and a repeated request does, in case the first one died before."""
    try:
        if state.status is Status.SCHEDULED:
            _arm(state, state.send_at)
        elif state.status is Status.QUEUED:
            queues.enqueue(state.lane, state.organization, state.id, state.channel)
        else:
            fallback.fire_if_due(state)
    except AWS_ERRORS as error:
        raise NotStored("not_stored", "Repeat the request with the same Idempotency-Key.") from error


def get(organization: str, message: str) -> Message:
    state = _existing(organization, message)
    return views.full(state, contents.of(state))


def _existing(organization: str, message: str) -> State:
    state = store.get(organization, message)
    if state is None:
        raise NotFound("message")
    return state


def cancel(organization: str, message: str) -> Message:
    """Ends a message that nobody has claimed yet. Raises Conflict once it is on its way."""
    state = _existing(organization, message)
    cancelled = waiting.cancel(state, clock.now()) or _existing(organization, message)  # the SDK may repeat our write
    if cancelled.status is not Status.CANCELLED:
        raise Conflict(
            "not_cancellable",
            f"The message is {views.shown(organization, message)}; only what was not sent can be cancelled.",
        )
    return get(organization, message)


def move(organization: str, message: str, new: NewTime) -> Message:
    """Gives a scheduled message another time. Raises Conflict once it is queued."""
    state = _existing(organization, message)
    if state.status is not Status.SCHEDULED:
        raise _not_scheduled()
    send_at = plan.future(new.send_at, new.time_zone, clock.now())
    _arm(state, send_at)  # first: a timer for a time that is not the stored one does nothing
    moved = waiting.move(state, send_at, send_at + state.expires_at - state.send_at) or _existing(organization, message)
    if moved.status is not Status.SCHEDULED or moved.send_at != send_at:
        raise _not_scheduled()
    return get(organization, message)


def _not_scheduled() -> Conflict:
    return Conflict("not_scheduled", "Only a scheduled message can be moved.")


def _arm(state: State, send_at: int) -> None:
    timer = {"kind": "send", "organization": state.organization, "message": state.id, "send_at": send_at}
    timers.arm(timer, send_at)


def list_all(
    organization: str, question: dict[str, str | None], next_page: str | None, limit: int
) -> Page[MessageSummary]:
    """Newest first, by channel (and day), person or reference; `status` narrows a page, and the cursor goes on."""
    narrowed = {"organization": organization, **question}
    position = cursor.decode(next_page, **narrowed)
    found, last = _page(organization, question, position, limit)
    wanted = [views.summary(state) for state in found if question.get("status") in (None, views.status_of(state))]
    return Page(items=wanted, next=cursor.encode(last, **narrowed))


def _page(
    organization: str, question: dict[str, str | None], position: JsonObject | None, limit: int
) -> tuple[list[State], JsonObject | None]:
    if question.get("reference"):
        value = keys.by_reference(organization, str(question["reference"]))
        return lists.page("by_reference", "reference_key", value, position, limit)
    if question.get("to"):
        return lists.page(
            "by_person", "person", keys.by_person(organization, _person(str(question["to"]))), position, limit
        )
    if question.get("channel_id"):
        return _days(organization, str(question["channel_id"]), question.get("since"), position, limit)
    raise Invalid([Problem("channel_id", "filter_missing", "List messages by channel_id, to or reference.")])


def _person(to: str) -> str:
    """`phone:+34…`, `chat:4211`; a plain value is a phone number, since the list spans all channels."""
    kind, colon, _ = to.partition(":")
    return to if colon and kind in set(AddressKind) else f"phone:{read_phone(to)}"


def _day_position(position: JsonObject | None, now: int) -> tuple[int, JsonObject | None]:
    """The day to go on with and where in it, as a cursor brought them; we never gave one that lies ahead."""
    if position is None:
        return now, None
    at, start = position.get("at"), position.get("start")
    if not isinstance(at, int) or at > now or not (start is None or isinstance(start, dict)):
        raise cursor.bad_cursor()
    return at, start


def _days(
    organization: str, channel: str, since: str | None, position: JsonObject | None, limit: int
) -> tuple[list[State], JsonObject | None]:
    """Walks the channel's day lists backwards until the page is full or the first day is reached."""
    now = clock.now()
    first = max(instant(since, None, "since") if since else now - 7 * DAY, now - LOOK_BACK * DAY)
    at, start = _day_position(position, now)
    found: list[State] = []
    while at >= first - first % DAY:
        more, last = lists.page("by_day", "day_list", keys.by_day(organization, channel, at), start, limit - len(found))
        found += more
        if last or len(found) >= limit:
            return found, {"at": at, "start": last} if last else {"at": at - DAY}
        at, start = at - DAY, None
    return found, None
