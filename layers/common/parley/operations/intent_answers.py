"""What a business system answered to an intent: the reply in it goes on to whoever may send."""

import json

from parley.cloud import clock
from parley.operations import timers
from parley.store.receipt_deliveries import Stored


def pass_on(delivery: Stored, answer: str) -> None:
    """Gives the reply in a system's answer to a function that may send; the one that calls strangers may not. An answer
    that has none, is no JSON, or is nested too deep to be written again, is fine."""
    try:
        body = json.loads(answer or "null")
        reply = body.get("reply") if isinstance(body, dict) else None
        if reply is not None:
            named = {"organization": delivery.organization_id, "message": delivery.intent}
            timers.again({"kind": "intent_reply", **named, "reply": reply}, clock.now())
    except (ValueError, RecursionError):
        return
