"""What a kept message says, and its fallback's steps: stored with it, or made from the broadcast whose row it is."""

from parley.errors import Problem
from parley.model.content import Content
from parley.model.message import NewMessage, State
from parley.model.run import Run
from parley.operations import rows
from parley.store import broadcasts, channels, templates
from parley.store import messages as store
from parley.store.table import Item


def of(state: State) -> Item:
    """{"content": …, "sender": …, "steps": …}; empty when the message has none."""
    kept = store.get_content(state)
    if kept or state.broadcast is None:
        return kept
    run = broadcasts.get(state.organization, state.broadcast)
    return rows.stored(state, run) | ({"steps": _steps(run, state)} if run and run.steps else {})


def _steps(run: Run, state: State) -> list[dict[str, object]]:
    """As a send to this person would have settled them; one whose channel is gone since is left out."""
    from parley.operations import legs  # only who looks at a fallback needs the plans of sends

    channel = channels.get(state.organization, state.channel)
    if channel is None:
        return []
    said, problems = rows.words(state, run), list[Problem]()
    main = legs.Leg(channel, state.address, said, templates.get(state.organization, state.template or ""))
    new = NewMessage(
        channel_id=channel.id,
        to=state.address,
        fallbacks=run.steps,
        fallback_policy_id=run.policy,
        **_named(said),
    )
    promised = legs.steps(state.organization, channel, new, main, problems, promised=True)
    return [legs.spec(leg) for leg in promised]


def _named(said: Content) -> dict[str, object]:
    return said.model_dump(include={"type", "template", "language", "variables"})
