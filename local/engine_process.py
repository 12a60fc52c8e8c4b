"""The engine's own process, run by the engine's interpreter: MiniStack, ended when whoever started it is gone."""

import os
import runpy
import signal
import sys
import threading


def _end_with_parent() -> None:
    sys.stdin.read()
    os.kill(os.getpid(), signal.SIGTERM)


if __name__ == "__main__":
    threading.Thread(target=_end_with_parent, daemon=True).start()
    sys.argv = ["ministack"]
    runpy.run_module("ministack", run_name="__main__")
