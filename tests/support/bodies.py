"""Bodies of messages that many tests send, as changes of the sample."""

from typing import Any

from tests.support.builders import SMS
from tests.support.events import LEFT_OUT, Json

_NO_TEMPLATE = dict.fromkeys(("template", "language", "variables", "fallback"), LEFT_OUT)
TEXT: Json = {"type": "text", "text": "We open at nine.", **_NO_TEMPLATE}
BY_SMS: Json = {**TEXT, "channel_id": SMS}


def policy(trigger: str, **changes: Any) -> Json:
    """A fallback to SMS."""
    return {"channel_id": SMS, "trigger": trigger, "text": "Your order is ready.", **changes}
