"""get_service_settings: SMS is off until somebody turns it on."""

from parley.model.channel import ServiceSettings

from tests.support import builders
from tests.support.events import call

DEFAULTS = ServiceSettings().model_dump()


def test_the_defaults() -> None:
    builders.organization()
    builders.channel(service={})
    answer = call("get_service_settings")
    assert (answer.status, answer.body) == (200, DEFAULTS | {"activate_sms": False, "messages_per_second": 80.0})


def test_what_was_set() -> None:
    builders.organization()
    builders.channel(service={"activate_sms": True, "messages_per_second": 12.5})
    settings = {"activate_sms": True, "messages_per_second": 12.5}
    assert call("get_service_settings").body == DEFAULTS | settings
