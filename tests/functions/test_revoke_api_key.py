"""revoke_api_key: for good, in both of its items."""

from tests.support import builders, kept
from tests.support.events import call
from tests.support.time import Clock


def test_ends_the_key(time: Clock) -> None:
    builders.key()
    answer = call("revoke_api_key")
    assert (answer.status, answer.body["revoked_at"], answer.body["secret"]) == (200, time.text(), None)
    assert [item["revoked_at"] for item in kept.items("APIKEY#")] == [time.text(), time.text()]


def test_the_first_time_stays(time: Clock) -> None:
    builders.key()
    first = call("revoke_api_key")
    time.forward(60)
    with kept.nothing_changes():
        assert call("revoke_api_key") == first
