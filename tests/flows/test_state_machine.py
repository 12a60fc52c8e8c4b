"""Everything at once: sends, receipts, timers, deaths, changes of mind in any order; the promises hold at each step."""

from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from parley.cloud.clients import AWS_ERRORS
from parley.errors import ParleyError
from parley.model import ids
from parley.model.lane import Lane
from parley.model.message import State, Trigger
from parley.model.status import Status, rank
from parley.operations import messages
from parley.store import messages as store

from tests.support.faults import Killed
from tests.support.pump import Record
from tests.support.snapshot import Snapshot
from tests.support.world import NUMBER, WABA, World

EXAMPLES, STEPS = 30, 40
MOSTLY = ["take"] * 6
FATES = st.lists(st.sampled_from([*MOSTLY, "cut", "lose", "131026", "130429", "131016", "190"]), max_size=3)
SMS_FATES = st.lists(st.sampled_from([*MOSTLY, "cut", "lose", "400", "429"]), max_size=2)
DEATH = st.none() | st.tuples(st.integers(1, 14), st.sampled_from(["before", "after", "error"]))
SECONDS = st.sampled_from([1, 1, 5, 5, 15, 31, 61, 100, 400, 1000])
GOAL = {Trigger.SEND_FAILED: Status.DELIVERED, Trigger.UNDELIVERED: Status.DELIVERED, Trigger.UNREAD: Status.READ}
WORDS = st.sampled_from(["sent", "delivered", "read", "failed"])
WELL = {Status.CANCELLED, Status.READ}
WITHOUT_COPY = {
    Trigger.SEND_FAILED: WELL | {Status.ACCEPTED, Status.SENT, Status.DELIVERED},
    Trigger.UNDELIVERED: WELL | {Status.DELIVERED},
    Trigger.UNREAD: WELL,
}
"""How a message with a fallback may end without one."""
GIVEN_BACK = {(Status.SENDING, Status.QUEUED), (Status.UNKNOWN, Status.QUEUED)}
PROOF = (Status.ACCEPTED, Status.SENT, Status.DELIVERED, Status.READ)
DONE = frozenset(Status) - {Status.SCHEDULED, Status.QUEUED, Status.SENDING}
snapshots: list[Snapshot] = []
"""The one business that every example starts from."""


