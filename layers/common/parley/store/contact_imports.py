"""Imports of contacts: each is kept with its use of the groups that it fills, is worked on under a lease, and counts a
row in the transaction that writes the row's contact, so that none is written or counted twice."""

from typing import Any

from parley.model.contact_import import ContactImport, ImportFault, ImportStatus
from parley.model.times import rfc3339
from parley.store import audience_keys, groups, keys, table
from parley.store.contacts import FRESH, Writes, written
from parley.store.table import ConditionFailed, Item

HIDDEN = ("fingerprint", "folder", "header", "good", "cursor")
GOING = "#status IN (:waiting, :running)"
NAMES = {"#status": "status", "#cursor": "cursor"}


def insert(found: ContactImport) -> bool:
    """Keeps a new one. False: it is kept already, or one of its groups is gone."""
    put = {"TableName": table.data(), "Item": _item(found), "ConditionExpression": FRESH}
    used = [each for group in found.group_ids for each in groups.using(found.organization_id, group, found.user)]
    return written([{"Put": put}, *used])


def get(organization: str, name: str) -> ContactImport | None:
    item = table.get(table.data(), audience_keys.contact_import(organization, name))
    return read(item) if item else None


def read(item: Item) -> ContactImport:
    return ContactImport.model_validate(item)


def take(found: ContactImport, now: int, until: int) -> ContactImport | None:
    """Begins or goes on with the work, for nobody else until `until` (epoch milliseconds). None: somebody else is at
    it, or it has ended."""
    free = f"{GOING} AND (attribute_not_exists(leased_until) OR leased_until <= :now)"
    values = {":now": now, ":until": until, ":at": rfc3339(now), **_going()}
    step = "SET #status = :running, leased_until = :until, updated_at = :at"
    return _changed(found, step, free, values, {"#status": "status"})


def extend(found: ContactImport, until: int) -> None:
    _changed(found, "SET leased_until = :until", GOING, {":until": until, **_going()}, {"#status": "status"})


def release(found: ContactImport) -> None:
    """Whoever comes next may go on at once."""
    _changed(found, "REMOVE leased_until", GOING, _going(), {"#status": "status"})


def checked(found: ContactImport, fields: Item, now: int) -> ContactImport | None:
    """Remembers what the check found, once. None: another attempt was recorded already, or it has ended."""
    fields = {**fields, "updated_at": rfc3339(now)}
    step = "SET " + ", ".join(f"#{name} = :{name}" for name in fields)
    values = {**{f":{name}": value for name, value in fields.items()}, ":unchecked": "", **_going()}
    names = {**{f"#{name}": name for name in fields}, "#status": "status"}
    return _changed(found, step, f"{GOING} AND #folder = :unchecked", values, names)


def advance(found: ContactImport, rows: int, counts: dict[str, int], writes: Writes, now: int, until: int) -> bool:
    """Makes `writes` and counts the rows that they are for. False: somebody else did, or one of the writes was
    refused."""
    added = "".join(f", {name} :{name}" for name in counts)
    update = {
        "TableName": table.data(),
        "Key": _key(found),
        "UpdateExpression": f"SET updated_at = :at, leased_until = :until ADD #cursor :rows{added}",
        "ConditionExpression": "#status = :running AND #cursor = :before",
        "ExpressionAttributeNames": NAMES,
        "ExpressionAttributeValues": {
            ":at": rfc3339(now),
            ":until": until,
            ":rows": rows,
            ":before": found.cursor,
            ":running": ImportStatus.RUNNING,
            **{f":{name}": count for name, count in counts.items()},
        },
    }
    return written([{"Update": update}, *writes])


def end(
    found: ContactImport, status: ImportStatus, faults: list[ImportFault], reasons: dict[str, int], now: int
) -> bool:
    """Lets the groups go, too. False: it has ended before."""
    update = {
        "TableName": table.data(),
        "Key": _key(found),
        "UpdateExpression": "SET #status = :status, #errors = :errors, reasons = :reasons, finished_at = :at,"
        " updated_at = :at REMOVE leased_until",
        "ConditionExpression": GOING,
        "ExpressionAttributeNames": {"#status": "status", "#errors": "errors"},
        "ExpressionAttributeValues": {
            ":status": status,
            ":errors": [each.model_dump() for each in faults],
            ":reasons": reasons,
            ":at": rfc3339(now),
            **_going(),
        },
    }
    free = [each for group in found.group_ids for each in groups.unusing(found.organization_id, group, found.user)]
    return written([{"Update": update}, *free])


def late(found: ContactImport, line: int, code: str, reason: str) -> dict[str, Any]:
    """The write by which a row is remembered that turned out to be bad when it was to be written."""
    key = audience_keys.late_row(found.organization_id, found.id, line)
    return {"Put": {"TableName": table.data(), "Item": {**key, "line": line, "code": code, "reason": reason}}}


def late_rows(found: ContactImport) -> dict[int, tuple[str, str]]:
    """Line → (code, reason)."""
    pk, prefix = audience_keys.late_rows(found.organization_id, found.id)
    values = {":pk": pk, ":sk": prefix}
    items = table.query(table.data(), "pk = :pk AND begins_with(sk, :sk)", values, consistent=True)
    return {item["line"]: (item["code"], item["reason"]) for item in items}


def _changed(
    found: ContactImport, expression: str, condition: str, values: Item, names: dict[str, str]
) -> ContactImport | None:
    try:
        return read(table.update(table.data(), _key(found), expression, condition, values, names))
    except ConditionFailed:
        return None


def _going() -> Item:
    return {":waiting": ImportStatus.WAITING, ":running": ImportStatus.RUNNING}


def _item(found: ContactImport) -> Item:
    hidden = {name: getattr(found, name) for name in HIDDEN}
    return {**_key(found), **found.model_dump(mode="json", exclude_none=True, exclude={"bad_rows"}), **hidden}


def _key(found: ContactImport) -> keys.Key:
    return audience_keys.contact_import(found.organization_id, found.id)
