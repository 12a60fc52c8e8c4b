"""What outlives an orderly stop, as the engine's data does: configuration, templates, people and windows."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

from local.simulators.whatsapp import review
from local.simulators.whatsapp.state import App, Phone, State, Template, Waba
from local.simulators.whatsapp.world import World

KINDS: dict[str, type[Any]] = {"apps": App, "wabas": Waba, "phones": Phone, "templates": Template}
BY_TUPLE = ("deleted_names", "windows")
PLAIN = ("revoked", "users")


def keep(state: State, file: Path) -> None:
    with state.lock:
        found: dict[str, Any] = {name: [asdict(item) for item in getattr(state, name).values()] for name in KINDS}
        found |= {name: [[*key, value] for key, value in getattr(state, name).items()] for name in BY_TUPLE}
        found |= {name: getattr(state, name) for name in PLAIN}
        found |= {"handles": sorted(state.handles), "inbound": sorted(state.inbound)}
    file.write_text(json.dumps(found))


def recall(world: World, file: Path) -> None:
    if not file.exists():
        return
    found, state = json.loads(file.read_text()), world.state
    with state.lock:
        for name, kind in KINDS.items():
            setattr(state, name, {item["id"]: kind(**item) for item in found[name]})
        for name in BY_TUPLE:
            setattr(state, name, {tuple(row[:-1]): row[-1] for row in found[name]})
        for name in PLAIN:
            setattr(state, name, found[name])
        state.handles, state.inbound = set(found["handles"]), set(found["inbound"])
    for template in state.templates.values():
        if template.status == "PENDING":
            review.submit(world, template)
