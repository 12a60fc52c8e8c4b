"""What a fallback policy must keep to, apart from its templates: every broken rule at once."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from parley.errors import Problem
from parley.model.fallback_policy import PolicyStep
from parley.model.message import FALLBACK_WAIT, Trigger
from parley.model.status import Status

NEEDED = {Trigger.UNDELIVERED: Status.DELIVERED, Trigger.UNREAD: Status.READ}
"""The receipt without which a trigger says nothing."""


class Sender(NamedTuple):
    """What a step sends from, and which receipts come of it."""

    channel: str
    receipts: frozenset[Status]


def check(steps: Sequence[PolicyStep], senders: Sequence[Sender | None]) -> Iterator[Problem]:
    """`senders` of the steps, None where a rule has none. What the first trigger needs is known at each send only."""
    for index, (step, sender) in enumerate(zip(steps, senders, strict=True)):
        at, before = f"steps.{index}.", senders[:index]
        yield from _waits(step, at)
        yield from _says(step, at)
        if sender and sender.channel in [each.channel for each in before if each]:
            yield Problem(f"{at}rule_id", "same_channel", "An earlier step sends from the same channel.")
        if before:
            yield from _fires(step, before[-1], at)


def _waits(step: PolicyStep, at: str) -> Iterator[Problem]:
    least, most = FALLBACK_WAIT
    if step.wait is None and step.trigger is Trigger.UNREAD:
        yield Problem(f"{at}wait", "field_missing", "The trigger unread needs a wait.")
    if step.wait is not None and not least <= step.wait <= most:
        yield Problem(f"{at}wait", "wait_out_of_range", f"A wait has {least} to {most} seconds (72 hours).")


def _says(step: PolicyStep, at: str) -> Iterator[Problem]:
    """A text, or a template in a language, or neither."""
    if step.template and step.text:
        yield Problem(f"{at}text", "field_not_expected", "A step has a text or a template, not both.")
    if step.template and not step.language:
        yield Problem(f"{at}language", "field_missing", "A template is named by its name (or id) and its language.")
    for name in ("language", "variables"):
        if getattr(step, name) and not step.template:
            yield Problem(f"{at}{name}", "field_not_expected", f"Only a template has {name}.")


def _fires(step: PolicyStep, before: Sender | None, at: str) -> Iterator[Problem]:
    needed = NEEDED.get(step.trigger)
    if before and needed and needed not in before.receipts:
        reason = f"The channel of the step before never reports {needed}; use send_failed."
        yield Problem(f"{at}trigger", "no_such_receipt", reason)
