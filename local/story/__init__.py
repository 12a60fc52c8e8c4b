"""The main job, told in front of the reader's eyes: channels, a template, sends, receipts, fallbacks, a timed send; a
bot that is written to; and the business's own server, which is told of all that."""

import time

from rich.console import Console
from rich.json import JSON
from rich.padding import Padding

from local.stack import Stack
from local.story import bot, play, scene, told
from local.story.api import Trouble
from local.story.scene import Scene

TITLE = "The story: Acme tells seven people that their order is ready"


def run(stack: Stack, console: Console | None = None) -> Scene | None:
    """Everything happens through HTTP, as any customer would do it. None if it did not work out; it has said why."""
    console = console or Console(highlight=False)
    console.print()
    console.rule(f"[bold]{TITLE}", style="dim")
    began = time.monotonic()
    try:
        ready = scene.set_up(stack, console)
        happy = all(act.perform(stack, ready, console) for act in (play, bot, told))
    except Trouble as trouble:
        _explain(trouble, console)
        return None
    console.print(f"[dim]told in {time.monotonic() - began:.0f} s[/]")
    return ready if happy else None


def _explain(trouble: Trouble, console: Console) -> None:
    console.print(f"[red]✗ {trouble.step}[/]\n  {trouble}")
    if trouble.document:
        console.print(Padding(JSON.from_data(trouble.document), (0, 2)))
    console.print(
        "  The stack is up all the same. Its logs lie beside its data; `make clean` begins anew.", style="dim"
    )
