"""Broadcasts: made, started, stopped, moved, changed and resent; each as one conditional write."""

import json
from io import BytesIO
from typing import Any

from parley.cloud import clock, files
from parley.cloud.clients import AWS_ERRORS
from parley.errors import Conflict, Forbidden, Invalid, NotFound, NotStored, Problem
from parley.model import cursor, ids
from parley.model.broadcast import BroadcastChanges, BroadcastStatus, NewBroadcast, NewStart, OnBadRows
from parley.model.broadcast_view import Broadcast, BroadcastStatistics, HourStatistics
from parley.model.message import NewTime
from parley.model.organization import Scope
from parley.model.run import Run
from parley.model.types import Page
from parley.operations import broadcast_plan, broadcast_views, feed, starting, timers, times_of_broadcasts
from parley.store import broadcast_keys, cursors, groups, metrics, uploads
from parley.store import broadcasts as store

S = BroadcastStatus
OPEN = frozenset({S.CHECKING, S.CHECKED, S.SCHEDULED, S.RUNNING, S.PAUSED})
TRIES = 5


def create(organization: str, new: NewBroadcast, idempotency_key: str | None, scopes: frozenset[str]) -> Broadcast:
    """Keeps it and has it checked. A repeat of the key answers the broadcast as it is now.

    Raises Forbidden for a group without the scope of contacts, since its rows show them, Invalid with everything that
    can be known before the rows are read, Conflict, or NotStored."""
    if new.group_id and Scope.CONTACTS not in scopes:
        raise Forbidden("scope_missing", f'A broadcast to a group needs a key with the scope "{Scope.CONTACTS}", too.')
    name = ids.created(organization, "create_broadcast", idempotency_key)
    fingerprint = ids.fingerprint(new.model_dump(mode="json", exclude={"organization_id"}))
    kept = store.get(organization, name) if idempotency_key else None
    if kept is None:
        run = _run(organization, name, fingerprint, new)
        kept = _keep(run, new)
    if kept.fingerprint != fingerprint:
        raise Conflict("idempotency_key_reused", "This Idempotency-Key was used for another broadcast.")
    return broadcast_views.full(_checking(kept))


def _run(organization: str, name: str, fingerprint: str, new: NewBroadcast) -> Run:
    now = clock.now()
    settled = broadcast_plan.settled(organization, new, now)
    upload = uploads.get(organization, new.upload) if new.upload else None
    same = {"default_country", "deduplicate", "on_bad_rows", "dry_run", "speed", "delivery_window", "quiet_hours"}
    given = {each: getattr(new, each) for each in same | {"name", "reference", "upload", "source"}}
    known = {"group": new.group_id, "policy": new.fallback_policy_id, "filename": upload.filename if upload else ""}
    known |= {"id": name, "organization": organization, "fingerprint": fingerprint}
    return Run(**{**given, **known, **settled}, created_at=now, updated_at=now)


def _keep(run: Run, new: NewBroadcast) -> Run:
    """Its list of people first, so that no check finds a broadcast without one."""
    try:
        if new.recipients:
            listed = [each if isinstance(each, str) else each.model_dump(exclude_none=True) for each in new.recipients]
            text = json.dumps(listed, ensure_ascii=False, default=str)
            files.put(list_of(run), BytesIO(text.encode()), "application/json")
        used = groups.using(run.organization, run.group, starting.user_of(run)) if run.group else []
        kept = store.insert(run, used)
    except store.UseFailed:
        raise Invalid([Problem("group_id", "unknown_group", "There is no such audience group.")]) from None
    except AWS_ERRORS as error:
        raise NotStored("not_stored", "Repeat the request with the same Idempotency-Key.") from error
    return kept or run


def list_of(run: Run) -> str:
    """Where the people of a request lie; the fingerprint keeps a refused repeat from changing them."""
    return f"broadcasts/{run.organization}/{run.id}/{run.fingerprint}.json"


def _checking(run: Run) -> Run:
    """Has it checked; harmless to repeat, and a repeated request does, in case the first one died before."""
    if run.status is S.CHECKING:
        try:
            starting.check(run)
        except AWS_ERRORS as error:
            raise NotStored("not_stored", "Repeat the request with the same Idempotency-Key.") from error
    return run


def existing(organization: str, broadcast: str) -> Run:
    found = store.get(organization, broadcast)
    if found is None:
        raise NotFound("broadcast")
    return found


def get(organization: str, broadcast: str) -> Broadcast:
    return broadcast_views.full(existing(organization, broadcast))


def list_all(organization: str, question: dict[str, str | None], next_page: str | None, limit: int) -> Page[Broadcast]:
    """The newest first; `channel_id` and `status` narrow a page, and the cursor goes on."""
    asked = {"broadcasts": organization, **question}
    found, last = store.page(organization, question.get("reference"), cursor.decode(next_page, **asked), limit)
    channel, status = question.get("channel_id"), question.get("status")
    wanted = [
        run
        for run in found
        if channel in (None, *(account.channel for account in run.accounts)) and status in (None, run.status)
    ]
    return Page(items=[broadcast_views.summary(run) for run in wanted], next=cursor.encode(last, **asked))


