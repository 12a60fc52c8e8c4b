"""The few ways in which an item is read and written; everything else in `store` is built on them."""

import random
import time
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any

from boto3.dynamodb.types import TypeSerializer
from botocore.exceptions import ClientError

from parley.cloud.clients import client
from parley.model.cursor import bad_cursor
from parley.settings import settings
from parley.store import wire

Item = dict[str, Any]
Key = dict[str, str]
LARGEST = 2**53
NUMBERS = frozenset({"listed_at", "hold_until"})
"""The parts of keys that are numbers; all others are texts."""

_serialize = TypeSerializer().serialize


class ConditionFailed(Exception):
    """The item was not as the write expected; `old` is what it is (None: it does not exist)."""

    def __init__(self, old: Item | None) -> None:
        super().__init__("the condition of a write failed")
        self.old = old


class TransactionFailed(Exception):
    """`reasons` has, in the order of the writes, "None" or why that write was refused."""

    def __init__(self, reasons: list[str]) -> None:
        super().__init__(f"a transaction failed: {reasons}")
        self.reasons = reasons


def data() -> str:
    return settings().data_table


def runtime() -> str:
    return settings().runtime_table


def get(table: str, key: Key, *, consistent: bool = True) -> Item | None:
    found = client("dynamodb").get_item(TableName=table, Key=to_wire(key), ConsistentRead=consistent).get("Item")
    return from_wire(found) if found else None


def get_many(table: str, wanted: list[Key], only: Sequence[str] = ()) -> list[Item]:
    """The items that exist, in no order, read consistently, 100 a call; what the service left out is asked again.

    `only`: these attributes, which is quicker; the price is the same."""
    distinct = list({(key["pk"], key["sk"]): key for key in wanted}.values())
    names = {f"#{name}": name for name in only}
    less = {"ProjectionExpression": ", ".join(names), "ExpressionAttributeNames": names} if only else {}
    items: list[Item] = []
    while distinct:
        batch, distinct = distinct[:100], distinct[100:]
        request = {table: {"Keys": [to_wire(key) for key in batch], "ConsistentRead": True, **less}}
        answer = client("dynamodb").batch_get_item(RequestItems=request)
        items += [from_wire(item) for item in answer["Responses"].get(table, [])]
        distinct += [from_wire(key) for key in answer.get("UnprocessedKeys", {}).get(table, {}).get("Keys", [])]
    return items


def insert(table: str, item: Item) -> None:
    """Writes a new item. Raises ConditionFailed with the one that is there already."""
    _guarded("put_item", TableName=table, Item=to_wire(item), ConditionExpression="attribute_not_exists(pk)")


def replace(table: str, item: Item, condition: str, values: Item, names: dict[str, str]) -> None:
    """Writes an item whole if `condition` holds of the one before it. Raises ConditionFailed with that one."""
    more = {"ExpressionAttributeValues": to_wire(values), "ExpressionAttributeNames": names}
    _guarded("put_item", TableName=table, Item=to_wire(item), ConditionExpression=condition, **more)


def put(table: str, item: Item) -> None:
    client("dynamodb").put_item(TableName=table, Item=to_wire(item))


def update(
    table: str, key: Key, expression: str, condition: str, values: Item, names: dict[str, str] | None = None
) -> Item:
    """Changes one item if `condition` holds and returns it as it is now. Raises ConditionFailed otherwise."""
    more: dict[str, Any] = {"ExpressionAttributeNames": names} if names else {}
    if values:
        more["ExpressionAttributeValues"] = to_wire(values)
    answer = _guarded(
        "update_item",
        TableName=table,
        Key=to_wire(key),
        UpdateExpression=expression,
        ConditionExpression=condition,
        ReturnValues="ALL_NEW",
        **more,
    )
    return from_wire(answer["Attributes"])


def delete(table: str, key: Key) -> None:
    client("dynamodb").delete_item(TableName=table, Key=to_wire(key))


def query(table: str, condition: str, values: Item, *, index: str | None = None, **options: Any) -> Iterator[Item]:
    """Every item of a query, page after page; stop iterating to stop reading."""
    start: dict[str, Any] = {}
    while True:
        page = query_page(table, condition, values, index=index, **options, **start)
        yield from page[0]
        if page[1] is None:
            return
        start = {"start": page[1]}