class Life(RuleBasedStateMachine):
    said = Bundle("said")

    @initialize()
    def begin(self) -> None:
        self.world: World = snapshots[0].restore()
        self.world.pump.batch = 1
        self.known: dict[str, State] = {}
        self.requests: dict[str, tuple[str, dict[str, Any]]] = {}
        self.next = 0

    # ---- the business

    @rule(
        target=said,
        fates=FATES,
        sms=SMS_FATES,
        code=st.booleans(),
        trigger=st.sampled_from([None, *Trigger]),
        wait=st.sampled_from([10, 60, 1000]),
        further=st.sampled_from([None, (Trigger.SEND_FAILED, None), (Trigger.UNDELIVERED, 60)]),
        later=st.sampled_from([None, None, 20, 2000]),
        death=DEATH,
    )
    def says(
        self, fates: Any, sms: Any, code: bool, trigger: Any, wait: int, further: Any, later: Any, death: Any
    ) -> str:
        to, key = f"+346020{self.next:05}", f"key-{self.next}"
        self.next += 1
        self.world.meta.happens(to, *fates)
        self.world.sms.happens(to, *sms)
        fields: dict[str, Any] = {"template": "code" if code else "order_ready", "to": to, "ttl": 300 if code else 3600}
        fields |= self.steps(trigger, None if trigger is Trigger.SEND_FAILED else wait, further) if trigger else {}
        fields |= {"send_at": self.world.time.text(later)} if later else {}
        self.requests[to] = key, fields
        self.dying(death, lambda: self.world.say(key=key, **fields))
        return to

    def steps(self, trigger: Trigger, wait: int | None, further: Any) -> dict[str, Any]:
        """One step by SMS, or a second one on the other gateway."""
        first = self.world.instead(trigger, wait)["fallback"]
        if further is None:
            return {"fallback": first}
        second = {"channel_id": self.world.other_gateway, "trigger": further[0], "wait": further[1], "text": "Again"}
        return {"fallbacks": [first, {name: value for name, value in second.items() if value is not None}]}

    @rule(to=said, death=DEATH)
    def repeats_the_request(self, to: str, death: Any) -> None:
        key, fields = self.requests[to]
        self.dying(death, lambda: self.world.say(key=key, **fields))

    @rule(to=said)
    def cancels(self, to: str) -> None:
        self.dying(None, lambda: messages.cancel(self.world.organization, self.id(to)))

    @rule(on=st.sampled_from([True, True, True, False]))
    def switches(self, on: bool) -> None:
        self.world.switch(self.world.whatsapp, on=on)

    @rule()
    def binds_again(self) -> None:
        settings = {"waba_id": WABA, "phone_number_id": NUMBER}
        self.world.bind(self.world.whatsapp, settings, {"access_token": "EAA-token"})

    # ---- time, queues and workers

    @rule(seconds=SECONDS)
    def passes(self, seconds: int) -> None:
        self.world.time.forward(seconds)

    @precondition(lambda self: self.ready())
    @rule(which=st.integers(0, 20), death=DEATH)
    def works(self, which: int, death: Any) -> None:
        """Any record that is due, whatever its place in the queue; its worker may die at any call."""
        record = self.ready()[which % len(self.ready())]
        self.dying(death, lambda: self.world.pump._invoke(record.queue, [record]))

    @rule(seconds=SECONDS)
    def works_for_a_while(self, seconds: int) -> None:
        self.world.run(seconds)

    @precondition(lambda self: self.ready())
    @rule(which=st.integers(0, 20))
    def delivers_twice(self, which: int) -> None:
        record = self.ready()[which % len(self.ready())]
        self.world.pump._put(record.queue, record.body, self.world.time())

    @rule(name=st.sampled_from(["release_holds", "reconcile_messages"]), death=DEATH)
    def runs_a_job(self, name: str, death: Any) -> None:
        self.dying(death, lambda: self.world.pump.job(name, 900_000))

    # ---- the platforms

    @precondition(lambda self: self.world.meta.accepted)
    @rule(which=st.integers(0, 9), word=WORDS)
    def reports(self, which: int, word: str) -> None:
        """Meta tells of anything it ever accepted, as often as it likes."""
        accepted = self.world.meta.accepted
        self.world.meta.says(self.world.meta.report(accepted[which % len(accepted)], word))

    @precondition(lambda self: self.world.meta.accepted)
    @rule(which=st.integers(0, 9), word=WORDS)
    def reports_and_is_heard(self, which: int, word: str) -> None:
        self.reports(which, word)
        self.world.pump.drain("webhooks")

    @precondition(lambda self: self.world.sms.accepted)
    @rule(which=st.integers(0, 9), word=st.sampled_from(["ACCEPTD", "DELIVRD", "UNDELIV"]))
    def reports_an_sms(self, which: int, word: str) -> None:
        accepted = self.world.sms.accepted
        self.world.sms.says(accepted[which % len(accepted)], word)

    # ---- what must hold

    @invariant()
    def promises(self) -> None:
        now = {state.id: state for state in self.states()}
        for state in now.values():
            self.nobody_is_served_twice(state)
            if state.id in self.known:
                self.grows(self.known[state.id], state)
                self.no_copy_of_what_had_arrived(self.known[state.id], state)
        self.known = now

    def nobody_is_served_twice(self, state: State) -> None:
        times = len(self.world.meta.of(state.id)) + len(self.world.sms.of(state.id))
        assert times <= 1 + (state.resent and state.lane is Lane.OTP), (times, state)
        assert state.status not in PROOF or times, state

    def grows(self, before: State, now: State) -> None:
        """A status falls only by its owner, who gives it back, or by the one resend of a code; nothing is undone."""
        if now.rank < before.rank:
            assert (before.status, now.status) in GIVEN_BACK, (before, now)
            assert before.status is Status.SENDING or (now.lane is Lane.OTP and now.resent and not before.resent), now
        assert set(before.times) <= set(now.times), (before, now)
        assert (now.step, now.attempt) >= (before.step, before.attempt), (before, now)
        assert before.fired_at in (None, now.fired_at), (before, now)

    def no_copy_of_what_had_arrived(self, before: State, now: State) -> None:
        """Neither the leg that is left nor the message that was accepted had reached what the next one is for."""
        if now.fired_at and not before.fired_at:
            assert now.trigger is not None
            root = self.known.get(now.root, before)
            for leg in (before, root):
                assert leg.trigger is not None
                assert leg.rank < rank(GOAL[leg.trigger]), (leg, now)
            assert before.status not in (Status.CANCELLED, Status.SKIPPED), (before, now)

    def teardown(self) -> None:
        """The faults are over and time goes on: past every wait, every lease and every time to live."""
        if not hasattr(self, "world"):
            return
        self.world.switch(self.world.whatsapp, on=True)
        self.world.pump.batch = 10
        for _ in range(3):
            self.binds_again()
            self.world.pump.live(1.5)
        for state in self.states():
            self.nobody_is_served_twice(state)
            self.ended(state)

    def ended(self, state: State) -> None:
        assert state.status in DONE, state
        assert state.status is not Status.UNKNOWN or state.settled, state
        if state.fired_at:
            assert store.get(state.organization, ids.copy_of(state.root, state.leg + 1)), state
        elif state.trigger:
            assert self.arrived(state) or state.status in WITHOUT_COPY[state.trigger], state

    def arrived(self, state: State) -> bool:
        """An earlier leg reached the goal, so this one needs no successor."""
        root = store.get(state.organization, state.root)
        assert root is not None
        assert state.trigger is not None
        return state.leg > 0 and root.trigger is not None and root.rank >= rank(GOAL[root.trigger])

    # ---- small things

    def dying(self, death: Any, act: Any) -> None:
        """Acts, and perhaps dies at the nth call. What the program says to its caller is not the matter here."""
        if death:
            self.world.faults.arm(*death)
        try:
            act()
        except (Killed, ParleyError, *AWS_ERRORS):
            pass
        finally:
            self.world.faults.disarm()

    def id(self, to: str) -> str:
        return ids.created(self.world.organization, "send_message", self.requests[to][0])

    def ready(self) -> list[Record]:
        self.world.pump._fire_schedules()
        return sorted(record for record in self.world.pump.records if record.due <= self.world.time())

    def states(self) -> list[State]:
        found = [store.get(self.world.organization, self.id(to)) for to in self.requests]
        copies = [
            store.get(each.organization, ids.copy_of(each.id, step))
            for each in found
            if each
            for step in range(1, each.step + 1)
        ]
        return [state for state in [*found, *copies] if state]


def test_any_life(quick: World) -> None:
    quick.approved("code", "AUTHENTICATION")
    quick.run()
    snapshots[:] = [Snapshot(quick)]
    bounded = settings(
        max_examples=EXAMPLES, stateful_step_count=STEPS, deadline=None, suppress_health_check=list(HealthCheck)
    )
    run_state_machine_as_test(Life, settings=bounded)
