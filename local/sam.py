"""`sam build` and `sam deploy` of the one template, with the `local` environment of samconfig.toml."""

import fcntl
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from local import paths
from local.engine import REGION, ROOT_CREDENTIALS

_LOCAL = ["--config-env", "local"]
TEMPLATE = paths.BUILD / "template.yaml"
RUNTIME = f"python{sys.version_info.major}.{sys.version_info.minor}"


def build(log: Path) -> None:
    """Into one folder for all stacks, since nothing in it depends on a stack; one build at a time."""
    with _alone():
        places = ["--build-dir", str(paths.BUILD), "--cache-dir", str(paths.BUILD_CACHE)]
        _run(["build", *places, *_overrides({})], log, {})


def deploy(stack_name: str, endpoint: str, bucket: str, parameters: Mapping[str, str], log: Path) -> None:
    what = ["--template-file", str(TEMPLATE), "--stack-name", stack_name, "--s3-bucket", bucket]
    with _alone():
        _run(["deploy", *what, *_overrides(parameters)], log, {"AWS_ENDPOINT_URL": endpoint})


def _overrides(parameters: Mapping[str, str]) -> list[str]:
    values = {"PythonRuntime": RUNTIME, **parameters}
    return ["--parameter-overrides", *(f"ParameterKey={key},ParameterValue={value}" for key, value in values.items())]


def _run(arguments: list[str], log: Path, environment: Mapping[str, str]) -> None:
    command = [sys.executable, "-m", "samcli", *arguments, "--config-file", str(paths.ROOT / "samconfig.toml"), *_LOCAL]
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("w") as output:
        done = subprocess.run(
            command, cwd=paths.ROOT, env=_environment() | dict(environment), stdout=output, stderr=output, check=False
        )
    if done.returncode:
        raise RuntimeError(f"sam {arguments[0]} failed:\n{log.read_text()[-6000:]}")


def _environment() -> dict[str, str]:
    """Never the caller's own AWS account: its profile, its files and its keys are left out."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    ours = {
        "PATH": paths.path_variable(),
        "AWS_DEFAULT_REGION": REGION,
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "NO_PROXY": "127.0.0.1,localhost",
        "SAM_CLI_TELEMETRY": "0",
        "SAM_CLI_POLL_DELAY": "0.3",
        "LAYER_PYTHON": str(paths.ENGINE_PYTHON),
        "LAYER_PLATFORM": "",
    }
    return kept | ROOT_CREDENTIALS | ours


@contextmanager
def _alone() -> Iterator[None]:
    """Stacks that start at the same time share the folder of built artifacts."""
    paths.WORK.mkdir(parents=True, exist_ok=True)
    with (paths.WORK / "build.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
