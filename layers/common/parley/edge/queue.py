"""SQS batches: each record on its own, what failed goes back alone, the rest is acknowledged."""

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

from parley.cloud import queues
from parley.cloud.metrics import count
from parley.edge.logging import logger, observed

Body = dict[str, Any]
Answer = dict[str, list[dict[str, str]]]
QueueHandler = Callable[[Any, Any], Answer]
MARGIN = 1500
"""Milliseconds in which nothing new is begun: a batch that is cut off would come back as a whole."""
SOON = 20
"""Seconds."""


def process(one: Callable[[Body], None]) -> QueueHandler:
    """A handler that gives each record's body to `one`; a record whose call raises, or that there is no time for, comes
    back."""

    def handler(event: dict[str, Any], context: Any) -> Answer:
        left = context.get_remaining_time_in_millis
        records = event["Records"]
        return failures([each["messageId"] for each in records if left() < MARGIN or not _done(one, each)])

    return observed(handler)


def process_together(one: Callable[[Body], None]) -> QueueHandler:
    """The same with a thread for each record: they wait for others over the internet, and none waits for another."""

    def handler(event: dict[str, Any], context: Any) -> Answer:
        records = event["Records"]
        with ThreadPoolExecutor(len(records)) as pool:
            done = list(pool.map(partial(_done, one), records))
        return failures([each["messageId"] for each, well in zip(records, done, strict=True) if not well])

    return observed(handler)


def process_in_time(one: Callable[[Body, Callable[[], int]], None]) -> QueueHandler:
    """The same for work that looks at the clock: `one` gets the milliseconds left, too."""

    def handler(event: dict[str, Any], context: Any) -> Answer:
        left = context.get_remaining_time_in_millis
        return process(lambda body: one(body, left))(event, context)

    return handler


def process_jobs(one: Callable[[Body, Callable[[], int]], None]) -> QueueHandler:
    """The same for long work: what failed for the first time comes back after moments. Its queue hides it for a
    quarter of an hour, which is meant for workers that died."""
    handler = process_in_time(one)

    def run(event: dict[str, Any], context: Any) -> Answer:
        answer = handler(event, context)
        failed = {each["itemIdentifier"] for each in answer["batchItemFailures"]}
        for record in event["Records"]:
            if record["messageId"] in failed and record["attributes"]["ApproximateReceiveCount"] == "1":
                queues.show_job_again(record["receiptHandle"], SOON)
        return answer

    return run


def process_batch(batch: Callable[[dict[str, Body], Callable[[], int]], list[str]]) -> QueueHandler:
    """A handler that gives all bodies by record id, and the milliseconds left; `batch` returns what comes back."""

    def handler(event: dict[str, Any], context: Any) -> Answer:
        bodies = {record["messageId"]: json.loads(record["body"]) for record in event["Records"]}
        return failures(batch(bodies, context.get_remaining_time_in_millis))

    return observed(handler)


def failures(records: list[str]) -> Answer:
    return {"batchItemFailures": [{"itemIdentifier": record} for record in records]}


def _done(one: Callable[[Body], None], record: dict[str, Any]) -> bool:
    """A fault of ours must not take the rest of the batch with it; it is logged, counted and comes back."""
    try:
        one(json.loads(record["body"]))
    except Exception as error:
        logger.exception("a record failed", extra={"record": record["messageId"], "error": type(error).__name__})
        count("RecordFailed")
        return False
    return True
