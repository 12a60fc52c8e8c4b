"""`make up`: the whole of Parley on this machine, with a story told in it, until Ctrl-C or `make down`."""

import argparse
import fcntl
import os
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO

from local import paths, running, story
from local.stack import Stack
from local.story import hints

PID_FILE = paths.WORK / "up.pid"


def main() -> None:
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    arguments = _arguments()
    began = time.monotonic()
    print("building, starting and deploying Parley, up to a minute …", flush=True)
    with _only_one(), running.start(paths.WORK, port=arguments.port) as stack:
        try:
            _tell(stack)
            print(f"\nready after {time.monotonic() - began:.0f} s; Ctrl-C or `make down` ends it, the data stays\n")
            signal.pause()
        except KeyboardInterrupt:
            print("\nsaving the data and stopping; a moment …", flush=True)
            raise


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=4566, help="of the engine, when there is no data yet")
    return parser.parse_args()


def _tell(stack: Stack) -> None:
    scene = story.run(stack)
    print(f"\nAPI      {stack.api_url}/rest/v1")
    print(f"docs     {stack.api_url}/rest/v1/docs")
    print(f"AWS      {stack.endpoint}  (credentials test/test, region {stack.region})")
    print(f"control  {stack.simulators['control_url']}  of the simulators: local/simulators/README.md")
    print(f"business {stack.simulators['business_url']}  a business's own server: a page with what it was told")
    print(f"data     {stack.work}  (and the logs)")
    print("\nwebhooks come in at")
    for function, url in sorted(stack.function_urls.items()):
        if function.startswith("Receive"):
            print(f"{function.removeprefix('Receive').removesuffix('Function'):9}{url}")
    if scene:
        print(f"\nAPI key  {scene.key}\n\ntry next:\n")
        print("\n".join(hints.lines(stack, scene)))


@contextmanager
def _only_one() -> Iterator[None]:
    """The lock on the file, not its number, says that we run: it goes with us, however we go."""
    paths.WORK.mkdir(parents=True, exist_ok=True)
    with PID_FILE.open("a+") as file:
        if not _locked(file):
            sys.exit("it is up already: `make down` ends it")
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        yield


def _locked(file: IO[str]) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        print("stopped in order; the data is kept")
