"""Fallback rules: what the steps of policies send from."""

from parley import providers
from parley.cloud import clock
from parley.errors import Conflict, Invalid, NotFound, Problem
from parley.model import cursor, ids
from parley.model.channel import Life
from parley.model.fallback_policy import FallbackRule, FallbackRuleChanges, NewFallbackRule
from parley.model.times import rfc3339
from parley.model.types import Page
from parley.operations import fallback_policies
from parley.store import channels
from parley.store import fallback_policies as policies
from parley.store import fallback_rules as store


def create(organization: str, new: NewFallbackRule, idempotency_key: str | None) -> FallbackRule:
    """Raises Invalid for a channel that is not there or of another type, Conflict for a key that was used before."""
    now = rfc3339(clock.now())
    rule = FallbackRule(
        id=ids.created(organization, "create_fallback_rule", idempotency_key),
        organization_id=organization,
        fingerprint=ids.fingerprint(new.model_dump(mode="json", exclude={"organization_id"})),
        created_at=now,
        updated_at=now,
        **new.model_dump(exclude={"organization_id"}),
    )
    kept = store.get(organization, rule.id) if idempotency_key else None
    if kept is None:
        _check(rule)
        kept = store.insert(rule)
    if kept.fingerprint != rule.fingerprint:
        raise Conflict("idempotency_key_reused", "This Idempotency-Key was used for another request.")
    return kept


def _check(rule: FallbackRule) -> None:
    channel = channels.get(rule.organization_id, rule.channel_id)
    if channel is None or channel.life is not Life.PRESENT:
        raise Invalid([Problem("channel_id", "unknown_channel", "There is no such channel.")])
    if channel.type is not rule.type:
        reason = f"This channel is of type {channel.type}, the rule of type {rule.type}."
        raise Invalid([Problem("channel_id", "channel_type", reason)])
    providers.choose(channel, None)


def get(organization: str, rule: str) -> FallbackRule:
    found = store.get(organization, rule)
    if found is None:
        raise NotFound("fallback rule")
    return found


def list_all(organization: str, next_page: str | None, limit: int) -> Page[FallbackRule]:
    found, last = store.page(organization, cursor.decode(next_page, fallback_rules=organization), limit)
    return Page(items=found, next=cursor.encode(last, fallback_rules=organization))


def update(organization: str, rule: str, changes: FallbackRuleChanges) -> FallbackRule:
    """Raises Invalid if a policy with this rule would be broken by its new channel."""
    found = get(organization, rule)
    fields = changes.model_dump(exclude_none=True, exclude={"organization_id"})
    changed = found.model_copy(update=fields)
    if changed.channel_id != found.channel_id:
        _check(changed)
        _check_users(changed)
    kept = store.change(found, fields, clock.now()) if fields else found
    if kept is None:
        raise NotFound("fallback rule")
    return kept


def _check_users(changed: FallbackRule) -> None:
    problems = [
        Problem("channel_id", problem.code, f'The policy "{policy.name}" ({problem.field}): {problem.reason}')
        for policy in policies.get_many(changed.organization_id, store.users(changed))
        for problem in fallback_policies.problems(changed.organization_id, policy.steps, changed)
    ]
    if problems:
        raise Invalid(problems)


def delete(organization: str, rule: str) -> None:
    """Raises Conflict with the policies that use it."""
    found = get(organization, rule)
    if store.delete(found):
        return
    using = policies.get_many(organization, store.users(found))
    problems = [Problem("rule_id", "in_use", f'The policy "{each.name}" ({each.id}) uses it.') for each in using[:10]]
    raise Conflict("rule_in_use", f"{len(using)} fallback policies use this rule.", problems)
