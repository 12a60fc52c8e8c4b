"""python -m local.simulators --work DIR [--engine-url URL] [--port 0]: serve until SIGTERM or the end of stdin."""

import argparse
import json
import os
import signal
import sys
import threading
from pathlib import Path

from local.simulators.stack import Simulators
from local.simulators.telegram import memory as telegram_memory
from local.simulators.whatsapp import memory

MEMORY, TELEGRAM_MEMORY = "simulated-whatsapp.json", "simulated-telegram.json"


def main() -> None:
    options = _options()
    options.work.mkdir(parents=True, exist_ok=True)
    simulators = Simulators(options.engine_url, options.port)
    over = _asked_to_end()
    memory.recall(simulators.world, options.work / MEMORY)
    telegram_memory.recall(simulators.telegram, options.work / TELEGRAM_MEMORY)
    urls = json.dumps(simulators.start())
    (options.work / "simulators.json").write_text(urls + "\n")
    print(urls, flush=True)
    over.wait()
    memory.keep(simulators.world.state, options.work / MEMORY)
    telegram_memory.keep(simulators.telegram, options.work / TELEGRAM_MEMORY)
    simulators.stop()


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m local.simulators", description=__doc__)
    parser.add_argument(
        "--work",
        type=Path,
        required=True,
        help="folder for simulators.json (the addresses) and what outlives a restart",
    )
    parser.add_argument("--engine-url", help="where the AWS engine listens; without it SMS events stay in GET /events")
    parser.add_argument("--port", type=int, default=0, help="the first of six ports; 0 takes free ones")
    return parser.parse_args()


def _asked_to_end() -> threading.Event:
    """Listens before the first line is printed: whoever reads it may end us at once."""
    over = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: over.set())
    threading.Thread(target=_until_closed, args=(over,), daemon=True).start()
    return over


def _until_closed(over: threading.Event) -> None:
    """A parent that dies closes the pipe; then nobody needs the simulators any more."""
    while os.read(sys.stdin.fileno(), 4096):
        pass
    over.set()


if __name__ == "__main__":
    main()
