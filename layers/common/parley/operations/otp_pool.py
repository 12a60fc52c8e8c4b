"""The pool at work: which number a one-time code goes out from, chosen when it is about to be sent."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial

from parley.cloud import clock
from parley.errors import Disconnected, ProviderError, Rejected, Throttled, Unavailable
from parley.model import countries
from parley.model.channel import Channel
from parley.model.decision import Decision, Step
from parley.model.lane import Category
from parley.model.message import Fault, State
from parley.model.otp_scheduling import OtpScheduling
from parley.model.scheduling import Candidate, Load, SchedulingResource, choose
from parley.model.template import Template
from parley.model.times import SECOND
from parley.operations import services
from parley.operations.each import each
from parley.operations.scheduling_resources import patience
from parley.settings import settings
from parley.store import organizations, pool
from parley.store import scheduling as store
from parley.store.controls import Controls
from parley.store.pool import Sealed

NOBODY = Fault(code="no_scheduling_resource", message="No number of the pool could send to this country.")


@dataclass(frozen=True)
class Route:
    """The number that a code goes out from, instead of its channel's own."""

    resource: SchedulingResource
    load: Load
    most: int
    channel: Channel
    template: Template
    sealed: Sealed

    @property
    def recorded(self) -> tuple[str, str]:
        """What its message keeps of it: the sender by the platform's id, and the resource."""
        return self.channel.bound.sender_id, self.resource.id


Found = dict[str, Route | Decision]
Group = list[State]


def routes(states: Iterable[State], known: Controls) -> Found:
    """By message, for those that are scheduled: the number of the pool, or what to do where there is none.

    A message that goes out from its own number is not in it."""
    groups: dict[tuple[str, str, str | None], Group] = defaultdict(list)
    for state in states:
        if _is_scheduled(state, known):
            groups[state.organization, state.channel, state.template].append(state)
    found: Found = {}
    for group in groups.values():
        if not each("no number could be chosen", partial(_of_group, group, known, found)):
            found |= {state.id: Decision(step=Step.GIVE_BACK) for state in group}
    return found


def _is_scheduled(state: State, known: Controls) -> bool:
    """A code that went out from its own number, and may have arrived, goes out from that one again."""
    if state.category is not Category.AUTHENTICATION or not state.template or (state.resent and not state.resource):
        return False
    wanted = _settings(known.channels[state.organization, state.channel])
    return wanted is not None and wanted.schedules(state.address, state.category)


def _settings(channel: Channel) -> OtpScheduling | None:
    kept = channel.service.get("otp_scheduling")
    return OtpScheduling.model_validate(kept) if kept else None


def _of_group(group: Group, known: Controls, found: Found) -> None:
    """Messages of one channel and template."""
    first, rules, now = group[0], patience(), clock.now()
    offers = _offers(first, frozenset().union(*map(_countries, group)), known)
    taken: Counter[str] = Counter()
    for state in group:
        free = [_candidate(offer, taken[offer.resource.id]) for offer in offers.values()]
        best = choose(free, _countries(state), rules, now, state.resource if state.resent else None)
        taken += Counter([best.resource.id] if best else [])
        found |= {state.id: offers[best.resource.id]} if best else _without(state, known)


def _countries(state: State) -> frozenset[str]:
    return countries.of_number(state.address.value)


def _candidate(offer: Route, taken: int) -> Candidate:
    return Candidate(offer.resource, offer.load._replace(used=offer.load.used + taken), offer.most)


def _without(state: State, known: Controls) -> Found:
    wanted = _settings(known.channels[state.organization, state.channel])
    if wanted and wanted.use_own_numbers:
        return {}
    return {state.id: Decision(step=Step.FAIL, fault=NOBODY)}


def _offers(state: State, to: frozenset[str], known: Controls) -> dict[str, Route]:
    """By resource: what the organization and its service provider have for these countries, as far as it can send this
    template."""
    own = known.channels[state.organization, state.channel]
    template = known.templates[state.organization, state.template or ""]
    serving = _serving(state.organization, to)
    loads = store.loads(serving, clock.now())
    kept = pool.equipment([(one.organization_id, one.channel_id) for one in serving], template)
    made = [
        _offer(one, kept.get((one.organization_id, one.channel_id)), loads[one.id], own, template) for one in serving
    ]
    return {offer.resource.id: offer for offer in made if offer}


def _serving(organization: str, to: frozenset[str]) -> list[SchedulingResource]:
    owner = organizations.owner(organization)
    resources = [one for o in (organization, owner) if o for one in store.all_of(o)]
    return [one for one in resources if one.enabled and not to.isdisjoint(one.countries)]


def _offer(
    resource: SchedulingResource, kept: pool.Equipment | None, load: Load, own: Channel, template: Template
) -> Route | None:
    """None where the resource's channel cannot send this template."""
    if kept is None or not kept.channel.can_send or kept.sealed[1] != kept.channel.bound.version:
        return None
    same = kept.template.sendable and kept.template.category is Category.AUTHENTICATION
    if kept.channel.type is not own.type or not same or not set(kept.template.variables) <= set(template.variables):
        return None
    pace = services.of(kept.channel).messages_per_second * 60
    most = resource.capacity or max(1, round(pace))
    return Route(resource, load, most, kept.channel, kept.template, kept.sealed)


def reserve(route: Route) -> bool:
    """Takes one code of its capacity; False: others were faster."""
    return store.reserve(route.resource.id, route.most, clock.now())


def is_for_its_sender(error: ProviderError) -> bool:
    """Certainly not accepted, for a reason that another number may not have."""
    match error:
        case Throttled(scope=scope) | Rejected(scope=scope):
            return scope in ("sender", "template")
    return isinstance(error, Disconnected | Unavailable)


def refused(route: Route, error: ProviderError) -> None:
    """One more failure of the number in a row. It rests where the next code would be refused as well."""
    store.worsen(route.resource.id, "failures", clock.now())
    match error:
        case Throttled(retry_after=seconds):
            rest(route, seconds * SECOND)
        case Rejected(scope="sender"):
            rest(route, settings().pool_rest * SECOND)


def rest(route: Route, milliseconds: float) -> None:
    """Nothing goes out from the number for so long."""
    now = clock.now()
    store.rest(route.resource.id, now + round(milliseconds), now)


def accepted(route: Route) -> None:
    if route.load.failures:
        store.heal(route.resource.id, "failures")


def learned(state: State, converted: bool) -> None:
    """What became of a code says how well the number does that sent it."""
    if state.resource and converted:
        store.heal(state.resource, "misses")
    elif state.resource:
        store.worsen(state.resource, "misses", clock.now())
