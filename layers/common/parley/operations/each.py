"""Work on many things that must not fail together: what fails is logged and counted, the next one goes on."""

import logging
from collections.abc import Callable

from parley.cloud.metrics import count

log = logging.getLogger("parley")


def each(failure: str, run: Callable[[], object]) -> bool:
    """Whether `run` went through and did not say False. Queues and jobs come back to what failed."""
    try:
        return run() is not False
    except Exception as error:
        log.exception(failure, extra={"error": type(error).__name__})
        count("Fault")
        return False
