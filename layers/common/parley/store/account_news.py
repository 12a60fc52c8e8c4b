"""The newest word of a platform on the number or the account of a channel."""

from parley.store import receipt_keys, table
from parley.store.table import ConditionFailed, Item


def keep(organization: str, channel: str, kind: str, news: Item, at: int) -> bool:
    """Writes it unless there is newer news of this kind, or some of the same time. Whether it is the newest word now,
    also where an earlier try has written it. `at`: epoch milliseconds."""
    known = {name: value for name, value in news.items() if value is not None} | {"at": at}
    item = {**receipt_keys.account_news(organization, channel, kind), **known}
    condition, values = "attribute_not_exists(pk) OR #at < :at", {":at": at}
    try:
        table.replace(table.data(), item, condition, values, {"#at": "at"})
    except ConditionFailed as failed:
        return failed.old == item
    return True
