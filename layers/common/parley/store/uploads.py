"""Files that were given to us: which there are, what uses them, and under which id a platform knows them."""

from typing import Any

from parley.model.upload import Upload
from parley.store import keys, table
from parley.store.table import ConditionFailed, TransactionFailed

SHOWN_ONLY = {"url", "link"}
OPEN = "attribute_exists(pk) AND attribute_not_exists(closed)"


def insert(organization: str, upload: Upload) -> Upload:
    """Keeps a new one, with its row in the library of its channel. Answers what is kept, the first one for a repeat."""
    items = [keys.upload(organization, upload.id) | upload.model_dump(exclude=SHOWN_ONLY)]
    if upload.channel_id:
        items.append({**_row(organization, upload.channel_id, upload), "id": upload.id})
    fresh = {"TableName": table.data(), "ConditionExpression": "attribute_not_exists(pk)"}
    try:
        table.transact([{"Put": {**fresh, "Item": item}} for item in items])
    except TransactionFailed:
        return get(organization, upload.id) or upload
    return upload


def _row(organization: str, channel: str, upload: Upload) -> keys.Key:
    return keys.in_library(organization, channel, upload.created_at, upload.id)


def get(organization: str, upload: str) -> Upload | None:
    item = table.get(table.data(), keys.upload(organization, upload))
    return Upload.model_validate(item) if item else None


def page(
    organization: str, channel: str, start: table.Item | None, limit: int
) -> tuple[list[Upload], table.Item | None]:
    """The library of a channel, the newest first."""
    pk, prefix = keys.channel_media(organization, channel)
    values = {":pk": pk, ":sk": prefix}
    rows, last = table.query_page(
        table.data(),
        "pk = :pk AND begins_with(sk, :sk)",
        values,
        start=start,
        limit=limit,
        newest_first=True,
        consistent=True,
    )
    items = table.get_many(table.data(), [keys.upload(organization, row["id"]) for row in rows])
    found = {item["id"]: Upload.model_validate(item) for item in items}
    return [found[row["id"]] for row in rows if row["id"] in found], last


def settle(organization: str, upload: str, fields: table.Item) -> Upload | None:
    """Writes what was seen, once. None: somebody else did, or deleted it."""
    given = {name: value for name, value in fields.items() if value is not None}
    names = {f"#{name}": name for name in given}
    values = {f":{name}": value for name, value in given.items()} | {":waiting": "waiting"}
    expression = "SET " + ", ".join(f"#{name} = :{name}" for name in given)
    key, condition = keys.upload(organization, upload), f"#status = :waiting AND {OPEN}"
    try:
        return Upload.model_validate(table.update(table.data(), key, expression, condition, values, names))
    except ConditionFailed:
        return None


def know_as(organization: str, upload: str, sender: str, provider_id: str) -> None:
    """This sender can send it again without handing it over."""
    key, values = keys.upload(organization, upload), {":known": f"{sender} {provider_id}"}
    try:
        table.update(table.data(), key, "SET known_as = :known", "attribute_exists(pk)", values)
    except ConditionFailed:
        return  # deleted meanwhile


def use(organization: str, upload: str, user: str) -> bool:
    """Keeps the file from being deleted while `user` (words for a person, like `template order_ready`) needs it.
    A repeat changes nothing. False: there is no such file any more."""
    try:
        table.transact(using(organization, upload, user))
    except TransactionFailed as failed:
        return failed.reasons[0] == "ConditionalCheckFailed"  # noted before
    return True


def using(organization: str, upload: str, user: str) -> list[dict[str, Any]]:
    """The writes of `use`, for a transaction in which the user itself is written."""
    fresh = {"TableName": table.data(), "ConditionExpression": "attribute_not_exists(pk)"}
    item = {**keys.use(organization, "UPLOAD", upload, user), "user": user}
    return [{"Put": {**fresh, "Item": item}}, _counted(organization, upload, 1, OPEN)]


def unuse(organization: str, upload: str, user: str) -> None:
    there = {"TableName": table.data(), "ConditionExpression": "attribute_exists(pk)"}
    key = keys.use(organization, "UPLOAD", upload, user)
    try:
        table.transact([{"Delete": {**there, "Key": key}}, _counted(organization, upload, -1, "attribute_exists(pk)")])
    except TransactionFailed:
        return  # it is not used by this one


def _counted(organization: str, upload: str, by: int, condition: str) -> dict[str, Any]:
    return {
        "Update": {
            "TableName": table.data(),
            "Key": keys.upload(organization, upload),
            "UpdateExpression": "ADD use_count :by",
            "ConditionExpression": condition,
            "ExpressionAttributeValues": {":by": by},
        }
    }


def users(organization: str, upload: str) -> list[str]:
    pk, prefix = keys.uses(organization, "UPLOAD", upload)
    values = {":pk": pk, ":sk": prefix}
    found = table.query(table.data(), "pk = :pk AND begins_with(sk, :sk)", values, consistent=True)
    return [item["user"] for item in found]


def close(organization: str, upload: str) -> bool:
    """Nobody can begin to use it now. False: somebody uses it."""
    condition = "attribute_exists(pk) AND (attribute_not_exists(use_count) OR use_count = :none)"
    try:
        table.update(
            table.data(),
            keys.upload(organization, upload),
            "SET closed = :true",
            condition,
            {":none": 0, ":true": True},
        )
    except ConditionFailed as failed:
        return failed.old is None  # deleted meanwhile
    return True


def delete(organization: str, upload: Upload) -> None:
    gone = [keys.upload(organization, upload.id)]
    if upload.channel_id:
        gone.append(_row(organization, upload.channel_id, upload))
    table.transact([{"Delete": {"TableName": table.data(), "Key": key}} for key in gone])
