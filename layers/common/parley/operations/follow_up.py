"""What an inbound message still needs after it is kept: the template that a press asks for, the intent that it fires,
the platform's answer, and its files copied to our bucket."""

from tempfile import SpooledTemporaryFile

from parley import providers
from parley.cloud import clock, files
from parley.errors import Rejected
from parley.model.channel import Channel
from parley.model.message import State
from parley.model.times import DAY
from parley.model.types import JsonObject
from parley.operations import binding, intent_calls, next_template
from parley.providers.provider import Secret
from parley.store import channels
from parley.store import messages as store

IN_MEMORY = 1 << 20


def do(organization: str, message: str, since: int) -> None:
    """May be repeated. Raises what a later try may mend; a day after it came (`since`, epoch milliseconds) nobody waits
    for it any more."""
    state = store.get(organization, message)
    if state is None or since < clock.now() - DAY:
        return
    channel, stored = channels.get(organization, state.channel), store.get_content(state)
    content: JsonObject = stored["content"]
    if channel and content.get("next"):
        next_template.send(state, channel, content["next"])
    if channel and content.get("intent"):
        intent_calls.call(state, channel, content)
        content = {**content, "intent": None}  # a repeat may find that its code leads to another system by now
        store.put_content(state, content, stored["sender"])
    if channel and channel.binding and (content.get("follow_up") or content.get("files")):
        content = _with_the_platform(state, channel, content)
    store.put_content(state, {**content, "follow_up": None, "next": None}, stored["sender"])


def _with_the_platform(state: State, channel: Channel, content: JsonObject) -> JsonObject:
    secret = binding.secret_of(channel)
    if content.get("follow_up"):
        _answer(channel, content["follow_up"], secret)
    files = [_copied(state, channel, n, file, secret) for n, file in enumerate(content.get("files") or [])]
    return {**content, "files": files}


def _answer(channel: Channel, words: JsonObject, secret: Secret) -> None:
    try:
        providers.part(channel.bound.provider, "inbound").follow_up(words, channel.bound, secret)
    except Rejected:
        return  # too late, or answered by an earlier try


def _copied(state: State, channel: Channel, number: int, file: JsonObject, secret: Secret) -> JsonObject:
    """The file with its key in the bucket, or with the reason why the platform does not hand it out."""
    if file.get("key") or file.get("problem"):
        return file
    key = f"inbound/{state.organization}/{state.channel}/{state.id}/{number}"
    with SpooledTemporaryFile(IN_MEMORY) as body:
        try:
            part = providers.part(channel.bound.provider, "inbound")
            content_type: str = part.fetch(file, channel.bound, secret, body)
        except Rejected as error:
            return {**file, "problem": error.code}
        body.seek(0)
        files.put(key, body, file.get("content_type") or content_type)
    return {**file, "key": key}
