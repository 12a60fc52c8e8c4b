"""Files in the headers of templates: samples for the review, and what is sent where a send names nothing else."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, BinaryIO

from parley.cloud import files
from parley.errors import Problem, Rejected
from parley.model.channel import Channel
from parley.model.components import Carousel, Component, Header
from parley.model.template import Template
from parley.model.upload import MediaStatus
from parley.operations.uploads import key
from parley.store import uploads


def of(components: list[Component]) -> Iterator[tuple[str, Header]]:
    """Every header with its field, those of cards too."""
    for index, component in enumerate(components):
        if isinstance(component, Header):
            yield f"components.{index}", component
        if isinstance(component, Carousel):
            for number, card in enumerate(component.cards):
                parts = (
                    (f"components.{index}.cards.{number}.components.{n}", p) for n, p in enumerate(card.components)
                )
                yield from ((field, part) for field, part in parts if isinstance(part, Header))


def named(components: list[Component]) -> list[str]:
    """The ids of the uploads, each once."""
    return list(dict.fromkeys(header.upload for _, header in of(components) if header.upload))


def check(channel: Channel, components: list[Component], *, reviewed: bool) -> list[Problem]:
    """Whether the files are there; a reviewed header of a file needs a sample."""
    found = []
    for field, header in of(components):
        if header.format in ("TEXT", "LOCATION"):
            continue
        if header.upload is None:
            reason = "A reviewed template shows the platform a sample: name an upload."
            found += [Problem(f"{field}.upload", "sample_missing", reason, "T2.1")] if reviewed else []
        else:
            found += _file(channel.organization_id, header, f"{field}.upload")
    return found


def _file(organization: str, header: Header, field: str) -> list[Problem]:
    """Of a library it is known what its bytes are."""
    kept = uploads.get(organization, header.upload or "")
    if kept is None or (kept.channel_id is None and not files.size(key(organization, kept.id))):
        return [Problem(field, "nothing_uploaded", "There is no file under this upload.", "T2.1")]
    if kept.channel_id and kept.status is not MediaStatus.READY:
        reason = kept.reason or "This file of a library was not completed yet."
        return [Problem(field, "media_not_ready", reason, "T2.1")]
    if kept.kind and kept.kind != header.format.lower():
        return [Problem(field, "header_kind", f"This file is of the kind {kept.kind}.", "T2.1")]
    return []


def user(template: Template) -> str:
    """By which its files know it, in words for a person."""
    return f"template {template.name} ({template.language}) {template.id}"


def uses(template: Template) -> list[dict[str, Any]]:
    """The writes that keep its files from being deleted, for the transaction that writes the template."""
    organization = template.organization_id
    writes = [uploads.using(organization, each, user(template)) for each in named(template.components)]
    return [write for pair in writes for write in pair]


def use(template: Template) -> None:
    """Before a change is written: a file too many in use is harmless, one too few is not."""
    for upload in named(template.components):
        uploads.use(template.organization_id, upload, user(template))


def release(before: Template, now: Template | None) -> None:
    """What the template does not name any more; repeated by the next change if this dies here."""
    for upload in set(named(before.components)) - set(named(now.components) if now else []):
        uploads.unuse(before.organization_id, upload, user(before))


@contextmanager
def opened(organization: str, upload: str) -> Iterator[tuple[BinaryIO, int, str]]:
    """(file, size, content type). Raises Rejected when it is gone."""
    kept = uploads.get(organization, upload)
    size = files.size(key(organization, upload))
    if kept is None or not size:
        raise Rejected("media_gone", "The sample file of the template was deleted.")
    with files.open_copy(key(organization, upload)) as file:
        yield file, size, kept.content_type


def links(organization: str, template: Template | None) -> dict[str, str]:
    """Addresses that end in an hour, by upload, for headers without a link of their own."""
    headers = [header for _, header in of(template.components)] if template else []
    wanted = {header.upload for header in headers if header.upload and not header.link}
    return {each: files.link_to_get(key(organization, each), files.PLATFORM_SECONDS) for each in wanted}
