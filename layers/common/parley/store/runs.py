"""Where a job that goes from channel to channel had to stop: its next run begins there, so that the tail is reached."""

from parley.store import keys, table


def stop_at(job: str, organization: str, channel: str) -> None:
    table.put(table.runtime(), {**keys.position(job), "organization": organization, "channel": channel})


def stopped_at(job: str) -> tuple[str, str]:
    kept = table.get(table.runtime(), keys.position(job))
    return (kept["organization"], kept["channel"]) if kept else ("", "")
