"""Intents: what a button or a word of a person fires in a system of the business."""

from parley.cloud import clock
from parley.errors import Conflict, Invalid, NotFound, Problem
from parley.model import cursor, ids, keywords
from parley.model.business_system import BusinessSystem, Intent, IntentChanges, NewIntent
from parley.model.channel import Channel, Life
from parley.model.times import rfc3339
from parley.model.types import Page
from parley.operations import heard
from parley.store import business_systems as systems
from parley.store import channels, intent_uses
from parley.store import intents as store

NAMED = 10


def create(organization: str, new: NewIntent, idempotency_key: str | None) -> Intent:
    """On the channel of its system. Raises Invalid for a system that is not there, and for a code or keywords that are
    taken; Conflict for a key that was used before."""
    id = ids.created(organization, "create_intent", idempotency_key)
    fingerprint = ids.fingerprint(new.model_dump(mode="json", exclude={"organization_id"}))
    kept = store.get(organization, id) if idempotency_key else None
    return _same(kept, fingerprint) if kept else _keep(_made(organization, id, fingerprint, new))


def _made(organization: str, id: str, fingerprint: str, new: NewIntent) -> Intent:
    now, system = rfc3339(clock.now()), systems.get(organization, new.business_system_id)
    if system is None:
        raise _unknown_system()
    return Intent(
        id=id,
        organization_id=organization,
        channel_id=system.channel_id,
        fingerprint=fingerprint,
        created_at=now,
        updated_at=now,
        **new.model_dump(exclude={"organization_id"}),
    )


def _keep(intent: Intent) -> Intent:
    _check(intent, None)
    if store.insert(intent):
        return intent
    kept = store.get(intent.organization_id, intent.id)
    if kept:
        return _same(kept, intent.fingerprint)
    _check(intent, None)  # names what came in between
    raise _changed_meanwhile()


def _same(kept: Intent, fingerprint: str) -> Intent:
    if kept.fingerprint != fingerprint:
        raise Conflict("idempotency_key_reused", "This Idempotency-Key was used for another request.")
    return kept


def _check(intent: Intent, before: Intent | None) -> None:
    """Only what is new: words that stand are not looked at again when something else changes."""
    problems = []
    if before is None or intent.business_system_id != before.business_system_id:
        problems += _system(intent, systems.get(intent.organization_id, intent.business_system_id))
    if before is None and store.by_code(intent.organization_id, intent.channel_id, intent.code):
        problems.append(Problem("code", "duplicate_code", "The channel has an intent with this code."))
    if before is None or intent.keywords != before.keywords:
        problems += _words(intent)
    if problems:
        raise Invalid(problems)


def _system(intent: Intent, system: BusinessSystem | None) -> list[Problem]:
    if system is None:
        return _unknown_system().problems
    if system.channel_id != intent.channel_id:
        reason = "This system belongs to another channel; an intent stays on its own."
        return [Problem("business_system_id", "other_channel", reason)]
    if _channel(intent) is None:
        return [Problem("business_system_id", "channel_gone", "The channel of this system was deleted.")]
    return []


def _channel(intent: Intent) -> Channel | None:
    found = channels.get(intent.organization_id, intent.channel_id)
    return found if found and found.life is Life.PRESENT else None


def _words(intent: Intent) -> list[Problem]:
    """Stop and start words are heard before any intent, so they fire none."""
    channel, taken = _channel(intent), store.takers(intent) if intent.keywords else {}
    stop, start = heard.words(channel.type, channel.service) if channel else (frozenset(), frozenset())
    found = []
    for number, keyword in enumerate(intent.keywords):
        other = taken.get(keywords.bare(keyword))
        if keywords.read(keyword, stop, start):
            reason = "This is a stop or start word of the channel."
            found.append(Problem(f"keywords.{number}", "keyword_reserved", reason))
        elif other:
            reason = f'The intent "{other}" has this keyword.'
            found.append(Problem(f"keywords.{number}", "keyword_taken", reason))
    return found


def get(organization: str, intent: str) -> Intent:
    found = store.get(organization, intent)
    if found is None:
        raise NotFound("intent")
    return found


def list_all(
    organization: str, channel: str | None, system: str | None, next_page: str | None, limit: int
) -> Page[Intent]:
    """The filters narrow a page, and the cursor goes on."""
    question = {"intents": organization, "channel_id": channel, "business_system_id": system}
    found, last = store.page(organization, cursor.decode(next_page, **question), limit)
    rows = [each for each in found if channel in (None, each.channel_id) and system in (None, each.business_system_id)]
    return Page(items=rows, next=cursor.encode(last, **question))


def update(organization: str, intent: str, changes: IntentChanges) -> Intent:
    """For what is fired from now on. Raises Invalid as `create` does, Conflict if it changed meanwhile."""
    found = get(organization, intent)
    fields = changes.model_dump(exclude_none=True, exclude={"organization_id"})
    if not fields:
        return found
    changed = found.model_copy(update={**fields, "updated_at": rfc3339(clock.now())})
    _check(changed, found)
    if not store.replace(found, changed):
        _check(changed, found)
        raise _changed_meanwhile()
    return changed


def delete(organization: str, intent: str) -> None:
    """Raises Conflict with the templates whose buttons name it."""
    found = get(organization, intent)
    if store.delete(found):
        return
    using = intent_uses.users(found)
    if not using:
        raise _changed_meanwhile()
    problems = [Problem("intent_id", "in_use", f"A button of the {each} names it.") for each in using[:NAMED]]
    raise Conflict("intent_in_use", f"{len(using)} templates name this intent.", problems)


def _unknown_system() -> Invalid:
    return Invalid([Problem("business_system_id", "unknown_business_system", "There is no such business system.")])


def _changed_meanwhile() -> Conflict:
    return Conflict("intent_changed", "The intent or its system was changed meanwhile; look at it again.")
