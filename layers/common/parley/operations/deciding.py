"""What is to be done with each record of a batch, by the control items of the whole batch."""

from dataclasses import dataclass, replace
from typing import Any

from parley.cloud import clock
from parley.model import broadcast_rules
from parley.model.channel import Channel
from parley.model.decision import Decision, Step, decide
from parley.model.lane import Lane
from parley.model.message import State
from parley.model.quiet import QuietHours, zones_of
from parley.model.quiet import ends as ends_of_quiet
from parley.model.run import Run
from parley.operations import arriving, otp_pool
from parley.operations.arriving import Arrived
from parley.operations.otp_pool import Route
from parley.store.controls import Controls

Body = dict[str, Any]


@dataclass(frozen=True)
class Job:
    """One record of the batch and the message behind it; `had_turn`: it stood in line for its person already. `route`:
    it goes out from a number of the pool. `fresh`: a row of a broadcast that has no item yet."""

    record: str
    state: State
    decision: Decision
    body: Body
    fresh: bool = False
    route: Route | None = None

    @property
    def had_turn(self) -> bool:
        return bool(self.body.get("turn"))

    def channel(self, known: Controls) -> Channel:
        """The one that it goes out from."""
        return self.route.channel if self.route else known.channels[self.state.organization, self.state.channel]


def job_of(record: str, arrived: Arrived, known: Controls, body: Body) -> Job:
    """What is to be done with one record."""
    state = arrived.state
    if arrived.content:
        known.contents[state.organization, state.id] = arrived.content
    run = known.runs.get((state.organization, state.broadcast or ""))
    channel = known.channels.get((state.organization, state.channel))
    template = known.templates.get((state.organization, state.template or ""))
    why, now = known.person_of(state).refuses(state.category), clock.now()
    quiet = quiet_until(state, channel, run, now)
    decision = _by_its_run(arrived, run, now) or decide(state, channel, template, now, why, quiet)
    return Job(record, state, decision, body, arrived.fresh)


def _by_its_run(arrived: Arrived, run: Run | None, now: int) -> Decision | None:
    state = arrived.state
    if state.broadcast is None:
        return None
    again = arrived.answered or (arriving.answered(state, run) if run and run.parent else None)
    return broadcast_rules.decide(state, run, now, again)


def quiet_until(state: State, channel: Channel | None, run: Run | None, now: int) -> int | None:
    """A broadcast may have quiet hours of its own."""
    kept = (run and run.quiet_hours) or (channel and channel.service.get("quiet_hours"))
    if not kept or state.lane is Lane.OTP:
        return None
    quiet = QuietHours.model_validate(kept)
    return ends_of_quiet(quiet, zones_of(state.address, quiet), now) if quiet.concerns(state.category) else None


def scheduled(jobs: list[Job], known: Controls) -> list[Job]:
    """With the number of the pool for each one-time code that goes out from one, or what to do where there is none."""
    found = otp_pool.routes([job.state for job in jobs if job.decision.step is Step.SEND], known)
    return [_routed(job, found.get(job.state.id)) for job in jobs] if found else jobs


def _routed(job: Job, found: Route | Decision | None) -> Job:
    if isinstance(found, Route):
        return replace(job, route=found)
    return replace(job, decision=found) if found else job
