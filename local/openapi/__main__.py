"""`make openapi`: write the description to the root, for people and tools, and into the layer, for /rest/v1/docs."""

import sys

from local import paths
from local.openapi import document

FILES = (paths.ROOT / "openapi.json", paths.ROOT / "layers" / "common" / "parley" / "openapi.json")


def main() -> None:
    text, warnings = document.text()
    for warning in warnings:
        print(f"warning: {warning}", file=sys.stderr)
    for file in FILES:
        file.write_text(text)
        print(f"wrote {file.relative_to(paths.ROOT)}")


if __name__ == "__main__":
    main()
