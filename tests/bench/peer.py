"""What workers of Celery and Dramatiq do with a task: the same post, by a client of httpx that each process keeps."""

import os
from functools import lru_cache

import httpx

from tests.bench import posts


@lru_cache(maxsize=1)
def client() -> httpx.Client:
    return httpx.Client(timeout=12, trust_env=False, limits=httpx.Limits(max_connections=32))


def send(number: int, to: str, values: list[str]) -> None:
    """A refusal or a broken line is the worker's to repeat."""
    said = posts.body(to, values, posts.ECHO % number)
    headers = {"Authorization": f"Bearer {posts.TOKEN}"}
    client().post(os.environ["GRAPH_URL"] + posts.PATH, json=said, headers=headers).raise_for_status().json()
