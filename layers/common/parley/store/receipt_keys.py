"""The keys of what is told to business systems; a part of `keys`.

Deliveries stand in the runtime table, under the endpoint or business system that they go to (the target). The id of one
holds its target and the time it was made, so the id alone leads to it and the list is in order."""

import hashlib
import uuid
from typing import Any

from parley.store.keys import Key

TIME = 11
"""Hexadecimal digits of epoch milliseconds; enough until the year 2527."""
SHORT = 20


def receipt_endpoint(o: str, e: str) -> Key:
    return {"pk": f"ORG#{o}", "sk": f"ENDPOINT#{e}"}


def business_system(o: str, s: str) -> Key:
    return {"pk": f"ORG#{o}", "sk": f"SYSTEM#{s}"}


def intent(o: str, i: str) -> Key:
    return {"pk": f"ORG#{o}", "sk": f"INTENT#{i}"}


def intent_code(o: str, c: str, code: str) -> Key:
    """What takes a code on a channel, and leads to its intent."""
    return {"pk": f"ORG#{o}#CHANNEL#{c}", "sk": f"INTENTCODE#{code}"}


def intent_word(o: str, c: str, word: str) -> Key:
    """What takes a keyword, bare, on a channel, and leads to its intent."""
    return {"pk": f"ORG#{o}#CHANNEL#{c}", "sk": f"INTENTWORD#{word}"}


def account_news(o: str, c: str, kind: str) -> Key:
    """The newest word of a platform on a channel's number or account."""
    return {"pk": f"ORG#{o}#CHANNEL#{c}", "sk": f"NEWS#{kind}"}


def delivery_id(target: str, at: int, *what: str) -> str:
    """The same for the same events to the same target. `at`: epoch milliseconds."""
    hashed = hashlib.sha256("\n".join(what).encode()).hexdigest()[:SHORT]
    return f"{uuid.UUID(target).hex}{at:0{TIME}x}{hashed}"


def target_of(delivery: str) -> str | None:
    """None for what is no id of a delivery."""
    try:
        return str(uuid.UUID(delivery[:32])) if len(delivery) == 32 + TIME + SHORT else None
    except ValueError:
        return None


def deliveries(o: str, target: str) -> tuple[str, str]:
    return f"ORG#{o}#RECEIPTS#{target}", "DELIVERY#"


def delivery(o: str, id: str) -> Key:
    pk, prefix = deliveries(o, target_of(id) or "")
    return {"pk": pk, "sk": f"{prefix}{id[32:]}"}


def made_at(o: str, target: str, at: int) -> Key:
    """Before every delivery that was made at this time or later."""
    pk, prefix = deliveries(o, target)
    return {"pk": pk, "sk": f"{prefix}{at:0{TIME}x}"}


def tickets(o: str, target: str, way: str) -> tuple[str, str]:
    """What waits for its next try by this way, the first one due first."""
    return f"ORG#{o}#RECEIPTS#{target}", f"DUE-{way}#"


def ticket(o: str, id: str, due: int, way: str) -> Key:
    pk, prefix = tickets(o, target_of(id) or "", way)
    return {"pk": pk, "sk": f"{prefix}{due:0{TIME}x}#{id}"}


def due_by(o: str, target: str, at: int, way: str) -> Key:
    """Behind every ticket that is due at this time."""
    pk, prefix = tickets(o, target, way)
    return {"pk": pk, "sk": f"{prefix}{at:0{TIME}x}#~"}


def of_ticket(key: dict[str, Any]) -> tuple[str, int]:
    """The delivery's id and when it is due."""
    _, due, id = str(key["sk"]).split("#")
    return id, int(due, 16)


def gate(o: str, target: str) -> Key:
    return {"pk": f"ORG#{o}#RECEIPTS#{target}", "sk": "GATE"}


def replay(o: str, target: str, r: str) -> Key:
    return {"pk": f"ORG#{o}#RECEIPTS#{target}", "sk": f"REPLAY#{r}"}


def waiting_mark(o: str, target: str) -> Key:
    """A mark for each target with deliveries that wait, so that the minute job finds them."""
    return {"pk": "RECEIPTS", "sk": f"{o}#{target}"}
