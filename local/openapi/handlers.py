"""The handlers' own schemas: every file under functions/ that has a resolver is imported and asked."""

import importlib.util
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from local import paths

Json = dict[str, Any]


def schemas() -> Iterator[tuple[str, Json]]:
    """File name and OpenAPI document of each handler with routes."""
    for path in sorted((paths.ROOT / "functions").glob("*/*.py")):
        app = getattr(_load(path), "app", None)
        if app is not None:
            schema = app.get_openapi_schema(title="Parley", version="1")
            yield path.stem, json.loads(schema.model_dump_json(by_alias=True, exclude_none=True))


def _load(path: Path) -> Any:
    """By its path: in a function's package the files lie side by side, here they would be modules of one name."""
    spec = importlib.util.spec_from_file_location(f"functions.{path.parent.name}.{path.stem}", path)
    if spec is None or spec.loader is None:
        raise ImportError(f"{path} is no module")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
