"""Imports of contacts from sheets: asked for, followed, and done by a job that may die anywhere and go on."""

import uuid
from collections import Counter
from collections.abc import Callable
from contextlib import suppress

from parley.cloud import clock, files, queues
from parley.cloud.clients import AWS_ERRORS
from parley.errors import Conflict, Invalid, NotFound, NotStored, Problem
from parley.model import countries, ids
from parley.model.contact_import import ContactImport, ImportFault, ImportStatus, NewContactImport
from parley.model.times import DAY, SECOND, instant, rfc3339
from parley.operations import contact_checks, contact_writes, uploads
from parley.settings import settings
from parley.store import contact_imports as store
from parley.store import groups
from parley.store import uploads as kept_uploads

LARGEST = 100_000_000
LATER = 60
"""Seconds after which a job looks whether an import that was asked for is still waiting."""

LEASE = 120 * SECOND
MARGIN = 60_000
"""Milliseconds of a job in which nothing new is begun."""

LINK_DAYS = 30
"""The files of an import are deleted after that; template.yaml says the same."""

MOST_ERRORS = 20
"""A single cell far to the right makes thousands of columns without a name, more than an item holds."""

OURS = ImportFault(
    field="upload", code="import_failed", reason="The import failed on our side; what it wrote before stays."
)


def create(organization: str, new: NewContactImport, idempotency_key: str | None) -> ContactImport:
    """Raises Invalid for a sheet or a group that is not there, Conflict for a key that was used before, NotStored.

    A job is told before, so that an import that was kept is never forgotten, whatever happens to this call."""
    name = ids.created(organization, "import_contacts", idempotency_key)
    fingerprint = ids.fingerprint(new.model_dump(mode="json", exclude={"organization_id"}))
    try:
        found = store.get(organization, name) if idempotency_key else None
        found = found or _begun(_new(organization, name, new, fingerprint))
        if found.status is ImportStatus.WAITING:
            _tell(found)
    except AWS_ERRORS as error:
        raise NotStored("not_stored", "Repeat the request with the same Idempotency-Key.") from error
    if found.fingerprint != fingerprint:
        raise Conflict("idempotency_key_reused", "This Idempotency-Key was used for another request.")
    return _shown(found)


def _begun(made: ContactImport) -> ContactImport:
    _tell(made, LATER)
    if store.insert(made):
        return made
    kept = store.get(made.organization_id, made.id)
    if kept is None:
        raise Conflict("group_gone", "A group of the import was deleted meanwhile.")
    return kept


def _new(organization: str, name: str, new: NewContactImport, fingerprint: str) -> ContactImport:
    upload, problems = kept_uploads.get(organization, new.upload), _problems(organization, new)
    if problems or upload is None:
        raise Invalid(problems)
    now = rfc3339(clock.now())
    return ContactImport(
        id=name,
        organization_id=organization,
        filename=upload.filename,
        group_ids=list(dict.fromkeys(new.group_ids)),
        fingerprint=fingerprint,
        created_at=now,
        updated_at=now,
        **new.model_dump(include={"upload", "on_duplicate", "default_country"}),
    )


def _problems(organization: str, new: NewContactImport) -> list[Problem]:
    there = groups.get_many(organization, new.group_ids)
    gone = [i for i, each in enumerate(new.group_ids) if each not in there]
    problems = [Problem(f"group_ids.{i}", "unknown_group", "There is no such group.") for i in gone]
    country = [new.default_country] if new.default_country else []
    problems += [Problem("default_country", each.code, each.reason) for each in countries.unknown(country, "")]
    return [*_upload_problems(organization, new.upload), *problems]


def _upload_problems(organization: str, upload: str) -> list[Problem]:
    if kept_uploads.get(organization, upload) is None:
        return [Problem("upload", "unknown_upload", "There is no such upload.")]
    size = files.size(uploads.key(organization, upload))
    if not size:
        return [Problem("upload", "nothing_uploaded", "Nothing was put to the address of this upload yet.")]
    if size > LARGEST:
        return [_too_large()]
    return []


