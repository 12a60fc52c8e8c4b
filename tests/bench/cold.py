"""How long a handler takes to import, and how long the third-party modules alone take that it imports."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
LAYER = ROOT / "layers/common"
HANDLERS = (
    "channels/create_channel",
    "messages/send_message",
    "messages/deliver_messages",
    "webhooks/receive_whatsapp",
    "receipts/react_to_changes",
    "receipts/push_receipts",
)

LIST = """
import sys, importlib
importlib.import_module({module!r})
own = ("parley", {module!r}.partition(".")[0])
print("\\n".join(name for name in sys.modules if "." not in name.partition(".")[0] and not name.startswith(own)
      and getattr(sys.modules[name], "__file__", None) and "site-packages" in sys.modules[name].__file__))
"""
TIME = """
import time, importlib
began = time.process_time()
for module in {modules!r}:
    importlib.import_module(module)
print(time.process_time() - began)
"""


def third_party(module: str) -> list[str]:
    """Every third-party module that the handler pulls in, in the order in which it did."""
    return _python(LIST.format(module=module)).split()


def seconds(modules: list[str]) -> float:
    return float(_python(TIME.format(modules=modules)))


def module_of(handler: str) -> str:
    return "functions." + handler.replace("/", ".")


def _python(code: str) -> str:
    environment = {"PYTHONPATH": f"{ROOT}:{LAYER}", "AWS_DEFAULT_REGION": "us-east-1", "PATH": ""}
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, cwd=ROOT, capture_output=True, text=True, check=True
    )
    return done.stdout.strip()
