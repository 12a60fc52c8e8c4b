"""What makes moto slow, done quicker; nothing of it changes an answer.

It looks up every member of every DynamoDB value under four names; a plain value has one. And it copies whole tables
before a transaction, where the items that the transaction names are enough to go back. And at each start it registers a
thousand addresses anew that only `requests` would ask, which we do not use. It looks through its own methods at each
call; and botocore signs what nobody verifies."""

import copy
from collections import defaultdict
from contextvars import ContextVar
from functools import lru_cache
from typing import Any

from botocore.signers import RequestSigner
from moto.core import responses
from moto.core.base_backend import BackendDict
from moto.core.model_instances import reset_model_data
from moto.core.models import MockAWS, botocore_stubber
from moto.core.serialize import ResponseSerializer
from moto.dynamodb.models import DynamoDBBackend
from moto.dynamodb.models.table import Table

KINDS = frozenset({"S", "N", "B", "SS", "NS", "BS", "M", "L", "NULL", "BOOL"})
_slowly = ResponseSerializer.get_value
_sign = RequestSigner.handler
_transact = DynamoDBBackend.transact_write_items
_named: ContextVar[set[str] | None] = ContextVar("the partitions that the running transaction names", default=None)


def _quickly(self: Any, value: Any, key: str, shape: Any) -> Any:
    if type(value) is dict and len(value) == 1 and key in KINDS and KINDS.issuperset(value):
        return value.get(key)
    return _slowly(self, value, key, shape)


def _transact_quickly(self: DynamoDBBackend, transact_items: list[dict[str, Any]]) -> None:
    writes = [next(iter(each.values())) for each in transact_items]
    token = _named.set({(write.get("Key") or write.get("Item"))["pk"]["S"] for write in writes})
    try:
        _transact(self, transact_items)
    finally:
        _named.reset(token)


def _copied(self: Table, memo: dict[int, Any]) -> Table:
    """A table to go back to: what the transaction may change is copied, the rest is shared."""
    named = _named.get()
    other = object.__new__(type(self))
    other.__dict__ = dict(self.__dict__)
    other.items = defaultdict(dict, {each: dict(items) for each, items in self.items.items()})
    for partition in other.items:
        if named is None or partition.value in named:
            other.items[partition] = copy.deepcopy(self.items[partition], memo)
    return other


def _enable(self: MockAWS, reset: bool = True) -> None:
    BackendDict.reset()
    botocore_stubber.enabled = True


def _disable(self: MockAWS, remove_data: bool) -> None:
    botocore_stubber.enabled = False
    BackendDict.reset()
    reset_model_data()


def _sign_if_asked(self: RequestSigner, operation_name: Any = None, request: Any = None, **more: Any) -> Any:
    """moto asks whether a request for a file is signed, and for nothing else. What goes to real sockets is signed."""
    if not botocore_stubber.enabled or self._service_id.hyphenize() == "s3":
        return _sign(self, operation_name, request, **more)
    return None


def install() -> None:
    RequestSigner.handler = _sign_if_asked  # type: ignore[method-assign]
    responses.method_names_from_class = lru_cache(responses.method_names_from_class)
    MockAWS._enable_patching, MockAWS._disable_patching = _enable, _disable  # type: ignore[method-assign]
    ResponseSerializer.get_value = _quickly  # type: ignore[method-assign]
    DynamoDBBackend.transact_write_items = _transact_quickly  # type: ignore[method-assign]
    Table.__deepcopy__ = _copied  # type: ignore[attr-defined]
