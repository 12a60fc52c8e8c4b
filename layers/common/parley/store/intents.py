"""Intents; each is written in one transaction with its code and its words, which are taken on the channel, and with
the system that it calls."""

import json
from collections.abc import Iterable
from typing import Any

from parley.model.business_system import Intent
from parley.model.keywords import LONGEST
from parley.store import business_systems, keys, receipt_keys, table
from parley.store.table import Item

FRESH = "attribute_not_exists(pk)"
SAME = "version = :version"
FREE = "(attribute_not_exists(use_count) OR use_count = :none)"
CHANGING = ("business_system_id", "name", "default_data", "keywords", "updated_at")


def insert(intent: Intent) -> bool:
    """Keeps a new one. False: something is kept under its id, its code or one of its words is taken, or its system is
    gone."""
    put = {"TableName": table.data(), "Item": _item(intent), "ConditionExpression": FRESH}
    begun = business_systems.using(intent.organization_id, [intent.business_system_id], intent.id)
    return table.written([{"Put": put}, _taken(intent, _code(intent)), *_taking(intent, intent.words), *begun])


def replace(old: Intent, new: Intent) -> bool:
    """False: it was changed or deleted meanwhile, one of its new words is taken, or its new system is gone."""
    who, before, after = old.organization_id, {old.business_system_id}, {new.business_system_id}
    writes = [
        {"Update": _changed(old, new)},
        *_taking(new, [word for word in new.words if word not in old.words]),
        *_freeing(old, [word for word in old.words if word not in new.words]),
        *business_systems.using(who, after - before, old.id),
        *business_systems.unusing(who, before - after, old.id),
    ]
    return table.written(writes)


def _changed(old: Intent, new: Intent) -> dict[str, Any]:
    """Field by field: what counts its users stays as it is."""
    fields = {name: value for name, value in _item(new).items() if name in CHANGING}
    values = {f":{name}": value for name, value in fields.items()}
    return {
        "TableName": table.data(),
        "Key": _key(old),
        "UpdateExpression": "SET version = :next, " + ", ".join(f"#{name} = :{name}" for name in fields),
        "ConditionExpression": SAME,
        "ExpressionAttributeNames": {f"#{name}": name for name in fields},
        "ExpressionAttributeValues": {**values, ":version": old.version, ":next": old.version + 1},
    }


def delete(intent: Intent) -> bool:
    """False: a template's button names it, or it was changed or deleted meanwhile."""
    gone = {
        "TableName": table.data(),
        "Key": _key(intent),
        "ConditionExpression": f"{SAME} AND {FREE}",
        "ExpressionAttributeValues": {":version": intent.version, ":none": 0},
    }
    ended = business_systems.unusing(intent.organization_id, [intent.business_system_id], intent.id)
    return table.written([{"Delete": gone}, _freed(_code(intent)), *_freeing(intent, intent.words), *ended])


def get(organization: str, intent: str) -> Intent | None:
    item = table.get(table.data(), receipt_keys.intent(organization, intent))
    return _read(item) if item else None


def get_many(organization: str, intents: Iterable[str]) -> list[Intent]:
    """Those that exist, by code."""
    items = table.get_many(table.data(), [receipt_keys.intent(organization, intent) for intent in intents])
    return sorted(map(_read, items), key=lambda each: (each.code, each.id))


def by_code(organization: str, channel: str, code: str) -> Intent | None:
    """What a button of the channel's templates names."""
    return _claimed(organization, receipt_keys.intent_code(organization, channel, code))


def by_word(organization: str, channel: str, word: str) -> Intent | None:
    """What a text fires that is nothing but this word, bare."""
    if not word or len(word) > 2 * LONGEST:
        return None
    return _claimed(organization, receipt_keys.intent_word(organization, channel, word))


def _claimed(organization: str, key: keys.Key) -> Intent | None:
    claim = table.get(table.data(), key)
    return get(organization, claim["intent"]) if claim else None


def takers(intent: Intent) -> dict[str, str]:
    """The codes of the intents that have its words, by word, itself left out."""
    wanted = [_word(intent, word) for word in intent.words]
    found = table.get_many(table.data(), wanted)
    return {item["word"]: item["code"] for item in found if item["intent"] != intent.id}


def page(organization: str, start: Item | None, limit: int) -> tuple[list[Intent], Item | None]:
    prefix = receipt_keys.intent(organization, "")
    values = {":pk": prefix["pk"], ":sk": prefix["sk"]}
    items, last = table.query_page(
        table.data(), "pk = :pk AND begins_with(sk, :sk)", values, start=start, limit=limit, consistent=True
    )
    return [_read(item) for item in items], last


def _taking(intent: Intent, words: list[str]) -> list[dict[str, Any]]:
    return [_taken(intent, _word(intent, word), word=word) for word in words]


def _taken(intent: Intent, key: keys.Key, **more: str) -> dict[str, Any]:
    item = {**key, "intent": intent.id, "code": intent.code, **more}
    return {"Put": {"TableName": table.data(), "Item": item, "ConditionExpression": FRESH}}


def _freeing(intent: Intent, words: list[str]) -> list[dict[str, Any]]:
    return [_freed(_word(intent, word)) for word in words]


def _freed(key: keys.Key) -> dict[str, Any]:
    return {"Delete": {"TableName": table.data(), "Key": key}}


def _item(intent: Intent) -> Item:
    """The data as text: a map of the table would lose a null and the kind of a number."""
    hidden = {"version": intent.version, "fingerprint": intent.fingerprint}
    data = json.dumps(intent.default_data, ensure_ascii=False)
    return {**_key(intent), **intent.model_dump(), **hidden, "default_data": data}


def _read(item: Item) -> Intent:
    return Intent.model_validate({**item, "default_data": json.loads(item["default_data"])})


def _key(intent: Intent) -> keys.Key:
    return receipt_keys.intent(intent.organization_id, intent.id)


def _code(intent: Intent) -> keys.Key:
    return receipt_keys.intent_code(intent.organization_id, intent.channel_id, intent.code)


def _word(intent: Intent, word: str) -> keys.Key:
    return receipt_keys.intent_word(intent.organization_id, intent.channel_id, word)
