"""A person's service window on a channel, kept by the platform's own id for them; what was dialled is an alias."""

from parley.store import keys, table
from parley.store.table import ConditionFailed


def saw(organization: str, channel: str, who: str, at: int) -> None:
    """Remembers the newest message of a person; an older one that comes late changes nothing."""
    condition = "attribute_not_exists(last_inbound_at) OR last_inbound_at < :at"
    try:
        table.update(
            table.data(), keys.person(organization, channel, who), "SET last_inbound_at = :at", condition, {":at": at}
        )
    except ConditionFailed:
        return


def last_inbound(organization: str, channel: str, dialled: str) -> int | None:
    """When this person last wrote, in epoch milliseconds."""
    alias = table.get(table.data(), keys.alias(organization, channel, dialled))
    wanted = {dialled, alias["person"]} if alias else {dialled}
    found = table.get_many(table.data(), [keys.person(organization, channel, who) for who in wanted])
    return max((item["last_inbound_at"] for item in found), default=None)


def know_as(organization: str, channel: str, dialled: str, who: str) -> None:
    """The platform knows the dialled number under another id (Brazil's ninth digit, Mexico's 1)."""
    if dialled != who:
        table.put(table.data(), {**keys.alias(organization, channel, dialled), "person": who})
