"""The newest word of a platform on the number or the account of a channel."""

from parley.store import receipt_keys, table
from parley.store.table import ConditionFailed, Item


def keep(organization: str, channel: str, kind: str, news: Item, at: int) -> bool:
    """Writes it unless there is newer news of this kind, or some of the same time. Whether it is the newest word now,
    also where an earlier try has written it."""
    key = receipt_keys.account_news(organization, channel, kind)
    fields = {"at": at, **{name: value for name, value in news.items() if value is not None}}
    gone = [f"#{name}" for name, value in news.items() if value is None]
    sets = ", ".join(f"#{name} = :{name}" for name in fields)
    removed = f" REMOVE {', '.join(gone)}" if gone else ""
    values, names = {f":{name}": value for name, value in fields.items()}, {f"#{name}": name for name in ("at", *news)}
    try:
        table.update(table.data(), key, f"SET {sets}{removed}", "attribute_not_exists(pk) OR #at < :at", values, names)
    except ConditionFailed as failed:
        old = failed.old or {}
        return {name: old.get(name) for name in fields} == fields
    return True
