"""The control items of a whole batch in one consistent read: no cache decides whether something may be sent."""

from collections.abc import Iterable
from typing import NamedTuple

from parley.model.channel import Channel
from parley.model.message import State
from parley.model.template import Template
from parley.store import channels, keys, messages, people, table, templates
from parley.store.people import STRANGER, Person
from parley.store.table import Item


class Controls(NamedTuple):
    """What decides over messages, by organization and id; `contents` and `sealed` ride along in the same read.
    `people` are by organization, channel and address."""

    channels: dict[tuple[str, str], Channel]
    templates: dict[tuple[str, str], Template]
    contents: dict[tuple[str, str], Item]
    sealed: dict[tuple[str, str], tuple[bytes, int]]
    people: dict[tuple[str, str, str], Person]

    def person_of(self, state: State) -> Person:
        return self.people.get((state.organization, state.channel, state.to), STRANGER)


def states(wanted: Iterable[tuple[str, str]]) -> dict[tuple[str, str], State]:
    items = table.get_many(table.data(), [keys.state(organization, message) for organization, message in wanted])
    found = [messages.read(item) for item in items]
    return {(state.organization, state.id): state for state in found}


def load(wanted: Iterable[State]) -> Controls:
    each = list(wanted)
    items = table.get_many(table.data(), [key for state in each for key in _keys(state)])
    by_key = {(item["pk"], item["sk"]): item for item in items}
    found = Controls({}, {}, {}, {}, {})
    for state in each:
        _sort_in(found, state, by_key)
    return found


def _keys(state: State) -> list[keys.Key]:
    o = state.organization
    wanted = [
        keys.channel(o, state.channel),
        keys.credential(o, state.channel),
        keys.content(o, state.id, state.fingerprint),
        keys.person(o, state.channel, state.to),
    ]
    return [*wanted, keys.template(o, state.template)] if state.template else wanted


def _sort_in(found: Controls, state: State, by_key: dict[tuple[str, str], Item]) -> None:
    channel, sealed, content, person, *template = [by_key.get((key["pk"], key["sk"])) for key in _keys(state)]
    o = state.organization
    if channel:
        found.channels[o, state.channel] = channels.read(channel)
    if sealed:
        found.sealed[o, state.channel] = (sealed["sealed"], sealed["version"])
    if content:
        found.contents[o, state.id] = content
    if person:
        found.people[o, state.channel, state.to] = people.read(person)
    if template and template[0] and state.template:
        found.templates[o, state.template] = templates.read(template[0])
