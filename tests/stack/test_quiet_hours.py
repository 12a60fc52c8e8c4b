"""Quiet hours on the deployed stack, whose layer has to bring the zones of numbers."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from local import clock
from tests.support.stack_client import Shop, eventually
from tests.support.stack_simulators import Simulators


def test_marketing_waits_while_it_is_night_where_they_are(shop: Shop, simulators: Simulators) -> None:
    """By the clock in Germany, where the simulated people live."""
    owner, settings = shop.organization, f"/channel_accounts/{shop.whatsapp}/service_settings"
    news = owner.submit(shop.whatsapp, "evening_news", "We are open until ten tonight.", category="MARKETING")
    eventually(lambda: owner.template(news)["status"] == "approved", 20, lambda: owner.template(news))
    now = datetime.fromtimestamp(clock.now(owner.stack), UTC).astimezone(ZoneInfo("Europe/Berlin"))
    start, end = (f"{now + timedelta(hours=hours):%H:%M}" for hours in (-2, 2))
    owner.call("PATCH", settings, {"quiet_hours": {"start": start, "end": end, "time_zone": "Asia/Tokyo"}})
    to = simulators.person(1)
    sent = shop.send(to, type="template", template="evening_news", language="en")["id"]
    eventually(lambda: owner.message(sent)["held"] == "quiet", 20, lambda: owner.message(sent))
    assert simulators.log(to) == []
    owner.call("PATCH", settings, {"quiet_hours": None})
    owner.reaches(sent, "read")
    assert len(simulators.log(to)) == 1
