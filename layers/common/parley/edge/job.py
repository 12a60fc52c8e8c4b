"""Jobs that EventBridge starts by the clock."""

from collections.abc import Callable
from typing import Any

from parley.edge.logging import logger, observed

Job = Callable[[Any, Any], dict[str, int]]


def job(run: Callable[[Callable[[], int]], dict[str, int]]) -> Job:
    """A handler that runs with a clock of the milliseconds left and logs what the run counted."""

    def handler(event: dict[str, Any], context: Any) -> dict[str, int]:
        counted = run(context.get_remaining_time_in_millis)
        logger.info("job done", extra=counted)
        return counted

    return observed(handler)
