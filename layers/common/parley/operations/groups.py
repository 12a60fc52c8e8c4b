"""Audience groups: create, look at, rename, delete; who is in them is in `members`."""

from parley.cloud import clock, queues
from parley.errors import Conflict, Invalid, NotFound, Problem
from parley.model import cursor, ids
from parley.model.group import Group, GroupChanges, NewGroup
from parley.model.times import rfc3339
from parley.model.types import Page
from parley.operations import members
from parley.settings import settings
from parley.store import contacts, memberships
from parley.store import groups as store

TRIES = 5
AT_ONCE = 1000
"""Members that leave a deleted group while its caller waits."""

LATER = 60
"""Seconds after which a job looks whether a deletion was finished; longer than a call of the API may take."""


def create(organization: str, new: NewGroup, idempotency_key: str | None) -> Group:
    """Raises Invalid for members that are not there, Conflict for a name or a key that was used, or at the limit."""
    now = clock.now()
    group = Group(
        id=ids.created(organization, "create_group", idempotency_key),
        organization_id=organization,
        name=new.name,
        fingerprint=ids.fingerprint(new.model_dump(mode="json", exclude={"organization_id"})),
        created_at=rfc3339(now),
        updated_at=rfc3339(now),
    )
    kept = store.get(organization, group.id) if idempotency_key else None
    return _counted(_same(kept, group) if kept else _keep(group, list(dict.fromkeys(new.members)), now))


def _keep(group: Group, first: list[str], now: int) -> Group:
    for _ in range(TRIES):
        if store.insert(group, first, settings().group_limit, now):
            return group
        kept = store.get(group.organization_id, group.id)
        if kept:
            return _same(kept, group)
        _explain(group, first)
    raise _changed_meanwhile()


def _same(kept: Group, group: Group) -> Group:
    if kept.fingerprint != group.fingerprint:
        raise Conflict("idempotency_key_reused", "This Idempotency-Key was used for another request.")
    return kept


def _explain(group: Group, first: list[str]) -> None:
    """Raises what stands in the way of a group; returns where nothing does any more."""
    o = group.organization_id
    if store.is_closed(o, group.id):
        raise Conflict("group_ending", "The group of this Idempotency-Key is being deleted.")
    _check_name(group, group.name)
    if store.number(o) >= settings().group_limit:
        raise Conflict("group_limit", "The organization has as many groups as it may have.")
    problems = members.problems(contacts.get_many(o, first), first)
    if problems:
        raise Invalid(problems)


def _check_name(group: Group, name: str) -> None:
    other = store.named(group.organization_id, name)
    if other not in (None, group.id):
        reason = f"The group {other} has this name."
        raise Conflict("name_taken", reason, [Problem("name", "name_taken", reason)])


def get(organization: str, group: str) -> Group:
    """With the number of its members."""
    return _counted(existing(organization, group))


def existing(organization: str, group: str) -> Group:
    """Raises NotFound."""
    found = store.get(organization, group)
    if found is None:
        raise NotFound("group")
    return found


def _counted(group: Group) -> Group:
    return group.model_copy(update={"member_count": memberships.count(group.organization_id, group.id)})


def list_all(organization: str, next_page: str | None, limit: int) -> Page[Group]:
    found, last = store.page(organization, cursor.decode(next_page, groups=organization), limit)
    return Page(items=found, next=cursor.encode(last, groups=organization))


def update(organization: str, group: str, changes: GroupChanges) -> Group:
    """Raises Conflict for a name that another group has."""
    for _ in range(TRIES):
        found, now = existing(organization, group), clock.now()
        if changes.name in (None, found.name):
            return _counted(found)
        if store.rename(found, changes.name or "", now):
            return _counted(found.model_copy(update={"name": changes.name, "updated_at": rfc3339(now)}))
        _check_name(found, changes.name or "")
    raise _changed_meanwhile()


def delete(organization: str, group: str) -> None:
    """Nobody sees it any more; its contacts stay. Raises Conflict with what uses it.

    A job is told before, and looks later whether all members are out, whatever happens to this call."""
    found = store.get(organization, group)
    if found is None and not store.is_closed(organization, group):
        raise NotFound("group")
    _check_use(organization, group)
    _tell(organization, group, LATER)
    if found is not None:
        _close(found)
    if not members.leave_all(organization, group, AT_ONCE):
        _tell(organization, group)


def _tell(organization: str, group: str, delay: int = 0) -> None:
    job = {"kind": "end_group", "organization": organization, "group": group}
    queues.send(settings().jobs_queue, job, delay, organization)


def _close(group: Group) -> None:
    for _ in range(TRIES):
        if store.close(group):
            return
        _check_use(group.organization_id, group.id)
        group = existing(group.organization_id, group.id)
    raise _changed_meanwhile()


def _check_use(organization: str, group: str) -> None:
    using = store.users(organization, group)
    if using:
        problems = [Problem("group_id", "in_use", f"The {each} uses it.") for each in using[:10]]
        raise Conflict("group_in_use", f"The group is in use: {problems[0].reason}", problems)


def end(organization: str, group: str) -> None:
    """The job: all members of a closed group are out, and the group is gone. Does nothing for any other group."""
    if store.is_closed(organization, group):
        members.leave_all(organization, group, None)


def give_up(organization: str, group: str) -> None:
    """The job failed again and again. Nobody waits for it and nobody else would end the group, so it is made again,
    later, for as long as there is something to end: it goes on where the last one broke off."""
    if store.is_closed(organization, group):
        _tell(organization, group, queues.MAX_DELAY)


def _changed_meanwhile() -> Conflict:
    return Conflict("group_changed", "The group was changed meanwhile; look at it again.")
