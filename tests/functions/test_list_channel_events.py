"""list_channel_events: what happened to a channel, repeats folded, kept 30 days."""

from parley.model.times import DAY
from parley.store import channel_events

from tests.support import builders, kept
from tests.support.builders import ORGANIZATION, WHATSAPP
from tests.support.events import call
from tests.support.time import NOW, Clock


def test_the_newest_hour_first_and_repeats_folded(time: Clock) -> None:
    builders.organization()
    builders.channel()
    for kind, seconds in (("bound", 0), ("webhook_refused", 3600), ("webhook_refused", 3660)):
        channel_events.log(ORGANIZATION, WHATSAPP, kind, NOW + seconds * 1000, "detail")
    first, second = call("list_channel_events").body["items"]
    assert first == {
        "kind": "webhook_refused",
        "first_at": time.text(3600),
        "last_at": time.text(3660),
        "count": 2,
        "detail": "detail",
    }
    assert (second["kind"], second["count"]) == ("bound", 1)


def test_a_line_is_kept_for_thirty_days() -> None:
    channel_events.log(ORGANIZATION, WHATSAPP, "bound", NOW)
    assert kept.items("EVENT#", "runtime")[0]["expires"] == (NOW + 30 * DAY) // 1000
