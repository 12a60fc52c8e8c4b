"""What the changes of one organization are about, read at once: channels, templates, contents."""

import logging
import re
from collections.abc import Iterable
from typing import NamedTuple

from parley import providers
from parley.cloud.metrics import count
from parley.model.channel import Channel
from parley.model.receipt import Origin
from parley.store import bindings, channels, keys, messages, table
from parley.store.table import Item

log = logging.getLogger("parley")
OF_CHANNEL = re.compile(r"^ORG#[^#]+#CHANNEL#([^#]+)$")


class Change(NamedTuple):
    """An item before and after a write, and when that was, in epoch milliseconds."""

    old: Item | None
    new: Item
    at: int

    @property
    def before(self) -> Item:
        return self.old or {}

    @property
    def kind(self) -> str:
        """STATE, TEMPLATE, NEWS or PERSON."""
        return str(self.new["sk"]).partition("#")[0]

    @property
    def channel(self) -> str:
        if self.kind == "STATE":
            return str(messages.plain(self.new)["channel"])
        inside = OF_CHANNEL.match(str(self.new["pk"]))
        return inside[1] if inside else str(self.new.get("channel_id", ""))


class Known(NamedTuple):
    """By id; contents by the message's id. `senders`: numbers of the pool by (platform, the platform's id), as far as
    they were asked for."""

    channels: dict[str, Channel]
    templates: dict[str, Item]
    contents: dict[str, Item]
    senders: dict[tuple[str, str], str]

    def origin(self, id: str, organization: str, channel: str, at: int, number: str = "") -> Origin:
        """Where an event happened. `number`: the business's own, where it is known from elsewhere."""
        found = self.channels.get(channel)
        if found is None or found.binding is None:
            return Origin(id, organization, channel, at, number)
        account = providers.account_of(found.binding)
        return Origin(id, organization, channel, at, number or found.binding.sender, account)

    def sender(self, platform: str, origin: str) -> str:
        """The number of the pool, as a person reads it; many messages go out from few."""
        if (platform, origin) not in self.senders:
            claim = bindings.claimed_by(platform, origin)
            channel = channels.get(*claim) if claim else None
            self.senders[platform, origin] = channel.bound.sender if channel and channel.binding else origin
        return self.senders[platform, origin]


def load(organization: str, changes: Iterable[Change]) -> Known:
    """Rows of broadcasts have no content of their own. What cannot be read is left out, and stops nothing else."""
    every = [each for each in changes if _is_readable(each)]
    states = [each.new for each in every if each.kind == "STATE"]
    wanted = [keys.channel(organization, name) for name in {each.channel for each in every} if name]
    wanted += [keys.template(organization, name) for name in {each.get("template") for each in states} if name]
    wanted += [_content(organization, state) for state in states if "broadcast" not in state]
    found = Known({}, {}, {}, {})
    for item in table.get_many(table.data(), wanted):
        try:
            _sort_in(found, item)
        except ValueError as error:
            log.exception("what a receipt is about could not be read", extra={"error": type(error).__name__})
            count("ReceiptContextUnreadable")
    return found


def _is_readable(change: Change) -> bool:
    try:
        return change.channel is not None
    except LookupError:
        return False


def _content(organization: str, state: Item) -> keys.Key:
    return keys.content(organization, str(state["pk"]).rpartition("#")[2], str(state.get("fingerprint")))


def _sort_in(found: Known, item: Item) -> None:
    kind, _, rest = str(item["sk"]).partition("#")
    if kind == "CHANNEL":
        found.channels[rest] = channels.read(item)
    elif kind == "TEMPLATE":
        found.templates[rest] = item
    else:
        found.contents[str(item["pk"]).rpartition("#")[2]] = item
