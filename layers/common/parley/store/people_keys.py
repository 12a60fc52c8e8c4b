"""The keys of people and of the list of those who are not written to; a part of `keys`.

No channel means everywhere: what holds on every channel of the organization."""

from parley.store.keys import Key


def _where(o: str, c: str) -> str:
    return f"ORG#{o}#CHANNEL#{c}" if c else f"ORG#{o}#EVERYWHERE"


def person(o: str, c: str, who: str) -> Key:
    """What is known of a person; `who` is a typed address, `kind:value`."""
    return {"pk": _where(o, c), "sk": f"PERSON#{who}"}


def suppressions(o: str, c: str) -> tuple[str, str]:
    """The rows of the list; what counts stands with the person."""
    return _where(o, c), "SUPPRESSED#"


def suppression(o: str, c: str, who: str, mark: str) -> Key:
    """The row of one kind of word about a person; the kinds stand beside each other."""
    pk, prefix = suppressions(o, c)
    return {"pk": pk, "sk": f"{prefix}{who}{mark}"}
