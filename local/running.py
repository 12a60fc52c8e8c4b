"""A whole embedded stack for the length of a `with` block: engine, simulators, deploy; stopped in order at its end."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from local import deploy, engine, sam, simulation
from local.stack import Stack


@contextmanager
def start(
    work: Path, parameters: Mapping[str, str] | None = None, port: int = 0, *, keep: bool = True
) -> Iterator[Stack]:
    """`work` keeps the logs, and the data with `keep`; a port of 0 takes a free one, so that stacks can run side by
    side."""
    work = work.resolve()
    sam.build(work / "build.log")
    with engine.running(work, port, keep=keep) as aws, simulation.running(work, aws.url) as addresses:
        wanted = simulation.parameters(addresses) | dict(parameters or {})
        stack = replace(deploy.deploy(aws, work, wanted), simulators=addresses)
        stack.save()
        yield stack
