"""Queues that we fill and a role of the reader's account empties: one for each endpoint and kind, by fixed names."""

import json
from collections.abc import Iterator

from botocore.exceptions import ClientError

from parley.cloud.clients import client
from parley.cloud.queues import TRIES
from parley.settings import settings

DAYS_KEPT = 14
BATCH, BATCH_BYTES = 10, 262_144
READING = ("ReceiveMessage", "DeleteMessage", "ChangeMessageVisibility", "GetQueueAttributes", "GetQueueUrl")
TAKEN = frozenset({"QueueAlreadyExists", "QueueNameExists"})
MISSING = frozenset({"AWS.SimpleQueueService.NonExistentQueue", "QueueDoesNotExist"})
TOO_SOON = frozenset({"AWS.SimpleQueueService.QueueDeletedRecently", "QueueDeletedRecently"})
TOO_LONG = frozenset({"AWS.SimpleQueueService.BatchRequestTooLong", "BatchRequestTooLong"})
PROBLEMS = {**dict.fromkeys(MISSING, "queue_gone"), **dict.fromkeys(TOO_LONG, "event_too_large")}
SOON = 60
"""Seconds after a deletion in which a queue of the same name cannot be made."""


class UnknownRole(Exception):
    """AWS knows no such role, so no policy can name it."""


class DeletedRecently(Exception):
    """A queue of this name was deleted within the last minute."""


def create(endpoint: str, kind: str, role: str) -> tuple[str, str]:
    """Its address and ARN. One that is there already is set anew. Raises UnknownRole and DeletedRecently, after which
    there is no queue more than before."""
    name = _name(endpoint, kind)
    arn = f"{settings().timers_queue_arn.rpartition(':')[0]}:{name}"
    try:
        return str(client("sqs").create_queue(QueueName=name, Attributes=_attributes(arn, role))["QueueUrl"]), arn
    except ClientError as error:
        if _code(error) not in TAKEN:
            raise _explained(error) from error
    url = str(client("sqs").get_queue_url(QueueName=name)["QueueUrl"])
    allow(url, arn, role)
    return url, arn


def allow(url: str, arn: str, role: str) -> None:
    """Lets exactly this role read it. Raises UnknownRole, and nothing has changed then."""
    try:
        client("sqs").set_queue_attributes(QueueUrl=url, Attributes=_attributes(arn, role))
    except ClientError as error:
        raise _explained(error) from error


def find(endpoint: str, kind: str) -> str | None:
    try:
        return str(client("sqs").get_queue_url(QueueName=_name(endpoint, kind))["QueueUrl"])
    except ClientError as error:
        if _code(error) not in MISSING:
            raise
        return None


def delete(url: str) -> None:
    """With what it holds. One that is gone stays so."""
    try:
        client("sqs").delete_queue(QueueUrl=url)
    except ClientError as error:
        if _code(error) not in MISSING:
            raise


def put(url: str, bodies: list[str]) -> str | None:
    """Each as a message; what a call refused is sent again. None when the queue has all, else what was wrong, and some
    may be there: `queue_gone`, `queue_refused` (AWS goes on refusing), `event_too_large` (for any queue)."""
    waiting = [{"Id": str(number), "MessageBody": body} for number, body in enumerate(bodies)]
    for _ in range(TRIES):
        try:
            refused = {id for batch in _batches(waiting) for id in _sent(url, batch)}
        except ClientError as error:
            return PROBLEMS.get(_code(error), "queue_refused")
        waiting = [each for each in waiting if each["Id"] in refused]
        if not waiting:
            return None
    return "queue_refused"


def _sent(url: str, batch: list[dict[str, str]]) -> list[str]:
    """Those that were refused."""
    answer = client("sqs").send_message_batch(QueueUrl=url, Entries=batch)
    return [each["Id"] for each in answer.get("Failed", [])]


def _batches(entries: list[dict[str, str]]) -> Iterator[list[dict[str, str]]]:
    """As many a call as fit; one that is too large alone goes alone."""
    batch, size = list[dict[str, str]](), 0
    for entry in entries:
        length = len(entry["MessageBody"].encode())
        if batch and (len(batch) == BATCH or size + length > BATCH_BYTES):
            yield batch
            batch, size = [], 0
        batch, size = [*batch, entry], size + length
    if batch:
        yield batch


def _name(endpoint: str, kind: str) -> str:
    """At most 80 characters, of which 54 are the endpoint's; the rest is for the stack's name."""
    return f"{settings().schedule_prefix}-receipts-{endpoint}-{kind.removeprefix('ChatApp')}"


def _attributes(arn: str, role: str) -> dict[str, str]:
    statement = {
        "Effect": "Allow",
        "Principal": {"AWS": role},
        "Action": [f"sqs:{each}" for each in READING],
        "Resource": arn,
    }
    return {
        "SqsManagedSseEnabled": "true",
        "MessageRetentionPeriod": str(DAYS_KEPT * 86_400),
        "Policy": json.dumps({"Version": "2012-10-17", "Statement": [statement]}),
    }


def _explained(error: ClientError) -> Exception:
    """AWS says that the policy is no good; all of it is ours but the role."""
    if _code(error) in TOO_SOON:
        return DeletedRecently()
    told = error.response["Error"]["Message"].lower()
    return UnknownRole() if "policy" in told and "Invalid" in _code(error) else error


def _code(error: ClientError) -> str:
    return str(error.response["Error"]["Code"]).rpartition("#")[2]
