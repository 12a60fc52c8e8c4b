"""Versions: the edit of an approved template is a template of its own until it is approved and takes the other's place.

The id of any version names the template: sends use the newest approved one, edits go to the one being worked on."""

from collections.abc import Iterator

from parley.cloud import clock
from parley.errors import Conflict
from parley.model import ids
from parley.model.dialect import Dialect
from parley.model.template import Template, TemplateStatus
from parley.model.times import rfc3339
from parley.operations import needed
from parley.store import templates as store
from parley.store import versions

KEPT_EDITS = 10
"""As many as the longest limit of a platform looks back on (Meta: ten in thirty days)."""


def newest(found: Template) -> Template:
    """The version that sends by this template's name use."""
    while found.replaced_by:
        after = store.get(found.organization_id, found.replaced_by)
        if after is None:
            return found
        found = after
    return found


def in_work(found: Template) -> Template:
    """The version that an edit or a submission is about: the one begun, as long as it may still be approved."""
    live = newest(found)
    begun = store.get(live.organization_id, live.next_version) if live.next_version else None
    match begun:
        case Template(status=TemplateStatus.APPROVED):
            approved(begun)  # who told of the approval died before this
            return newest(store.get(live.organization_id, live.id) or live)
        case Template(status=TemplateStatus.DISABLED):
            versions.drop(begun)  # somebody deleted it at the platform
            needed.release(begun, None)
            return store.get(live.organization_id, live.id) or live
    return begun or live


def check_present(found: Template) -> None:
    """Raises Conflict for a template that was put away, whichever of its versions is meant."""
    before = store.get(found.organization_id, found.replaces) if found.replaces and not found.provider_id else None
    if found.archived or (before and before.archived and before.next_version == found.id):
        raise Conflict("template_archived", "The template is archived; bring it back first.")


def of(live: Template) -> Iterator[Template]:
    """Every version, the oldest first, the one that is sent last."""
    yield from _before(live)
    next_one = store.get(live.organization_id, live.next_version) if live.next_version else None
    yield from [next_one] if next_one else []
    yield live


def _before(found: Template) -> Iterator[Template]:
    before = store.get(found.organization_id, found.replaces) if found.replaces else None
    if before:
        yield from _before(before)
        yield before


def begin(live: Template, changed: Template) -> Template:
    """A draft of the next version, with the changed content. Raises Conflict where somebody else began one."""
    now = rfc3339(clock.now())
    number = live.version + live.begun_versions + 1
    fresh = {
        "id": ids.derived(live.id, "version", number),
        "version": number,
        "replaces": live.id,
        "status": TemplateStatus.DRAFT,
        "created_at": now,
        "updated_at": now,
        "asked_category": changed.category,
        "allow_send": True,
        "imported": False,
        "begun_versions": 0,
        "edited_at": {},
        "fingerprint": "",
    }
    gone = dict.fromkeys(("provider_id", "reason", "quality", "expected_category", "next_version"))
    new = changed.model_copy(update={**fresh, **gone})
    versions.begin(live, new, needed.uses(new))
    return new


def check_limits(new: Template, dialect: Dialect) -> None:
    """Raises Conflict when the platform takes no further version of this template yet; mending a rejected one is
    free."""
    live = store.get(new.organization_id, new.replaces) if new.replaces and not new.provider_id else None
    allowed_at = dialect.next_edit(list(live.edited_at.values()), clock.now()) if live else 0
    if allowed_at > clock.now():
        told = " and ".join(f"{limit.most} within {limit.days} days" for limit in dialect.edits)
        reason = f"The platform takes new versions of an approved template at most {told}; the next one from"
        raise Conflict("edit_limit", f"{reason} {rfc3339(allowed_at)}.")


def handed_in(new: Template) -> None:
    """Counts a version that the platform has taken for its review for the first time; a repeat counts nothing."""
    live = store.get(new.organization_id, new.replaces) if new.replaces and not new.provider_id else None
    if live:
        edits = {str(new.version): clock.now(), **live.edited_at}
        newest_first = sorted(edits, key=int, reverse=True)[:KEPT_EDITS]
        versions.count_edit(live, {version: edits[version] for version in newest_first})


def approved(new: Template) -> bool:
    """It takes the place of the version before. May be repeated; False: somebody changed that one meanwhile, so it has
    to be."""
    old = store.get(new.organization_id, new.replaces) if new.replaces else None
    return old is None or old.next_version != new.id or versions.take_over(old, new, clock.now())
