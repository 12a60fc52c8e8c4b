"""DynamoDB without the wire: moto's own rules, called as functions, twenty times faster. Stories use the whole way
through botocore; the sweeps over every crash and the state machine, which make 100,000 calls, take this short cut."""

import base64
import copy
import json
from collections.abc import Callable
from functools import partial
from threading import RLock
from typing import Any

import pytest
from botocore.exceptions import ClientError
from moto.core.exceptions import JsonRESTError
from moto.dynamodb.responses import DynamoHandler
from parley.store import table

from tests.support.cloud import REGION
from tests.support.faults import Faults


class _Cancelled(ClientError):
    """TransactionCanceledException, where botocore has it."""


class Direct:
    """Has the methods of a DynamoDB client that the store uses."""

    class exceptions:
        TransactionCanceledException = _Cancelled

    def __init__(self, faults: Faults) -> None:
        self.faults, self.lock = faults, RLock()

    def __getattr__(self, name: str) -> Callable[..., Any]:
        return partial(self._call, name)

    def _call(self, name: str, **params: Any) -> Any:
        word = name.title().replace("_", "")
        self.faults.before(word)
        try:
            return self._ask(name, copy.deepcopy(params))
        except JsonRESTError as error:
            raise _as_botocore(error, word) from None
        finally:
            self.faults.after(word)

    def _ask(self, name: str, params: Any) -> Any:
        handler = DynamoHandler()
        handler.body, handler.current_account, handler.region = params, "123456789012", REGION
        with self.lock:
            return copy.deepcopy(getattr(handler, name)().result)


def _as_botocore(error: JsonRESTError, word: str) -> ClientError:
    told = json.loads(str(error.description), object_hook=_bytes)
    code = str(told["__type"]).rpartition("#")[2]
    response: Any = {"Error": {"Code": code, "Message": told.get("message", told.get("Message", ""))}, **told}
    return (_Cancelled if "TransactionCanceled" in code else ClientError)(response, word)


def _bytes(value: dict[str, Any]) -> dict[str, Any]:
    return {"B": base64.b64decode(value["B"])} if set(value) == {"B"} else value


def connect(patch: pytest.MonkeyPatch, faults: Faults) -> None:
    client = Direct(faults)
    patch.setattr(table, "client", lambda _: client)
