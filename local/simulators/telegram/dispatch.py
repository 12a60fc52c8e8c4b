"""What every send has in common: forced errors, rates, magic chats, rights, the journal and the answer."""

import math
from collections.abc import Callable
from typing import Any

from local.simulators.common.faults import NextError
from local.simulators.telegram import chats
from local.simulators.telegram.behaviours import Answer, Behaviour, behaviour_of
from local.simulators.telegram.errors import TelegramError, ok, refusal, too_many
from local.simulators.telegram.state import Chat
from local.simulators.telegram.world import NAME, Call
from local.simulators.wire.reply import Fault, Reply, bad_gateway, plain_json

Put = Callable[[], tuple[Any, dict[str, Any]]]  # puts the message into the chat: the result, the journal's entry


def send(call: Call, chat: Chat, kind: str, put: Put) -> Reply:
    """`kind` is what is sent; `put` runs when Telegram accepts it."""
    to, world = call.params.text("chat_id"), call.world
    world.journal.seen(NAME, to, None)
    fault = world.faults.for_send(NAME, to)
    if fault and not fault.accept:
        world.journal.refused(NAME, to=to, path=path(call), http=fault.http, code=fault.code, details="forced")
        return shown(fault)
    behaviour = behaviour_of(chat.id)
    if lost := _lost(call, to, behaviour):
        return lost
    world.limits.take(call.bot, chat)
    _refuse(call, chat, behaviour)
    chats.check_writable(chat, kind)
    with call.bot.changed:
        result, entry = put()
        reply = ok(result)
    _journal(call, to, chat, kind, entry)
    return shown(fault) if fault else _answer(call, reply, behaviour)


def path(call: Call) -> str:
    return f"/bot{call.bot.id}/{call.method}"


def shown(fault: NextError) -> Reply:
    """A forced error on the wire."""
    if fault.cut:
        return Reply(fault=Fault.CUT)
    if isinstance(fault.body, str):
        return Reply(fault.http, fault.body.encode(), {"Content-Type": "text/html"})
    if fault.body is not None:
        return plain_json(fault.body, fault.http)
    wait = {} if fault.retry_after is None else {"retry_after": math.ceil(fault.retry_after)}
    usual = too_many(wait["retry_after"]).description if wait else "Internal Server Error"
    return refusal(fault.http, fault.reason or usual, wait)


def _lost(call: Call, to: str, behaviour: Behaviour) -> Reply | None:
    """Requests that never got as far as Telegram."""
    if not behaviour.unreachable:
        return None
    details = behaviour.unreachable
    http = 502 if details == "html" else None
    call.world.journal.refused(NAME, to=to, path=path(call), http=http, code=None, details=details)
    return bad_gateway() if details == "html" else Reply(fault=Fault.RESET)


def _refuse(call: Call, chat: Chat, behaviour: Behaviour) -> None:
    if behaviour.refuse_sends:
        raise fresh(behaviour.refuse_sends)
    with call.bot.changed:
        first = chat.id not in call.bot.tried
        call.bot.tried.add(chat.id)
    if behaviour.refuse_first and first:
        call.world.limits.asked_to_wait(call.bot, behaviour.refuse_first.parameters.get("retry_after", 0))
        raise fresh(behaviour.refuse_first)


def fresh(error: TelegramError) -> TelegramError:
    """A shared exception would drag the tracebacks of all threads along."""
    return TelegramError(error.code, error.description, **error.parameters)


def _journal(call: Call, to: str, chat: Chat, kind: str, entry: dict[str, Any]) -> None:
    about = {"sender": str(call.bot.id), "method": call.method, "type": kind, "chat_id": chat.id, "via": call.via}
    call.world.journal.accepted(NAME, to, None, True, **about, **entry)


def _answer(call: Call, reply: Reply, behaviour: Behaviour) -> Reply:
    if behaviour.answer is Answer.RESTART:
        return refusal(500, "Internal Server Error: restart")
    if behaviour.answer is Answer.CUT:
        return reply.broken(Fault.CUT)
    slow = behaviour.answer is Answer.SLOW
    return reply.delayed(call.world.settings.slow_seconds) if slow else reply
