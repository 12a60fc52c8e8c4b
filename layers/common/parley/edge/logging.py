"""Structured logs and EMF metrics, made once. No content, no phone numbers, no secrets ever go in."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit

from parley.cloud.metrics import drain

logger = Logger(service="parley", log_uncaught_exceptions=False)
"""Everything below the edge logs through the standard library's logger of the same name."""

metrics = Metrics(namespace="Parley", service="parley")


def observed(handler: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    """A Lambda handler with its request id in every log line and its counts written at the end."""

    @logger.inject_lambda_context(clear_state=True)
    @wraps(handler)
    def run(event: Any, context: Any) -> Any:
        try:
            return handler(event, context)
        finally:
            _flush()

    return run


def _flush() -> None:
    counted = drain()
    for name, value in counted.items():
        metrics.add_metric(name=name, unit=MetricUnit.Count, value=value)
    if counted:
        metrics.flush_metrics()
