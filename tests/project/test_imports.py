"""The arrow points down: functions → edge, operations → model, store, providers, cloud, sheets."""

import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.house import HANDLERS, PARLEY, PROGRAM, imports, name

ROOT = Path(__file__).parents[2]

GROUND = {"errors", "settings", "model"}
MAY_USE = {
    "errors": set(),
    "settings": set(),
    "model": {"errors"},
    "cloud": GROUND,
    "store": GROUND | {"cloud"},
    "providers": GROUND | {"cloud"},
    "sheets": {"errors", "model"},
    "operations": GROUND | {"cloud", "store", "providers", "sheets"},
    "edge": GROUND | {"cloud", "operations"},
    "functions": {"errors", "model", "cloud", "operations", "edge"},
}
LIBRARIES = {
    "model": {"pydantic", "phonenumbers"},
    "settings": {"pydantic"},
    "cloud": {"boto3", "botocore"},
    "store": {"boto3", "botocore"},
    "providers": {"pydantic", "httpx", "httpcore", "standardwebhooks"},
    "sheets": {"python_calamine", "xlsxwriter"},
    "edge": {"aws_lambda_powertools", "pydantic"},
}


def part(path: Path) -> str:
    """model, store, … of a module; the package itself and functions are parts too."""
    return path.relative_to(PARLEY).parts[0].removesuffix(".py") if path in PROGRAM else "functions"


def used_parts(path: Path) -> Iterator[str]:
    """What a file uses of the program; `from parley import providers` counts as providers."""
    for module in imports(path):
        words = module.split(".")
        if words[0] == "parley" and len(words) > 1:
            yield words[1]


def libraries(path: Path) -> set[str]:
    found = {module.partition(".")[0] for module in imports(path)}
    return found - set(sys.stdlib_module_names) - {"parley"}


def above(path: Path) -> set[str]:
    """What a file uses that does not stand below it."""
    own = part(path)
    return set(used_parts(path)) - {own} - MAY_USE.get(own, set())


def strange(path: Path) -> set[str]:
    """The libraries of a file that do not belong where it stands."""
    aws_backed = {"boto3", "botocore"} if "sms_aws" in path.parts else set()
    return libraries(path) - LIBRARIES.get(part(path), set()) - aws_backed


def test_a_module_uses_only_what_stands_below_it() -> None:
    assert {name(path): above(path) for path in [*PROGRAM, *HANDLERS] if above(path)} == {}


def test_libraries_stay_where_they_belong() -> None:
    assert {name(path): strange(path) for path in [*PROGRAM, *HANDLERS] if strange(path)} == {}


def test_every_part_has_its_rule() -> None:
    assert {part(path) for path in PROGRAM} - {"__init__"} == MAY_USE.keys() - {"functions"}


def test_handlers_never_import_each_other() -> None:
    stems = {path.stem for path in HANDLERS}
    assert [name(path) for path in HANDLERS if stems & {each.partition(".")[0] for each in imports(path)}] == []


PROVIDERS = sorted(each for each in (PARLEY / "providers").iterdir() if (each / "__init__.py").is_file())


@pytest.mark.parametrize("folder", PROVIDERS, ids=lambda each: each.name)
def test_providers_never_import_each_other(folder: Path) -> None:
    others = {each.name for each in PROVIDERS if each != folder}
    used = {module.split(".")[2] for path in folder.glob("*.py") for module in imports(path) if module.count(".") > 1}
    assert used.isdisjoint(others)


def test_receivers_start_without_frameworks() -> None:
    """What a webhook receiver loads, all the way down."""
    heavy, seen = {"pydantic", "aws_lambda_powertools", "httpx"}, set()
    waiting = [path for path in HANDLERS if path.stem.startswith("receive_")]
    while waiting:
        path = waiting.pop()
        assert libraries(path).isdisjoint(heavy), name(path)
        for module in imports(path):
            found = PARLEY.joinpath(*module.split(".")[1:]).with_suffix(".py")
            found = found if found.is_file() else found.with_suffix("").parent.with_suffix(".py")
            if module.startswith("parley.") and found.is_file() and found not in seen:
                seen.add(found)
                waiting.append(found)
    assert seen


def test_what_the_layer_leaves_out_is_imported_by_nothing() -> None:
    makefile = (ROOT / "layers/dependencies/Makefile").read_text()
    [removed] = re.findall(r"cd \$\(SITE\)/phonenumbers && rm -rf (.*)", makefile)
    gone = {name.removesuffix(".py*") for name in removed.split()}
    needs = {"geocoder": {"geodata"}, "carrier": {"carrierdata"}, "timezone": {"tzdata"}}
    code = "\n".join(path.read_text() for path in (ROOT / "layers/common").rglob("*.py"))
    used = {name for name in needs if re.search(rf"phonenumbers import .*\b{name}\b", code)}
    assert not (used | {part for name in used for part in needs[name]}) & gone
