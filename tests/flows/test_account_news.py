"""What a platform decides about numbers and accounts: kept once for every channel that it is about, and told."""

from typing import Any

import pytest
from parley.model.organization import NewOrganization
from parley.operations import binding, channels, organizations
from parley.store import channel_events, receipt_keys, table

from tests.support import chatapp_consumer
from tests.support.metrics import counted
from tests.support.phones import APP_SECRET
from tests.support.told import SHOP, Told
from tests.support.world import NUMBER, OTHER_NUMBER, WABA, World

Json = dict[str, Any]
PHONE = {"display_phone_number": "34600000001"}
VIOLATION = {"event": "ACCOUNT_VIOLATION", "violation_info": {"violation_type": "SPAM"}}
OWN = "own-app-secret"


@pytest.fixture
def told(world: World, monkeypatch: pytest.MonkeyPatch) -> Told:
    return Told(world, monkeypatch)


def happens(world: World, field: str, value: Json, at: int | None = None, **entry: Any) -> None:
    """At the platform, at this second; applied here at once."""
    time = world.time() // 1000 if at is None else at
    assert world.meta.posts(field, value, **{"id": WABA, "time": time, **entry}) == 200
    world.hears()


def news(world: World, channel: str, kind: str) -> Json | None:
    return table.get(table.data(), receipt_keys.account_news(world.organization, channel, kind))


def logged(world: World, channel: str) -> dict[str, tuple[str, int]]:
    lines = channel_events.page(world.organization, channel, None, 100)[0]
    return {line.kind: (line.detail, line.count) for line in lines}


def number(world: World, phone: str = OTHER_NUMBER, waba: str = WABA) -> str:
    """Another channel with a number of its own."""
    world.meta.numbers.setdefault(phone, "+34 600 00 00 03")
    return world.bound("WHATSAPP_CLOUD", {"waba_id": waba, "phone_number_id": phone}, {"access_token": "EAA-token"})


def read(told: Told) -> list[Json]:
    """What the business reads with a consumer that knows the published fields alone."""
    bodies = [post.body for post in told.servers.at(SHOP)]
    return [
        each.model_dump(exclude_none=True) for body in bodies for each in chatapp_consumer.read("ChatAppAudit", body)
    ]


def test_news_of_a_number_are_of_the_channel_that_has_it(world: World) -> None:
    other = number(world)
    refused = {**PHONE, "decision": "REJECTED", "requested_verified_name": "Acme", "rejection_reason": "NOT_YOURS"}
    happens(world, "phone_number_name_update", refused, at=1_790_000_000)
    kept = news(world, world.whatsapp, "phoneNameUpdate")
    assert kept is not None
    wanted = {"news": "phoneNameUpdate", "status": "REJECTED", "reason": "NOT_YOURS", "at": 1_790_000_000_000}
    assert kept.items() >= {**wanted, "number": "+34600000001", "account": WABA}.items()
    assert logged(world, world.whatsapp)["number_name"] == ("REJECTED: NOT_YOURS", 1)
    assert news(world, other, "phoneNameUpdate") is None


def test_news_of_an_account_are_of_all_its_channels(world: World) -> None:
    other, elsewhere = number(world), number(world, "106540352249998", "900900900")
    happens(world, "account_update", VIOLATION)
    for channel in (world.whatsapp, other):
        kept = news(world, channel, "wabaAccountUpdate#ACCOUNT_VIOLATION")
        assert kept is not None
        assert (kept["status"], kept["details"]) == ("ACCOUNT_VIOLATION", VIOLATION)
        assert logged(world, channel)["account_update"] == ("ACCOUNT_VIOLATION", 1)
    assert news(world, elsewhere, "wabaAccountUpdate#ACCOUNT_VIOLATION") is None


def test_the_newest_word_stays_in_whatever_order_it_comes(world: World) -> None:
    for at, word in [
        (20, "APPROVED"),
        (10, "PENDING"),
        (20, "APPROVED"),
        (20, "REJECTED"),
        (30, "DEFERRED"),
        (20, "X"),
    ]:
        happens(world, "account_review_update", {"decision": word}, at=1_790_000_000 + at)
    kept = news(world, world.whatsapp, "wabaReviewUpdate")
    assert kept is not None
    assert (kept["status"], kept["at"]) == ("DEFERRED", 1_790_000_030_000)
    assert logged(world, world.whatsapp)["account_review"] == ("DEFERRED", 3)  # a repeat of the newest counts


