"""Exports: asked for, looked at, and written by a job that may run twice and die anywhere."""

from collections.abc import Callable

from parley.cloud import clock, files, queues
from parley.cloud.clients import AWS_ERRORS
from parley.errors import Conflict, Forbidden, Invalid, NotFound, NotStored, Problem
from parley.model import ids
from parley.model.export import KEPT, Export, ExportFault, ExportKind, ExportStatus, NewExport, filename
from parley.model.organization import Scope
from parley.model.times import SECOND, day, rfc3339
from parley.settings import settings
from parley.store import broadcasts, groups
from parley.store import exports as store

Scopes = frozenset[str]
MARGIN = 5 * SECOND
"""An attempt is over this long after its function is, and before its message comes back."""

LEAST = 30
"""Seconds before a job looks again after another attempt."""

GONE = ExportFault(code="gone", reason="What was to be exported does not exist any more.")
OURS = ExportFault(code="export_failed", reason="The export failed on our side; it is in our log. Ask for another one.")


def create(organization: str, new: NewExport, idempotency_key: str | None, scopes: Scopes) -> Export:
    """Has a sheet written. A repeat of the key answers the export as it is now.

    Raises Forbidden, Invalid for what there is not, Conflict, or NotStored."""
    _check_scope(new.kind.scope, scopes)
    name, now = ids.created(organization, "create_export", idempotency_key), clock.now()
    fingerprint = ids.fingerprint(new.model_dump(mode="json", exclude={"organization_id"}))
    kept = store.get(organization, name, now) if idempotency_key else None
    kept = kept or _keep(_new(organization, name, new, fingerprint, now), now)
    if kept.fingerprint != fingerprint:
        raise Conflict("idempotency_key_reused", "This Idempotency-Key was used for another export.")
    if kept.status is ExportStatus.WAITING:
        _begin(kept)
    return _shown(kept)


def _check_scope(scope: Scope, scopes: Scopes) -> None:
    """The route lets in whoever may export anything."""
    if scope not in scopes:
        raise Forbidden("scope_missing", f'This needs a key with the scope "{scope}".')


def _new(organization: str, name: str, new: NewExport, fingerprint: str, now: int) -> Export:
    about = _about(organization, new)
    return Export(
        id=name,
        organization_id=organization,
        filename=filename(about, day(now), new.format),
        created_at=rfc3339(now),
        expires_at=rfc3339(now + KEPT),
        fingerprint=fingerprint,
        **new.model_dump(include={"kind", "broadcast_id", "group_id", "format", "row_status"}),
    )


def _about(organization: str, new: NewExport) -> str:
    """The name of what is exported. Raises Invalid for what there is not, Conflict for rows that are not there yet."""
    _check_fields(new)
    if new.kind is ExportKind.BROADCAST_ROWS:
        return _name_of_broadcast(organization, new.broadcast_id or "")
    if new.kind is ExportKind.CONTACTS:
        return "Contacts"
    group = groups.get(organization, new.group_id or "")
    if group is None:
        raise Invalid([Problem("group_id", "unknown_group", "There is no such audience group.")])
    return group.name


def _name_of_broadcast(organization: str, broadcast: str) -> str:
    run = broadcasts.get(organization, broadcast)
    if run is None:
        raise Invalid([Problem("broadcast_id", "unknown_broadcast", "There is no such broadcast.")])
    if not run.folder:
        raise Conflict("not_checked", "The rows of this broadcast were not checked, so there is nothing to export yet.")
    return run.name


def _check_fields(new: NewExport) -> None:
    """Every kind has the fields that say of what, and no others."""
    given = {"broadcast_id": new.broadcast_id, "group_id": new.group_id, "status": new.row_status}
    fits = {new.kind.subject} | ({"status"} if new.kind is ExportKind.BROADCAST_ROWS else set())
    problems = [
        Problem(field, "field_not_expected", f"An export of the kind {new.kind} has no {field}.")
        for field, value in given.items()
        if value is not None and field not in fits
    ]
    if new.kind.subject and given[new.kind.subject] is None:
        reason = f"An export of the kind {new.kind} needs a {new.kind.subject}."
        problems.append(Problem(new.kind.subject, "field_missing", reason))
    if problems:
        raise Invalid(problems)


def _keep(export: Export, now: int) -> Export:
    try:
        return store.insert(export, now + KEPT) or export
    except AWS_ERRORS as error:
        raise _unknown() from error


def _begin(export: Export) -> None:
    """A repeat puts the job on its queue once more, in case the first request died before it could."""
    try:
        _tell(export)
    except AWS_ERRORS as error:
        raise _unknown() from error


def _tell(export: Export, delay: int = 0) -> None:
    job = {"kind": "export", "organization": export.organization_id, "export": export.id}
    queues.send(settings().jobs_queue, job, delay, export.organization_id)


def _unknown() -> NotStored:
    return NotStored("not_stored", "Repeat the request with the same Idempotency-Key.")


def get(organization: str, export: str, scopes: Scopes) -> Export:
    """With a link to the file once it is there. Raises NotFound, a week after it was asked for too."""
    found = store.get(organization, export, clock.now())
    if found is None:
        raise NotFound("export")
    if Scope.READ not in scopes:
        _check_scope(found.kind.scope, scopes)
    return _shown(found)


def _shown(export: Export) -> Export:
    if export.status is not ExportStatus.READY:
        return export
    return export.model_copy(update={"link": files.link_to_get(export.key, **export.headers)})


def run(organization: str, export: str, left: Callable[[], int]) -> None:
    """The job. One attempt at a time: who meets another one looks again when that must be over."""
    now = clock.now()
    found = store.get(organization, export, now)
    if found is None or found.status.is_end:
        return
    taken = store.take(found, now, now + left() + MARGIN)
    if taken:
        _attempt(taken)
    else:
        _tell(found, max(LEAST, (found.leased_until - now) // SECOND))


def _attempt(export: Export) -> None:
    from parley.operations import export_files  # requests go without the libraries that write sheets
    from parley.operations.row_files import Gone

    try:
        rows = export_files.put(export)
    except (NotFound, Gone):
        store.fail(export, GONE)
        return
    except Exception:
        store.release(export)
        raise
    store.ready(export, rows, clock.now())


def give_up(organization: str, export: str) -> None:
    """The job failed again and again, by a fault of ours."""
    found = store.get(organization, export, clock.now())
    if found:
        store.fail(found, OURS)
