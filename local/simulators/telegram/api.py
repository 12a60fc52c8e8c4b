"""The server: paths, tokens, the table of methods, forced errors, and what is written into the journal."""

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import unquote

from local.simulators.common.faults import NextError
from local.simulators.telegram import access, admin, albums, dispatch, edits, files, params, queries, sends
from local.simulators.telegram.errors import TelegramError
from local.simulators.telegram.params import Params
from local.simulators.telegram.state import Bot
from local.simulators.telegram.world import NAME, Call, World
from local.simulators.wire.reply import Reply
from local.simulators.wire.request import Request

_CALL = re.compile(r"/bot([^/]+)/(\w+)/?")
_FILE = re.compile(r"/file/bot([^/]+)/(.+)")
NEVER_FROM_WEBHOOKS = ("setwebhook", "deletewebhook", "close", "logout")

Method = Callable[[Call], Reply]
METHODS: dict[str, Method] = {
    **admin.METHODS,
    **sends.METHODS,
    **albums.METHODS,
    **edits.METHODS,
    **files.METHODS,
    **queries.METHODS,
}
BY_NAME = {name.lower(): name for name in METHODS}


class Telegram:
    def __init__(self, world: World) -> None:
        self.world = world
        world.delivery.execute = self.execute

    def handle(self, request: Request) -> Reply:
        path, to = unquote(request.path), None
        try:
            if found := _FILE.fullmatch(path):
                return files.download(self.world, access.authorise(self.world.state, found[1]), found[2])
            found = _CALL.fullmatch(path) if request.method in ("GET", "POST") else None
            if not found:
                raise TelegramError(404, "Not Found")
            bot = access.authorise(self.world.state, found[1])
            values = params.parse(request)
            to = values.text("chat_id") or None
            return self._called(bot, found[2], values)
        except TelegramError as error:
            return self._refused(error, to, access.without_token(path))

    def execute(self, bot: Bot, call: dict[str, Any]) -> None:
        """A method that stood in the answer to an update; nobody gets its result."""
        values = params.of_object({name: value for name, value in call.items() if name != "method"})
        name = str(call["method"]).lower()
        if name.startswith("get") or name in NEVER_FROM_WEBHOOKS or name not in BY_NAME:
            return
        try:
            METHODS[BY_NAME[name]](Call(self.world, bot, BY_NAME[name], values, "webhook"))
        except TelegramError as error:
            self._refused(error, values.text("chat_id") or None, f"/bot{bot.id}/{BY_NAME[name]} (webhook)")
        except Exception as error:  # a mistake of ours must be found in GET /errors
            self.world.journal.refused("simulators", to=None, path=f"/bot{bot.id}/{name}", details=f"BUG {error!r}")

    def _called(self, bot: Bot, name: str, values: Params) -> Reply:
        method = BY_NAME.get(name.lower())
        if method is None:
            raise TelegramError(404, "Not Found: method not found")
        fault = self.world.faults.for_path(NAME, f"/bot{bot.id}/{method}")
        if fault and not fault.accept:
            return self.forced(fault, values.text("chat_id") or None, f"/bot{bot.id}/{method}")
        reply = METHODS[method](Call(self.world, bot, method, values))
        return dispatch.shown(fault) if fault else reply

    def forced(self, fault: NextError, to: str | None, path: str) -> Reply:
        self.world.journal.refused(NAME, to=to, path=path, http=fault.http, code=fault.code, details="forced")
        return dispatch.shown(fault)

    def _refused(self, error: TelegramError, to: str | None, path: str) -> Reply:
        details = error.description
        self.world.journal.refused(NAME, to=to, path=path, http=error.code, code=error.code, details=details)
        return error.reply()
