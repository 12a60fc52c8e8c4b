"""Exports that wait, are in work or ready. They and their files go after a week, so they stand in the runtime table."""

from parley.model.export import Export, ExportFault, ExportStatus
from parley.model.times import rfc3339
from parley.store import broadcast_keys, keys, table
from parley.store.table import ConditionFailed, Item

HIDDEN = ("fingerprint", "attempt", "leased_until")
GOING = "#status IN (:waiting, :running)"


def insert(export: Export, expires: int) -> Export | None:
    """Keeps a new one until `expires` (epoch milliseconds). Returns None when it was new, else what is kept."""
    hidden = {name: getattr(export, name) for name in HIDDEN}
    fields = export.model_dump(mode="json", exclude_none=True, exclude={"link"}) | hidden
    try:
        table.insert(table.runtime(), {**_key(export), **fields, "expires": expires // 1000})
    except ConditionFailed as failed:
        return Export.model_validate(failed.old)
    return None


def get(organization: str, export: str, now: int) -> Export | None:
    """None for one that is over; DynamoDB takes its time with removing those."""
    item = table.get(table.runtime(), broadcast_keys.export(organization, export))
    return Export.model_validate(item) if item and item["expires"] * 1000 > now else None


def take(export: Export, now: int, until: int) -> Export | None:
    """Begins an attempt, alone until `until` (epoch milliseconds). None: somebody else is at it, or it has ended."""
    free = f"{GOING} AND leased_until <= :now"
    values = {":now": now, ":until": until, ":one": 1, **_going()}
    return _changed(export, "SET #status = :running, leased_until = :until ADD attempt :one", free, values)


def release(export: Export) -> None:
    """Its attempt is over without an end; the next one may begin at once."""
    values = {":none": 0, ":attempt": export.attempt, **_going()}
    _changed(export, "SET leased_until = :none", f"{GOING} AND attempt = :attempt", values)


def ready(export: Export, rows: int, now: int) -> Export | None:
    """The file is there. None: another attempt began meanwhile, which will say so itself."""
    values = {":ready": ExportStatus.READY, ":rows": rows, ":at": rfc3339(now), ":attempt": export.attempt}
    step = "SET #status = :ready, #rows = :rows, ready_at = :at REMOVE #error"
    return _changed(export, step, "attempt = :attempt", values, {"#rows": "rows", "#error": "error"})


def fail(export: Export, fault: ExportFault) -> Export | None:
    """There will be no file. None: it has ended before."""
    values = {":failed": ExportStatus.FAILED, ":fault": fault.model_dump(), **_going()}
    step = "SET #status = :failed, #error = :fault"
    return _changed(export, step, GOING, values, {"#error": "error"})


def _changed(
    export: Export, expression: str, condition: str, values: Item, names: dict[str, str] | None = None
) -> Export | None:
    known = {"#status": "status", **(names or {})}
    try:
        item = table.update(table.runtime(), _key(export), expression, condition, values, known)
    except ConditionFailed:
        return None
    return Export.model_validate(item)


def _going() -> Item:
    return {":waiting": ExportStatus.WAITING, ":running": ExportStatus.RUNNING}


def _key(export: Export) -> keys.Key:
    return broadcast_keys.export(export.organization_id, export.id)
