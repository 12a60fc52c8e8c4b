"""Nothing in the repository knows the machine that it was written on."""

import re
from pathlib import Path

import pytest

from tests.support.cloud import ROOT
from tests.support.house import tracked

HOMES = re.compile(r"(?<![\w.:/~-])/(?:root|home/\w+|Users/\w+|work)/")
REGISTRIES = re.compile(
    r"\b(?:[\w-]+\.)*(?:pypi|pythonhosted|npmjs|jfrog|artifactory|nexus)\.(?:org|com|io|net|local)\b", re.I
)
SECRETS = re.compile(r"\b(?:AKIA[0-9A-Z]{16}|ghp_\w{36}|-----BEGIN [A-Z ]*PRIVATE KEY)")
BINARY = {".png", ".ico", ".woff2"}


def texts() -> list[tuple[Path, str]]:
    return [(path, path.read_text()) for path in tracked() if path.suffix not in BINARY]


@pytest.mark.parametrize("pattern", [HOMES, REGISTRIES, SECRETS], ids=["paths", "registries", "secrets"])
def test_no_file_names_this_machine_a_registry_or_a_secret(pattern: re.Pattern[str]) -> None:
    found = [f"{path.relative_to(ROOT)}: {match.group()}" for path, text in texts() for match in pattern.finditer(text)]
    assert found == []


def test_no_file_names_the_folder_it_lies_in() -> None:
    here = str(ROOT.resolve())
    assert [path.name for path, text in texts() if len(here) > 5 and f"{here}/" in text] == []


def test_the_patterns_find_what_they_look_for() -> None:
    assert HOMES.search("see /" + "home/ana/notes")
    assert REGISTRIES.search("https://" + "pypi" + ".org/simple")
    assert SECRETS.search("AKIA" + "A" * 16)


def test_what_is_built_and_what_is_local_is_not_in_the_repository() -> None:
    folders = {path.relative_to(ROOT).parts[0] for path in tracked()}
    assert folders.isdisjoint({".venv", ".venv-engine", ".parley", ".aws-sam", "__pycache__"})
