"""The keys of contacts, of who has which identity, of groups and of their members; a part of `keys`."""

from parley.store.keys import Key


def contacts(o: str) -> tuple[str, str]:
    return f"ORG#{o}#CONTACTS", "CONTACT#"


def contact(o: str, c: str) -> Key:
    pk, prefix = contacts(o)
    return {"pk": pk, "sk": f"{prefix}{c}"}


def identity(o: str, who: str) -> Key:
    """Which contact an identity belongs to; `who` is a typed address, `kind:value`."""
    return {"pk": f"ORG#{o}#IDENTITY#{who}", "sk": "CLAIM"}


def groups(o: str) -> tuple[str, str]:
    return f"ORG#{o}", "GROUP#"


def group(o: str, g: str) -> Key:
    pk, prefix = groups(o)
    return {"pk": pk, "sk": f"{prefix}{g}"}


def group_name(o: str, folded: str) -> Key:
    """Which group has a name; `folded` is the name as far as it tells groups apart."""
    return {"pk": f"ORG#{o}", "sk": f"GROUPNAME#{folded}"}


def members(o: str, g: str) -> tuple[str, str]:
    return f"ORG#{o}#GROUP#{g}", "MEMBER#"


def member(o: str, g: str, c: str) -> Key:
    pk, prefix = members(o, g)
    return {"pk": pk, "sk": f"{prefix}{c}"}


def contact_import(o: str, i: str) -> Key:
    return {"pk": f"ORG#{o}", "sk": f"CONTACTIMPORT#{i}"}


def late_rows(o: str, i: str) -> tuple[str, str]:
    """Rows of an import that turned out to be bad when they were to be written."""
    return f"ORG#{o}#CONTACTIMPORT#{i}", "ROW#"


def late_row(o: str, i: str, line: int) -> Key:
    pk, prefix = late_rows(o, i)
    return {"pk": pk, "sk": f"{prefix}{line:09d}"}