def test_a_reason_goes_with_the_word_that_it_was_of(world: World) -> None:
    for at, more in [(1, {"decision": "REJECTED", "rejection_reason": "NOT_YOURS"}), (2, {"decision": "APPROVED"})]:
        happens(world, "phone_number_name_update", {**PHONE, **more}, at=1_790_000_000 + at)
    kept = news(world, world.whatsapp, "phoneNameUpdate")
    assert kept is not None
    assert (kept["status"], kept.get("reason")) == ("APPROVED", None)


def test_what_has_no_time_happened_when_we_heard_of_it(world: World) -> None:
    happens(world, "account_review_update", {"decision": "APPROVED"}, time=None)
    kept = news(world, world.whatsapp, "wabaReviewUpdate")
    assert kept is not None
    assert abs(kept["at"] - world.time()) < 60_000


@pytest.mark.parametrize("value", [{"id": "1"}, {"id": "900900900"}])
def test_news_of_nobody_are_counted(world: World, value: Json, capsys: pytest.CaptureFixture[str]) -> None:
    happens(world, "account_update", VIOLATION, **value)
    happens(world, "phone_number_quality_update", {"display_phone_number": "4930123456", "event": "ONBOARDING"})
    assert counted(capsys)["AccountOfNobody"] == 2


def test_a_channel_that_left_the_account_hears_nothing_more(world: World) -> None:
    binding.unbind(world.organization, world.whatsapp)
    happens(world, "account_update", VIOLATION)
    world.bind(world.whatsapp, {"waba_id": "900900900", "phone_number_id": NUMBER}, {"access_token": "EAA-token"})
    happens(world, "account_update", VIOLATION)
    assert news(world, world.whatsapp, "wabaAccountUpdate#ACCOUNT_VIOLATION") is None
    happens(world, "account_update", VIOLATION, id="900900900")
    assert news(world, world.whatsapp, "wabaAccountUpdate#ACCOUNT_VIOLATION") is not None


def test_a_deleted_channel_hears_nothing_more(world: World) -> None:
    channels.delete(world.organization, world.whatsapp)
    happens(world, "account_update", VIOLATION)
    assert news(world, world.whatsapp, "wabaAccountUpdate#ACCOUNT_VIOLATION") is None


def test_an_app_of_somebody_else_speaks_for_itself_alone(world: World) -> None:
    """Two organizations may have numbers of one account; the deployment's own app speaks for both."""
    mine, world.organization = world.organization, organizations.create(NewOrganization(name="Rival"), None, None).id
    settings = {"waba_id": WABA, "phone_number_id": OTHER_NUMBER}
    rival = world.bound("WHATSAPP_CLOUD", settings, {"access_token": "EAA-token", "app_secret": OWN})
    happens(world, "account_update", VIOLATION, secret=OWN, path=rival)
    happens(world, "phone_number_quality_update", {**PHONE, "event": "FLAGGED"}, secret=OWN, path=rival)
    assert news(world, rival, "wabaAccountUpdate#ACCOUNT_VIOLATION") is not None
    world.organization = mine
    assert news(world, world.whatsapp, "wabaAccountUpdate#ACCOUNT_VIOLATION") is None
    assert news(world, world.whatsapp, "phoneQualityUpdate") is None
    happens(world, "account_update", VIOLATION, secret=APP_SECRET)
    assert news(world, world.whatsapp, "wabaAccountUpdate#ACCOUNT_VIOLATION") is not None


def test_the_business_is_told_in_the_published_words(told: Told) -> None:
    told.endpoint(kinds=["ChatAppAudit"], batch_size=1)
    quality = {**PHONE, "event": "DOWNGRADE", "new_quality_score": "YELLOW"}
    happens(told.world, "phone_number_name_update", {**PHONE, "decision": "APPROVED"})
    happens(told.world, "phone_number_quality_update", quality)
    happens(told.world, "phone_number_quality_update", quality)
    happens(told.world, "account_review_update", {"decision": "REJECTED"})
    happens(told.world, "account_update", VIOLATION)
    told.run()
    of, phone = {"WabaId": WABA}, {"PhoneNumber": "34600000001"}
    assert sorted(read(told), key=lambda each: each["Type"]) == [
        {**of, **phone, "Type": "phoneNameUpdate", "Status": "APPROVED"},
        {**of, **phone, "Type": "phoneQualityUpdate", "Status": "YELLOW"},
        {**of, **phone, "Type": "wabaAccountUpdate", "Status": "ACCOUNT_VIOLATION"},
        {**of, "Type": "wabaReviewUpdate", "Status": "REJECTED"},
    ]
