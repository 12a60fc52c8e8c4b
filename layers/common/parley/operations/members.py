"""Who is in an audience group: add, remove, list; each step in one transaction with the contact."""

from itertools import islice

from parley.cloud import clock
from parley.errors import Conflict, NotFound, Problem
from parley.model import cursor
from parley.model.contact import MOST_GROUPS, Contact
from parley.model.group import Added, Group, Removed
from parley.model.types import Page
from parley.operations import contacts as shown
from parley.store import contacts, groups, memberships

TRIES = 8
"""How often a step begins anew because somebody else changed one of its contacts."""


def list_all(organization: str, group: str, next_page: str | None, limit: int) -> Page[Contact]:
    """The contacts of a group by id. Raises NotFound."""
    _open(organization, group)
    found, last = memberships.page(organization, group, cursor.decode(next_page, members=group), limit)
    there = contacts.get_many(organization, found)
    inside = [there[each] for each in found if each in there and group in there[each].groups]
    return Page(items=shown.shown(organization, inside), next=cursor.encode(last, members=group))


def _open(organization: str, group: str) -> Group:
    found = groups.get(organization, group)
    if found is None:
        raise NotFound("group")
    return found


def add(organization: str, group: str, wanted: list[str]) -> Added:
    """What became of each. Raises NotFound for the group; a repeat goes on where an attempt broke off."""
    _open(organization, group)
    answer = Added(added=[], present=[], unknown=[], full=[])
    rest = iter(dict.fromkeys(wanted))
    while step := list(islice(rest, memberships.AT_ONCE)):
        _add(organization, group, step, answer)
    return answer


def _add(organization: str, group: str, step: list[str], answer: Added) -> None:
    """One transaction; who changed meanwhile is looked at again."""
    for _ in range(TRIES):
        there = contacts.get_many(organization, step)
        fit = [each for each in step if each in there and _has_room(there[each], group)]
        writes = memberships.adding(organization, group, fit, clock.now())
        if not fit or contacts.written([memberships.there(organization, group), *writes]):
            answer.added += fit
            answer.unknown += [each for each in step if each not in there]
            answer.present += [each for each in step if each in there and group in there[each].groups]
            answer.full += [
                each for each in step if each in there and each not in fit and group not in there[each].groups
            ]
            return
        _open(organization, group)
    raise _changed_meanwhile()


def _has_room(contact: Contact, group: str) -> bool:
    return group not in contact.groups and len(contact.groups) < MOST_GROUPS


def problems(there: dict[str, Contact], wanted: list[str]) -> list[Problem]:
    """Of those who shall be the first members of a group."""
    unknown = [
        Problem(f"members.{i}", "unknown_contact", "There is no such contact.")
        for i, each in enumerate(wanted)
        if each not in there
    ]
    reason = f"This contact is in {MOST_GROUPS} groups already."
    full = [
        Problem(f"members.{i}", "too_many_groups", reason)
        for i, each in enumerate(wanted)
        if each in there and len(there[each].groups) >= MOST_GROUPS
    ]
    return [*unknown, *full]


def remove(organization: str, group: str, wanted: list[str]) -> Removed:
    """What became of each; the contacts stay. Raises NotFound for the group."""
    _open(organization, group)
    answer = Removed(removed=[], absent=[])
    rest = iter(dict.fromkeys(wanted))
    while step := list(islice(rest, memberships.AT_ONCE)):
        gone = _leave(organization, group, step)
        answer.removed += gone
        answer.absent += [each for each in step if each not in gone]
    return answer


def _leave(organization: str, group: str, step: list[str]) -> list[str]:
    """Those who were in it, in one transaction."""
    for _ in range(TRIES):
        there = contacts.get_many(organization, step)
        inside = [each for each in step if each in there and group in there[each].groups]
        if not inside or contacts.written(memberships.removing(organization, group, inside, clock.now())):
            return inside
    raise _changed_meanwhile()


def leave_all(organization: str, group: str, most: int | None) -> bool:
    """Takes the members out of a closed group, and the group away after the last one. False: there are more than
    `most`."""
    found = memberships.all_of(organization, group)
    left = 0
    while step := list(islice(found, memberships.AT_ONCE)):
        if most is not None and left >= most:
            return False
        _leave(organization, group, step)
        left += len(step)
    groups.remove(organization, group)
    return True


def _changed_meanwhile() -> Conflict:
    return Conflict("contact_changed", "A contact was changed again and again meanwhile; repeat the request.")
