"""Where the daily reconciliation had to stop, so that the next run begins there and the tail is reached."""

from parley.store import keys, table


def stop_at(organization: str, channel: str) -> None:
    table.put(table.runtime(), {**keys.reconciliation(), "organization": organization, "channel": channel})


def stopped_at() -> tuple[str, str]:
    kept = table.get(table.runtime(), keys.reconciliation())
    return (kept["organization"], kept["channel"]) if kept else ("", "")
