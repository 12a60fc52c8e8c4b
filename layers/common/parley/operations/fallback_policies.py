"""Fallback policies: what goes out, step by step, instead of messages that do not arrive."""

from collections import Counter
from collections.abc import Sequence

from parley import providers
from parley.cloud import clock
from parley.errors import Conflict, Invalid, NotFound, Problem
from parley.model import cursor, ids, policy_rules
from parley.model.channel import Channel, Life
from parley.model.fallback_policy import (
    FallbackPolicy,
    FallbackPolicyChanges,
    FallbackRule,
    NewFallbackPolicy,
    PolicyStep,
)
from parley.model.message import State
from parley.model.metrics import span
from parley.model.policy_rules import Sender
from parley.model.policy_statistics import DayStatistics, FallbackPolicyStatistics, by_step
from parley.model.times import day, rfc3339
from parley.model.types import Page
from parley.operations import chosen
from parley.store import channels, fallback_rules, lists, metrics
from parley.store import fallback_policies as store


def create(organization: str, new: NewFallbackPolicy, idempotency_key: str | None) -> FallbackPolicy:
    """Raises Invalid with every broken rule, Conflict for a key that was used before."""
    now = rfc3339(clock.now())
    policy = FallbackPolicy(
        id=ids.created(organization, "create_fallback_policy", idempotency_key),
        organization_id=organization,
        name=new.name,
        steps=new.steps,
        fingerprint=ids.fingerprint(new.model_dump(mode="json", exclude={"organization_id"})),
        created_at=now,
        updated_at=now,
    )
    kept = store.get(organization, policy.id) if idempotency_key else None
    return _same(kept, policy) if kept else _keep(policy)


def _keep(policy: FallbackPolicy) -> FallbackPolicy:
    _check(policy)
    if store.insert(policy):
        return policy
    kept = store.get(policy.organization_id, policy.id)
    if kept is None:
        raise Conflict("rule_gone", "A rule of the policy was deleted meanwhile.")
    return _same(kept, policy)


def _same(kept: FallbackPolicy, policy: FallbackPolicy) -> FallbackPolicy:
    if kept.fingerprint != policy.fingerprint:
        raise Conflict("idempotency_key_reused", "This Idempotency-Key was used for another request.")
    return kept


def _check(policy: FallbackPolicy) -> None:
    found = problems(policy.organization_id, policy.steps)
    if found:
        raise Invalid(found)


def problems(organization: str, steps: Sequence[PolicyStep], changed: FallbackRule | None = None) -> list[Problem]:
    """Every broken rule of a policy with these steps; `changed` is a rule as it is about to be."""
    rules = fallback_rules.get_many(organization, {step.rule_id for step in steps})
    rules |= {changed.id: changed} if changed else {}
    found: list[Problem] = []
    senders: list[Sender | None] = []
    for index, step in enumerate(steps):
        channel = _channel(organization, rules.get(step.rule_id), f"steps.{index}.rule_id", found)
        senders.append(Sender(channel.id, providers.capabilities(channel).receipts) if channel else None)
        if channel and step.template and step.language and not chosen.find(channel, step.template, step.language):
            reason = "The rule's channel has no such template in this language."
            found.append(Problem(f"steps.{index}.template", "unknown_template", reason))
    return [*found, *policy_rules.check(steps, senders)]


def _channel(organization: str, rule: FallbackRule | None, field: str, found: list[Problem]) -> Channel | None:
    if rule is None:
        found.append(Problem(field, "unknown_rule", "There is no such fallback rule."))
        return None
    channel = channels.get(organization, rule.channel_id)
    if channel is None or channel.life is not Life.PRESENT:
        found.append(Problem(field, "channel_gone", f'The channel of the rule "{rule.name}" was deleted.'))
        return None
    return channel


def get(organization: str, policy: str) -> FallbackPolicy:
    found = store.get(organization, policy)
    if found is None:
        raise NotFound("fallback policy")
    return found


def list_all(organization: str, next_page: str | None, limit: int) -> Page[FallbackPolicy]:
    found, last = store.page(organization, cursor.decode(next_page, fallback_policies=organization), limit)
    return Page(items=found, next=cursor.encode(last, fallback_policies=organization))


def update(organization: str, policy: str, changes: FallbackPolicyChanges) -> FallbackPolicy:
    """For sends that are accepted from now on. Raises Invalid as `create` does, Conflict if it changed meanwhile."""
    found = get(organization, policy)
    given = {"name": changes.name, "steps": changes.steps, "updated_at": rfc3339(clock.now())}
    changed = found.model_copy(update={name: value for name, value in given.items() if value is not None})
    _check(changed)
    if not store.replace(found, changed):
        raise _changed_meanwhile()
    return changed


def delete(organization: str, policy: str) -> None:
    """Raises Conflict with the messages that are scheduled with it."""
    found = get(organization, policy)
    using = [each.id for channel in channels.list_all(organization) for each in _scheduled(found, channel)]
    if using:
        named = [
            Problem("fallback_policy_id", "in_use", f"Message {each} is scheduled with it.") for each in using[:10]
        ]
        raise Conflict("policy_in_use", f"{len(using)} scheduled messages use this policy.", named)
    if not store.delete(found):
        raise _changed_meanwhile()


def _scheduled(policy: FallbackPolicy, channel: Channel) -> list[State]:
    return [each for each in lists.scheduled(policy.organization_id, channel.id) if each.policy == policy.id]


def _changed_meanwhile() -> Conflict:
    return Conflict("policy_changed", "The policy or one of its rules was changed meanwhile; look at it again.")


def statistics(organization: str, policy: str, start: str | None, end: str | None) -> FallbackPolicyStatistics:
    """Raises NotFound, and Invalid for days that are none or too many."""
    found = get(organization, policy)
    first, last = span(start, end, day(clock.now()))
    days = metrics.of_policy(organization, found.id, first, last)
    return FallbackPolicyStatistics(
        policy_id=found.id,
        start=first,
        end=last,
        days=[DayStatistics(day=each, steps=by_step(counts)) for each, counts in days.items()],
        total=by_step(sum(days.values(), Counter())),
    )