def _too_large() -> Problem:
    return Problem("upload", "file_too_large", f"A sheet has at most {LARGEST // 1_000_000} MB.")


def _tell(found: ContactImport, delay: int = 0) -> None:
    job = {"kind": "import_contacts", "organization": found.organization_id, "import": found.id}
    queues.send(settings().jobs_queue, job, delay, found.organization_id)


def get(organization: str, name: str) -> ContactImport:
    found = store.get(organization, name)
    if found is None:
        raise NotFound("import")
    return _shown(found)


def _shown(found: ContactImport) -> ContactImport:
    """With a link to the bad rows while their sheet is there."""
    over = found.finished_at and instant(found.finished_at, None) < clock.now() - LINK_DAYS * DAY
    if not found.status.is_end or not found.bad or not found.reasons or over:
        return found
    name = f'attachment; filename="bad_rows-{found.id}.xlsx"'
    link = files.link_to_get(contact_checks.bad_rows_key(found), ResponseContentDisposition=name)
    return found.model_copy(update={"bad_rows": link})


def run(organization: str, name: str, left: Callable[[], int] | None = None) -> None:
    """The job, with its clock of the milliseconds left. One at a time; who comes meanwhile looks again in a minute."""
    found, now = store.get(organization, name), clock.now()
    if found is None or found.status.is_end:
        return
    taken = store.take(found, now, now + LEASE)
    if taken is None:
        return _tell(found, LATER)
    with suppress(Invalid):
        checked = taken if taken.is_checked else _check(taken)
        _write(checked, left or (lambda: MARGIN))
    return None


def _check(found: ContactImport) -> ContactImport:
    """Every row before the first write. Raises Invalid for a sheet that is refused; that is written down then."""
    where = f"{contact_checks.folder(found)}/{uuid.uuid4()}"
    try:
        report = contact_checks.check(found, _pinned(found), where, lambda: store.extend(found, clock.now() + LEASE))
    except Invalid as invalid:
        _end(found, ImportStatus.REFUSED, invalid.problems)
        raise
    fields = {"folder": where, "rows": report.good + report.bad, **report._asdict()}
    checked = store.checked(found, fields, clock.now()) or store.get(found.organization_id, found.id)
    if checked is None:
        raise NotFound("import")
    return checked


def _pinned(found: ContactImport) -> str:
    """A copy, so that what is put to the same address later changes nothing."""
    copy = f"{contact_checks.folder(found)}/upload"
    if files.size(copy) is None:
        files.copy(uploads.key(found.organization_id, found.upload), copy)
    if (files.size(copy) or 0) > LARGEST:  # put to the address after it was looked at
        raise Invalid([_too_large()])
    return copy


def _write(found: ContactImport, left: Callable[[], int]) -> None:
    """Contacts of all good rows, as far as there is time; the rest is for the next job."""
    if not found.good:
        problem = contact_checks.no_good_rows(found.bad)
        contact_checks.write_bad_rows(found)
        return _end(found, ImportStatus.REFUSED, [problem])
    written = contact_writes.write(found, lambda: left() >= MARGIN, LEASE)
    if written is None:
        return None
    if written.cursor < written.good:
        store.release(written)
        return _tell(written)
    late = contact_checks.write_bad_rows(written) if written.bad else {}
    reasons = dict(Counter(written.reasons) + Counter(late))
    return _end(written.model_copy(update={"reasons": reasons}), ImportStatus.DONE, [])


def _end(found: ContactImport, status: ImportStatus, problems: list[Problem]) -> None:
    faults = [ImportFault(field=each.field, code=each.code, reason=each.reason) for each in problems[:MOST_ERRORS]]
    store.end(found, status, faults, found.reasons, clock.now())


def give_up(organization: str, name: str) -> None:
    """The job failed again and again: whoever waits is told, and the groups are free."""
    found = store.get(organization, name)
    if found is not None:
        store.end(found, ImportStatus.REFUSED, [OURS], {}, clock.now())
