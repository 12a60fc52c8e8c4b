"""What the jobs queue brings: work that takes minutes. Every job may run twice and die anywhere."""

from collections.abc import Callable
from typing import Any

Left = Callable[[], int]
KINDS = frozenset({"check", "import_contacts", "end_group", "export", "recount", "replay_receipts"})


def run(body: dict[str, Any], left: Left) -> None:
    """One job; what each kind needs is loaded for it alone."""
    organization = body["organization"]
    match body["kind"]:
        case "check":
            from parley.operations import checking

            checking.run(organization, body["broadcast"])
        case "import_contacts":
            from parley.operations import contact_imports

            contact_imports.run(organization, body["import"], left)
        case "end_group":
            from parley.operations import groups

            groups.end(organization, body["group"])
        case "export":
            from parley.operations import exports

            exports.run(organization, body["export"], left)
        case "recount":
            from parley.operations import recount

            recount.of_broadcast(organization, body["broadcast"], left)
        case "replay_receipts":
            from parley.operations import replays

            replays.run(body, left)


def give_up(body: dict[str, Any]) -> None:
    """A job that failed again and again: whoever waits for it is told, and what nobody waits for is tried later."""
    organization = body["organization"]
    match body["kind"]:
        case "check":
            from parley.operations import starting

            starting.give_up(organization, body["broadcast"])
        case "import_contacts":
            from parley.operations import contact_imports

            contact_imports.give_up(organization, body["import"])
        case "end_group":
            from parley.operations import groups

            groups.give_up(organization, body["group"])
        case "export":
            from parley.operations import exports

            exports.give_up(organization, body["export"])
        case "replay_receipts":
            from parley.operations import replays

            replays.come_again(body)
