"""Channels that send for another one, each with what it needs to send the same template."""

from typing import NamedTuple

from parley.model.channel import Channel
from parley.model.template import Template
from parley.store import channels, keys, table, templates
from parley.store.table import Item

Sealed = tuple[bytes, int]
Sender = tuple[str, str]
"""(organization, channel)"""


class Equipment(NamedTuple):
    channel: Channel
    template: Template
    sealed: Sealed


def equipment(senders: list[Sender], template: Template) -> dict[Sender, Equipment]:
    """Of those senders that have a credential, and a template of this name in this language; consistently read."""
    kept = _items([key for sender in senders for key in _keys(sender, template)])
    rows = {sender: [kept.get((key["pk"], key["sk"])) for key in _keys(sender, template)] for sender in senders}
    whole = {sender: [item for item in row if item] for sender, row in rows.items() if all(row)}
    named = {sender: keys.template(sender[0], row[2]["id"]) for sender, row in whole.items()}
    found = _items(list(named.values()))
    same = {sender: found.get((key["pk"], key["sk"])) for sender, key in named.items()}
    return {sender: _equipment(whole[sender], item) for sender, item in same.items() if item}


def _keys(sender: Sender, template: Template) -> tuple[keys.Key, keys.Key, keys.Key]:
    name = keys.template_name(*sender, template.name, template.language)
    return keys.channel(*sender), keys.credential(*sender), name


def _items(wanted: list[keys.Key]) -> dict[tuple[str, str], Item]:
    return {(item["pk"], item["sk"]): item for item in table.get_many(table.data(), wanted)}


def _equipment(row: list[Item], template: Item) -> Equipment:
    channel, credential, _ = row
    sealed = credential["sealed"], credential["version"]
    return Equipment(channels.read(channel), templates.read(template), sealed)
