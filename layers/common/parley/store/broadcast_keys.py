"""The keys of broadcasts, of their runs and their lists, and of exports; a part of `keys`."""

from parley.store.keys import Key

RUNNING = "RUNNING"


def broadcast(o: str, b: str) -> Key:
    return {"pk": f"ORG#{o}", "sk": f"BROADCAST#{b}"}


def cursors(o: str, b: str) -> Key:
    """How far the run of a broadcast is; apart from what workers read of it."""
    return {"pk": f"ORG#{o}#BROADCAST#{b}", "sk": "CURSORS"}


def running(o: str, c: str, b: str) -> Key:
    """A mark in the runtime table for each broadcast that is not finished, by the channel that it sends from."""
    return {"pk": RUNNING, "sk": f"{o}#{c}#{b}"}


def running_on(o: str, c: str) -> tuple[str, str]:
    return RUNNING, f"{o}#{c}#"


def listed_broadcasts(o: str) -> str:
    """Broadcasts stand in the index of days under a list of their own."""
    return f"ORG#{o}#BROADCASTS"


def broadcasts_by_reference(o: str, reference: str) -> str:
    """Apart from messages of the same reference."""
    return f"ORG#{o}#BROADCASTS#REFERENCE#{reference}"


def held_by_broadcast(o: str, b: str) -> str:
    """Rows of a paused broadcast that were on their way."""
    return f"ORG#{o}#BROADCAST#{b}"


def quiet(o: str, b: str) -> str:
    """Rows that wait for the end of the quiet hours that their broadcast has of its own."""
    return f"ORG#{o}#QUIET#BROADCAST#{b}"


def export(o: str, e: str) -> Key:
    return {"pk": f"ORG#{o}", "sk": f"EXPORT#{e}"}
