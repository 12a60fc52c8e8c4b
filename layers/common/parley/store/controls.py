"""The control items of a whole batch in one consistent read: no cache decides whether something may be sent."""

from collections.abc import Iterable
from typing import NamedTuple

from parley.cloud import clock
from parley.model.channel import Channel
from parley.model.message import State
from parley.model.run import Run
from parley.model.template import Template
from parley.store import broadcast_keys, channels, keys, messages, people, table, templates
from parley.store.people import Known
from parley.store.table import Item
from parley.store.words import Whom


class Controls(NamedTuple):
    """What decides over messages, by organization and id; `contents` and `sealed` ride along in the same read.
    `people` are by organization, channel and address."""

    channels: dict[tuple[str, str], Channel]
    templates: dict[tuple[str, str], Template]
    contents: dict[tuple[str, str], Item]
    sealed: dict[tuple[str, str], tuple[bytes, int]]
    runs: dict[tuple[str, str], Run]
    people: dict[Whom, Known]

    def person_of(self, state: State) -> Known:
        return self.people[_whom(state)]


def states(wanted: Iterable[tuple[str, str]]) -> dict[tuple[str, str], State]:
    return arriving(wanted, [])[0]


def arriving(
    wanted: Iterable[tuple[str, str]], broadcasts: Iterable[tuple[str, str]]
) -> tuple[dict[tuple[str, str], State], dict[tuple[str, str], Run]]:
    """Messages, and the broadcasts of which rows may come that have no item yet; both by organization and id."""
    named = [keys.state(*each) for each in wanted] + [broadcast_keys.broadcast(*each) for each in broadcasts]
    items = table.get_many(table.data(), named)
    found = [messages.read(item) for item in items if item["sk"] == "STATE"]
    runs = [Run.model_validate(item) for item in items if item["sk"] != "STATE"]
    return {(each.organization, each.id): each for each in found}, {(each.organization, each.id): each for each in runs}


def load(wanted: Iterable[State]) -> Controls:
    each = list(wanted)
    whom = [_whom(state) for state in each]
    about = [key for one in whom for key in people.keys_of(one)]
    items = table.get_many(table.data(), [*about, *(key for state in each for key in _keys(state).values())])
    by_key = {(item["pk"], item["sk"]): item for item in items}
    found = Controls({}, {}, {}, {}, {}, people.about_all(whom, items, clock.now()))
    for state in each:
        _sort_in(found, state, by_key)
    return found


def _whom(state: State) -> Whom:
    return state.organization, state.channel, state.to


def _keys(state: State) -> dict[str, keys.Key]:
    """A row of a broadcast has no content of its own, but a run."""
    o = state.organization
    wanted = {
        "channel": keys.channel(o, state.channel),
        "sealed": keys.credential(o, state.channel),
    }
    if state.broadcast:
        wanted["run"] = broadcast_keys.broadcast(o, state.broadcast)
    else:
        wanted["content"] = keys.content(o, state.id, state.fingerprint)
    return wanted | ({"template": keys.template(o, state.template)} if state.template else {})


def _sort_in(found: Controls, state: State, by_key: dict[tuple[str, str], Item]) -> None:
    """What messages have in common is read once: a batch is often of one channel, template and run."""
    o, items = state.organization, {name: by_key.get((key["pk"], key["sk"])) for name, key in _keys(state).items()}
    if (channel := items["channel"]) and (o, state.channel) not in found.channels:
        found.channels[o, state.channel] = channels.read(channel)
    if sealed := items["sealed"]:
        found.sealed[o, state.channel] = (sealed["sealed"], sealed["version"])
    if content := items.get("content"):
        found.contents[o, state.id] = content
    if (run := items.get("run")) and state.broadcast and (o, state.broadcast) not in found.runs:
        found.runs[o, state.broadcast] = Run.model_validate(run)
    if (template := items.get("template")) and state.template and (o, state.template) not in found.templates:
        found.templates[o, state.template] = templates.read(template)
