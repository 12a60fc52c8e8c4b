"""One step of a channel's test."""

from collections.abc import Callable

from parley.errors import ProviderError
from parley.model.channel import ProbeStep


def step(name: str, run: Callable[[], object]) -> ProbeStep:
    """Whether the platform did what was asked, or what it said instead."""
    try:
        run()
    except ProviderError as error:
        return ProbeStep(step=name, ok=False, detail=f"{error.message} {error.provider_code or ''}".strip())
    return ProbeStep(step=name, ok=True)
