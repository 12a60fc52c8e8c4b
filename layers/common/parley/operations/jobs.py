"""What the jobs queue brings: work that takes minutes. Every job may run twice and die anywhere."""

from collections.abc import Callable
from typing import Any

Left = Callable[[], int]


def run(body: dict[str, Any], left: Left) -> None:
    """One job; what each kind needs is loaded for it alone."""
    organization = body["organization"]
    match body["kind"]:
        case "check":
            from parley.operations import checking

            checking.run(organization, body["broadcast"])
        case "import_contacts":
            from parley.operations import contact_imports

            contact_imports.run(organization, body["import"])
        case "export":
            from parley.operations import exports

            exports.run(organization, body["export"])
        case "recount":
            from parley.operations import recount

            recount.of_broadcast(organization, body["broadcast"], left)