def query_page(
    table: str,
    condition: str,
    values: Item,
    *,
    index: str | None = None,
    start: Item | None = None,
    limit: int | None = None,
    newest_first: bool = False,
    consistent: bool = False,
) -> tuple[list[Item], Item | None]:
    """One page and the key after which the next one begins."""
    _check_start(start, condition, values)
    more: dict[str, Any] = {"IndexName": index} if index else {"ConsistentRead": consistent}
    more |= {"ExclusiveStartKey": to_wire(start)} if start else {}
    more |= {"Limit": limit} if limit else {}
    question = {
        "KeyConditionExpression": condition,
        "ExpressionAttributeValues": to_wire(values),
        "ScanIndexForward": not newest_first,
    }
    try:
        answer = client("dynamodb").query(TableName=table, **question, **more)
    except ClientError as error:
        if start and error.response["Error"]["Code"] == "ValidationException":
            raise bad_cursor() from None  # a start key that somebody made up
        raise
    last = answer.get("LastEvaluatedKey")
    return [from_wire(item) for item in answer["Items"]], from_wire(last) if last else None


def count(table: str, condition: str, values: Item) -> int:
    """How many items a query has, read consistently."""
    question = {"KeyConditionExpression": condition, "ExpressionAttributeValues": to_wire(values), "Select": "COUNT"}
    found, start = 0, Item()
    while True:
        answer = client("dynamodb").query(TableName=table, ConsistentRead=True, **question, **start)
        found += int(answer["Count"])
        if "LastEvaluatedKey" not in answer:
            return found
        start = {"ExclusiveStartKey": answer["LastEvaluatedKey"]}


def _check_start(start: Item | None, condition: str, values: Item) -> None:
    """A start key comes back from the caller: it must lie in the very partition that the query is about."""
    if start is None:
        return
    attribute, _, placeholder = condition.split()[:3]
    inside = isinstance(start, dict) and start.get(attribute) == values[placeholder] and {"pk", "sk"} <= start.keys()
    if not inside or not all(_is_of_a_key(name, value) for name, value in start.items()):
        raise bad_cursor()


def _is_of_a_key(name: str, value: Any) -> bool:
    return isinstance(value, int) and abs(value) < LARGEST if name in NUMBERS else isinstance(value, str)


def transact(writes: list[dict[str, Any]]) -> None:
    """All writes or none. Each is {"Put"|"Update"|"Delete"|"ConditionCheck": …} with plain values.

    Another transaction on one of the items is waited for. Raises TransactionFailed with a reason per write."""
    items = [{verb: _plain(write) for verb, write in each.items()} for each in writes]
    for pause in (0.05, 0.1, 0.2, 0.4, None):
        reasons = _transacted(items)
        if reasons is None:
            return
        if pause is None or "TransactionConflict" not in reasons or not set(reasons) <= {"None", "TransactionConflict"}:
            raise TransactionFailed(reasons)
        time.sleep(pause * random.uniform(0.5, 1.5))  # noqa: S311 - jitter


def written(writes: list[dict[str, Any]]) -> bool:
    """The same. False: a condition of one of them does not hold."""
    try:
        transact(writes)
    except TransactionFailed as failed:
        if "ConditionalCheckFailed" not in failed.reasons:
            raise
        return False
    return True


def _transacted(items: list[dict[str, Any]]) -> list[str] | None:
    dynamodb = client("dynamodb")
    try:
        dynamodb.transact_write_items(TransactItems=items)
    except dynamodb.exceptions.TransactionCanceledException as error:
        return [reason.get("Code", "None") for reason in error.response["CancellationReasons"]]
    return None


def to_wire(item: Item) -> dict[str, Any]:
    return {name: _serialize(_decimal(value)) for name, value in item.items() if value is not None}


def from_wire(item: dict[str, Any]) -> Item:
    return wire.read(item)


def _plain(write: dict[str, Any]) -> dict[str, Any]:
    typed = {"Item", "Key", "ExpressionAttributeValues"}
    return {name: to_wire(value) if name in typed else value for name, value in write.items()}


def _guarded(operation: str, **request: Any) -> Any:
    try:
        return getattr(client("dynamodb"), operation)(**request, ReturnValuesOnConditionCheckFailure="ALL_OLD")
    except ClientError as error:
        if error.response["Error"]["Code"] != "ConditionalCheckFailedException":
            raise
        old: Any = error.response.get("Item")
        raise ConditionFailed(from_wire(old) if old else None) from None


def _decimal(value: Any) -> Any:
    """DynamoDB's serializer takes no float; None inside a map is left out like None at the top."""
    if isinstance(value, float):
        return Decimal(str(value))
    if isinstance(value, dict):
        return {name: _decimal(each) for name, each in value.items() if each is not None}
    if isinstance(value, list | tuple):
        return [_decimal(each) for each in value]
    return value
