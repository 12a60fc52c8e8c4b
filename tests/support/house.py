"""The code as its rules see it: modules, what they import, how long they are; and the template's resources."""

import ast
import subprocess
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

from tests.support.cloud import ROOT, template

Json = dict[str, Any]
PARLEY = ROOT / "layers" / "common" / "parley"
HANDLERS = sorted((ROOT / "functions").glob("*/*.py"))
SETTINGS = ROOT / "functions" / "settings"
VERBS = ("create", "list", "get", "update", "delete")
RESOURCES = [path for path in HANDLERS if path.parent == SETTINGS and path.stem.partition("_")[0] not in VERBS]
"""Settings that are plain storage: one function with five routes."""
OPERATIONS = [path for path in HANDLERS if path not in RESOURCES]
PROGRAM = sorted(PARLEY.rglob("*.py"))
LOCAL = sorted((ROOT / "local").rglob("*.py"))
CODE = [*HANDLERS, *PROGRAM, *LOCAL]


@lru_cache(maxsize=2000)
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text())


def name(path: Path) -> str:
    """For test ids: functions/channels/create_channel.py."""
    return str(path.relative_to(ROOT))


def imports(path: Path) -> Iterator[str]:
    """Every module that a file imports, wherever in it; `from a import b` gives a.b, which may be a name in a."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            yield from (each.name for each in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, f"{path}: a relative import"
            yield from (f"{node.module}.{each.name}" for each in node.names)


def functions(path: Path) -> Iterator[tuple[str, int]]:
    """Name and length of every function, its decorators not counted."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node.name, (node.end_lineno or node.lineno) - node.lineno + 1


def five_routes(resource: str) -> dict[str, tuple[str, str]]:
    """Operation → (method, path) of a settings resource; the path has a place for the name of its id."""
    noun = f"{resource[:-3]}y" if resource.endswith("ies") else resource.removesuffix("s")
    every = f"/rest/v1/{resource}"
    one = f"{every}/{{}}"
    places = dict(
        zip(VERBS, [("POST", every), ("GET", every), ("GET", one), ("PATCH", one), ("DELETE", one)], strict=True)
    )
    return {f"{verb}_{resource if verb == 'list' else noun}": place for verb, place in places.items()}


def tracked() -> list[Path]:
    """Every file of the repository, those that wait to be added too."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    listed = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    return [ROOT / each for each in listed.split("\0") if each and (ROOT / each).is_file()]


def resources(kind: str = "") -> dict[str, Json]:
    """The properties of the template's resources of a type, by logical id."""
    found = template()["Resources"].items()
    return {name: each.get("Properties", {}) for name, each in found if each["Type"].endswith(kind)}


def lambdas() -> dict[str, Json]:
    return resources("Serverless::Function")


def events(function: Json, kind: str) -> list[Json]:
    """The properties of a function's triggers of a type."""
    return [each["Properties"] for each in function.get("Events", {}).values() if each["Type"] == kind]


def statements(role: Json) -> list[Json]:
    """The statements of a role's policies, actions and resources always as lists."""
    found = [each for policy in role["Policies"] for each in policy["PolicyDocument"]["Statement"]]
    return [each | {"Action": _listed(each["Action"]), "Resource": _listed(each["Resource"])} for each in found]


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
