"""Where things lie on this machine, so that no other module spells a folder."""

import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
WORK = ROOT / ".parley"
BUILD = WORK / "build"
BUILD_CACHE = WORK / "cache"
ENGINE_PYTHON = ROOT / ".venv-engine" / "bin" / "python"


def path_variable() -> str:
    """PATH with this interpreter first, so that sam finds the python of the local runtime."""
    return os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)])
