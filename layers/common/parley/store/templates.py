"""Templates, their names and the platform's ids for them."""

from collections.abc import Iterator
from typing import Any

from parley.errors import Conflict
from parley.model.template import Template, TemplateState, TemplateStatus
from parley.model.times import rfc3339
from parley.store import keys, table
from parley.store.table import ConditionFailed, TransactionFailed


def insert(template: Template, uses: list[dict[str, Any]]) -> bool:
    """Keeps a new draft; its name and language are taken on the channel, and what it needs is in use, as the
    writes `uses` say. False: it is there already, the same one."""
    fresh = {"TableName": table.data(), "ConditionExpression": "attribute_not_exists(pk)"}
    named = {**name_of(template), "id": template.id}
    try:
        table.transact(
            [
                {"Put": {**fresh, "Item": named}},
                {"Put": {**fresh, "Item": {**key_of(template), **item_of(template)}}},
                *uses,
            ]
        )
    except TransactionFailed as failed:
        kept = get(template.organization_id, template.id)
        if kept is None and failed.reasons[0] == "None":
            raise Conflict("part_gone", "A file or an intent of the template was deleted meanwhile.") from None
        if kept is None:
            raise Conflict("template_exists", "The channel has a template of this name in this language.") from None
        if kept.fingerprint != template.fingerprint:
            raise Conflict("idempotency_key_reused", "This Idempotency-Key was used for another request.") from None
        return False
    return True


def get(organization: str, template: str) -> Template | None:
    item = table.get(table.data(), keys.template(organization, template))
    return read(item) if item else None


def read(item: table.Item) -> Template:
    return Template.model_validate(item)


def find(organization: str, channel: str, name: str, language: str) -> Template | None:
    """By its name in one language."""
    named = table.get(table.data(), keys.template_name(organization, channel, name, language))
    return get(organization, named["id"]) if named else None


def languages(organization: str, channel: str, name: str) -> list[str]:
    pk, prefix = keys.template_names(organization, channel)
    found = table.query(table.data(), "pk = :pk AND begins_with(sk, :sk)", {":pk": pk, ":sk": f"{prefix}{name}#"})
    return [item["sk"].rpartition("#")[2] for item in found]


def of_channel(organization: str, channel: str) -> Iterator[Template]:
    pk, prefix = keys.template_names(organization, channel)
    for item in table.query(
        table.data(), "pk = :pk AND begins_with(sk, :sk)", {":pk": pk, ":sk": prefix}, consistent=True
    ):
        template = get(organization, item["id"])
        if template:
            yield template


def page(organization: str, start: table.Item | None, limit: int) -> tuple[list[Template], table.Item | None]:
    prefix = keys.template(organization, "")
    values = {":pk": prefix["pk"], ":sk": prefix["sk"]}
    items, last = table.query_page(
        table.data(), "pk = :pk AND begins_with(sk, :sk)", values, start=start, limit=limit, consistent=True
    )
    return [read(item) for item in items], last


def change(template: Template, fields: table.Item, allowed: frozenset[TemplateStatus], now: int) -> Template | None:
    """Sets `fields` while the template stands in one of `allowed`. None: it no longer does."""
    fields = {**fields, "updated_at": rfc3339(now)}
    names = {f"#{name}": name for name in fields} | {"#status": "status"}
    statuses = {f":allowed{i}": status for i, status in enumerate(sorted(allowed))}
    expression = "SET " + ", ".join(f"#{name} = :{name}" for name in fields)
    values = {**{f":{name}": value for name, value in fields.items()}, **statuses}
    try:
        return read(
            table.update(
                table.data(), key_of(template), expression, f"#status IN ({', '.join(statuses)})", values, names
            )
        )
    except ConditionFailed:
        return None


def report(template: Template, state: TemplateState, now: int) -> Template:
    """Takes the platform's word over; its template webhooks carry no usable time, so the last one to come counts,
    and the poll corrects what came out of order."""
    fields = {
        "status": state.status,
        "updated_at": rfc3339(now),
        "provider_id": state.provider_id,
        "category": state.category,
        "quality": state.quality,
        "expected_category": state.expected,  # "": taken back, or done
    }
    kept: table.Item = {name: value for name, value in fields.items() if value}
    kept |= {"allow_send": False} if template.stops_as(state.category) else {}
    names = {f"#{name}": name for name in kept} | ({"#reason": "reason"} if state.reason or state.status else {})
    expression = "SET " + ", ".join(f"#{name} = :{name}" for name in kept)
    removed = (["#reason"] if state.status and not state.reason else []) + (["#gone"] if state.expected == "" else [])
    expression += ", #reason = :reason" if state.reason else ""
    expression += f" REMOVE {', '.join(removed)}" if removed else ""
    names |= {"#gone": "expected_category"} if state.expected == "" else {}
    values = {f":{name}": value for name, value in kept.items()} | ({":reason": state.reason} if state.reason else {})
    try:
        return read(table.update(table.data(), key_of(template), expression, "attribute_exists(pk)", values, names))
    except ConditionFailed:
        return template  # deleted meanwhile


def delete(template: Template) -> None:
    """With its name, which is free then."""
    writes = [{"Delete": {"TableName": table.data(), "Key": key}} for key in (key_of(template), name_of(template))]
    table.transact(writes)


def claim(template: Template, platform: str, provider_id: str) -> None:
    """From the platform's id, which its webhooks name, to our template."""
    kept = {"organization": template.organization_id, "template": template.id, "channel": template.channel_id}
    table.put(table.data(), {**keys.template_claim(platform, provider_id), **kept})


def claimed(platform: str, provider_id: str) -> tuple[str, str] | None:
    item = table.get(table.data(), keys.template_claim(platform, provider_id))
    return (item["organization"], item["template"]) if item else None


def mark_review(template: Template, now: int) -> None:
    key = keys.in_review(template.organization_id, template.id)
    table.put(table.runtime(), {**key, "organization": template.organization_id, "template": template.id, "since": now})


def unmark_review(organization: str, template: str) -> None:
    table.delete(table.runtime(), keys.in_review(organization, template))


def in_review() -> list[tuple[str, str]]:
    marks = table.query(table.runtime(), "pk = :pk", {":pk": "IN_REVIEW"})
    return [(mark["organization"], mark["template"]) for mark in marks]


def key_of(template: Template) -> keys.Key:
    return keys.template(template.organization_id, template.id)


def name_of(template: Template) -> keys.Key:
    return keys.template_name(template.organization_id, template.channel_id, template.name, template.language)


def item_of(template: Template) -> table.Item:
    hidden = {"fingerprint": template.fingerprint, "edited_at": template.edited_at}
    return {**template.model_dump(exclude_none=True), **hidden, "begun_versions": template.begun_versions}
