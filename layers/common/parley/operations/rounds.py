"""Jobs that go from channel to channel, and go on tomorrow where they had to stop today."""

from collections.abc import Callable, Iterator

from parley.store import channels, organizations
from parley.store import runs as store


def channels_in_turn(job: str, left: Callable[[], int], margin: int) -> Iterator[tuple[str, str]]:
    """Every channel with its organization, beginning with the one at which the last run of this job stopped; ends when
    less than `margin` milliseconds are left."""
    for organization, channel in _beginning_with(store.stopped_at(job)):
        if left() < margin:
            store.stop_at(job, organization, channel)
            return
        yield organization, channel
    store.stop_at(job, "", "")


def _beginning_with(first: tuple[str, str]) -> list[tuple[str, str]]:
    found = sorted((o, channel.id) for o in organizations.all_ids() for channel in channels.list_all(o))
    return [one for one in found if one >= first] + [one for one in found if one < first]
