"""How the story talks to Parley and to the simulators; what goes wrong is told in the API's own words."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import httpx
from rich.console import Console

Json = dict[str, Any]
TIMEOUT = 30.0


class Trouble(Exception):
    """What went wrong, the answer that said so, and the step of the story it happened in."""

    def __init__(self, said: str, document: Any = None, status: int = 0) -> None:
        super().__init__(said)
        self.document, self.status = document, status
        self.step = "the story"


class Api:
    """JSON over HTTP. Raises Trouble for every answer that is not a success."""

    def __init__(self, base: str, key: str = "") -> None:
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        self._base, self._http = base, httpx.Client(headers=headers, timeout=TIMEOUT, trust_env=False)

    def get(self, path: str, /, **query: str) -> Json:
        return self._ask("GET", path, params=query)

    def rows(self, path: str, /, **query: str) -> list[Json]:
        """A list of the simulators, which are no pages."""
        return list(self._asked("GET", path, params=query))

    def post(self, path: str, body: Json, idempotency_key: str = "") -> Json:
        headers = {"Idempotency-Key": idempotency_key} if idempotency_key else {}
        return self._ask("POST", path, json=body, headers=headers)

    def patch(self, path: str, body: Json) -> Json:
        return self._ask("PATCH", path, json=body)

    def _ask(self, method: str, path: str, **options: Any) -> Json:
        return dict(self._asked(method, path, **options))

    def _asked(self, method: str, path: str, **options: Any) -> Any:
        try:
            answer = self._http.request(method, self._base + path, **options)
        except httpx.HTTPError as error:
            raise Trouble(f"{method} {path} got no answer: {error}") from error
        document = _read(answer)
        if answer.is_error:
            raise Trouble(f"{method} {path} answered {answer.status_code}", document, answer.status_code)
        return document


def _read(answer: httpx.Response) -> Any:
    try:
        return answer.json()
    except ValueError:
        return answer.text[:1000]


@contextmanager
def step(console: Console, doing: str) -> Iterator[Callable[[str], None]]:
    """One line of the story. The block may hand in what came of it; a Trouble in it learns the step's name."""
    details: list[str] = []
    try:
        with console.status(f"{doing} …"):
            yield details.append
    except Trouble as trouble:
        trouble.step = doing
        raise
    console.print(f"[green]✓[/] {doing}")
    for detail in details:
        console.print(f"  {detail}", style="dim")