def statistics(organization: str, broadcast: str) -> BroadcastStatistics:
    run = existing(organization, broadcast)
    hours = metrics.hours_of_broadcast(organization, broadcast)
    return BroadcastStatistics(
        broadcast_id=run.id,
        rows=run.rows,
        now=broadcast_views.by_status(run, cursors.get(organization, broadcast)),
        hours=[HourStatistics(hour=hour, counts=dict(counts)) for hour, counts in hours.items() if counts],
    )


def start(organization: str, broadcast: str, new: NewStart) -> Broadcast:
    """Sends the good rows of what was checked, now or at a time. A repeat answers what was started."""
    now, run = clock.now(), existing(organization, broadcast)
    if run.status in (S.SCHEDULED, S.RUNNING):
        starting.begin(run)
        return broadcast_views.full(run)
    if run.status is S.CHECKED and run.local_time and run.waves[0].due <= now:
        raise Conflict(
            "time_is_over", "This time is over for some recipients; move the broadcast to another one first."
        )
    fields: dict[str, Any] = {"dry_run": False, "on_bad_rows": OnBadRows.SKIP}
    waves, at = run.waves, times_of_broadcasts.of_start(run, new, now)
    if at:
        waves = [wave.model_copy(update={"due": at["send_at"]}) for wave in waves]
        fields |= {**at, "waves": [wave.model_dump() for wave in waves]}
    later = bool(waves) and waves[0].due > now
    fields |= {"status": S.SCHEDULED} if later else {"status": S.RUNNING, "started_at": now}
    cursors.mark(run, now)
    started = _changed(run, fields, frozenset({S.CHECKED}), "not_startable", "started")
    starting.begin(started)
    return broadcast_views.full(started)


def pause(organization: str, broadcast: str) -> Broadcast:
    """Nothing goes out from the next claim on; what was on its way is held."""
    run = existing(organization, broadcast)
    if run.status is not S.PAUSED:
        run = _changed(run, {"status": S.PAUSED}, frozenset({S.RUNNING}), "not_pausable", "paused")
    cursors.unmark(run)
    return broadcast_views.full(run)


def resume(organization: str, broadcast: str) -> Broadcast:
    run = existing(organization, broadcast)
    cursors.mark(run, clock.now())
    if run.status is not S.RUNNING:
        run = _changed(run, {"status": S.RUNNING}, frozenset({S.PAUSED}), "not_resumable", "resumed")
    timers.release_soon(broadcast_keys.held_by_broadcast(organization, broadcast))
    feed.kick(run)
    return broadcast_views.full(run)


def cancel(organization: str, broadcast: str) -> Broadcast:
    """Ends it for all rows that nobody has claimed yet."""
    run = existing(organization, broadcast)
    cursors.mark(run, clock.now())
    if run.status is not S.CANCELLED:
        run = _changed(run, {"status": S.CANCELLED}, OPEN, "not_cancellable", "cancelled")
    starting.free_group(run)
    feed.kick(run)
    return broadcast_views.full(run)


def move(organization: str, broadcast: str, new: NewTime) -> Broadcast:
    """Gives a scheduled broadcast another time. People's local times are computed anew, by a check: what its owner has
    not started yet is not started by that, and a repeat has it checked, in case the first one died before."""
    run, now = existing(organization, broadcast), clock.now()
    at = times_of_broadcasts.when(new.send_at, new.time_zone or run.time_zone, run.local_time, now)
    if run.local_time:
        if run.status is S.CHECKING and all(getattr(run, name) == value for name, value in at.items()):
            return broadcast_views.full(_checking(run))
        agreed = {"on_bad_rows": OnBadRows.SKIP} if run.status is S.SCHEDULED else {}
        fields = {**at, "status": S.CHECKING, **agreed}
        moved = _changed(run, fields, frozenset({S.SCHEDULED, S.CHECKED}), "not_movable", "moved")
        cursors.unmark(moved)
        return broadcast_views.full(_checking(moved))
    waves = [wave.model_copy(update={"due": at["send_at"]}).model_dump() for wave in run.waves]
    moved = _changed(run, {**at, "waves": waves}, frozenset({S.SCHEDULED}), "not_movable", "moved")
    starting.begin(moved)
    return broadcast_views.full(moved)


def update(organization: str, broadcast: str, changes: BroadcastChanges) -> Broadcast:
    """A run keeps to it from its next step on."""
    run = existing(organization, broadcast)
    given = {name: getattr(changes, name) for name in changes.model_fields_set - {"organization_id"}}
    fields = {name: each.model_dump() if hasattr(each, "model_dump") else each for name, each in given.items()}
    if fields.get("name", "") is None:
        del fields["name"]
    if not fields:
        return broadcast_views.full(run)
    changed = _changed(run, fields, OPEN, "not_changeable", "changed")
    if changed.status is S.RUNNING:
        feed.kick(changed)
    return broadcast_views.full(changed)


def _changed(run: Run, fields: dict[str, Any], within: frozenset[S], code: str, verb: str) -> Run:
    """The change, made on the broadcast as it is now; somebody else's change in between does not stop it."""
    for _ in range(TRIES):
        if run.status not in within:
            states = " or ".join(sorted(within))
            raise Conflict(code, f"The broadcast is {run.status}; only what is {states} can be {verb}.")
        changed = store.change(run, fields, within, clock.now())
        if changed:
            return changed
        run = existing(run.organization, run.id)
    raise Conflict("changed_meanwhile", "Somebody changes this broadcast just now; look at it again.")
