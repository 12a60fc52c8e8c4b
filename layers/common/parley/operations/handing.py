"""Files that go along when a template is copied to another organization: each gets its own, in its own library."""

from collections.abc import Sequence

from parley.cloud import clock, files
from parley.errors import Conflict
from parley.model import ids
from parley.model.channel import Channel
from parley.model.components import Carousel, Component, Header
from parley.model.times import rfc3339
from parley.operations import headers, uploads
from parley.store import uploads as store


def along(components: list[Component], organization: str, to: Channel) -> list[Component]:
    """The components with copies of the files that `organization` has; a repeat finds the copies it made."""
    copies = {upload: _copied(organization, upload, to) for upload in headers.named(components)}
    return [_with(component, copies) for component in components]


def _copied(organization: str, upload: str, to: Channel) -> str:
    kept = store.get(organization, upload)
    if kept is None:
        raise Conflict("media_gone", "A file of the template was deleted.")
    name = ids.derived(upload, "copy", to.id)
    files.copy(uploads.key(organization, upload), uploads.key(to.organization_id, name))
    fresh = {"id": name, "channel_id": to.id if kept.channel_id else None, "created_at": rfc3339(clock.now())}
    store.insert(to.organization_id, kept.model_copy(update={**fresh, "known_as": None}))
    return name


def _with(component: Component, copies: dict[str, str]) -> Component:
    match component:
        case Header(upload=str(upload)):
            return component.model_copy(update={"upload": copies[upload]})
        case Carousel(cards=cards):
            changed = [card.model_copy(update={"components": _parts(card.components, copies)}) for card in cards]
            return component.model_copy(update={"cards": changed})
        case _:
            return component


def _parts(components: Sequence[Component], copies: dict[str, str]) -> list[Component]:
    return [_with(component, copies) for component in components]
