"""The simulators as the stack tests drive them: people, numbers, settings, and what reached whom."""

import itertools
import random
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx

from local import clock
from local.stack import Stack
from tests.support.stack_client import Json, Number


class Simulators:
    """The control API. Numbers and people are new ones each time, so that tests do not meet."""

    def __init__(self, stack: Stack) -> None:
        self.stack, self.urls = stack, stack.simulators
        self.http = httpx.Client(base_url=self.urls["control_url"], timeout=30, trust_env=False)
        self._serials = itertools.count(random.randrange(1000))

    def get(self, path: str, **query: str) -> Any:
        answer = self.http.get(path, params=query or None)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def post(self, path: str, /, **body: Any) -> Json:
        answer = self.http.post(path, json=body)
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    def number(self) -> Number:
        """A new number in an account of its own."""
        serial = f"{random.randrange(10**9):09}"
        number = Number(f"2{serial}", f"3{serial}", f"+49 30 9{serial}")
        self.post("/phones", phone_number_id=number.id, waba=number.waba, display_phone_number=number.display)
        return number

    def person(self, behaviour: int) -> str:
        """Somebody nobody has written to before; the behaviour is the KKKK of the simulators' README."""
        return f"+49151{behaviour:04}{next(self._serials) % 10_000:04}"

    def says(self, number: Number, who: str, **message: Any) -> Json:
        """A person writes to the number, at the stack's time; the webhook follows."""
        now = {"timestamp": clock.now(self.stack)}
        return self.post("/inbound", **{"from": who, "phone_number_id": number.id, **now, **message})

    def presses(self, message: str, text: str, **more: Any) -> Json:
        """The person to whom a template went (`message`: the platform's id) presses its button with this text."""
        now = {"timestamp": clock.now(self.stack)}
        return self.post("/press", **{"message": message, "text": text, **now, **more})

    def decides(self, number: Number, **decision: Any) -> Json:
        """Meta decides about a number (`name`, `quality`) or its account (`review`, `account`)."""
        return self.post("/decisions", phone_number_id=number.id, **decision)

    def log(self, to: str, simulator: str | None = None) -> list[Json]:
        """The accepted messages to a person."""
        return list(self.get("/log", to=to, **({"simulator": simulator} if simulator else {})))

    def served(self) -> dict[str, dict[str, int]]:
        """Per simulator: person → accepted messages."""
        return dict(self.get("/served"))

    @contextmanager
    def settings(self, **changes: Json) -> Iterator[None]:
        """Other settings for a while."""
        before = self.get("/settings")
        self.post("/settings", **changes)
        try:
            yield
        finally:
            kept = {name: {each: before[name][each] for each in values} for name, values in changes.items()}
            self.post("/settings", **kept)
