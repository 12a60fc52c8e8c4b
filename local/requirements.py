"""Prints a dependency group of pyproject.toml for pip, since older pips cannot read one."""

import sys
import tomllib
from pathlib import Path

if __name__ == "__main__":
    project = tomllib.loads(Path("pyproject.toml").read_text())
    print("\n".join(project["dependency-groups"][sys.argv[1]]))
