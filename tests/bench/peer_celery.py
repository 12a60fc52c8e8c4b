"""A Celery worker as its documentation has it for production: prefork, tasks acknowledged when they are done, a Redis
broker, no results. `python -m tests.bench.peer_celery FIRST COUNT` puts that many tasks on its queue."""

import os
import sys

from celery import Celery

from tests.bench import peer, posts

app = Celery("bench", broker=os.environ["REDIS_URL"])
app.conf.update(task_acks_late=True, task_ignore_result=True, broker_connection_retry_on_startup=True)


@app.task
def send(number: int, to: str, values: list[str]) -> None:
    peer.send(number, to, values)


def main(first: int, count: int) -> None:
    for number in range(first, first + count):
        send.delay(number, posts.to(number), posts.values(number))


if __name__ == "__main__":
    from tests.bench.peer_celery import main as named  # so that the task is called by the name that the worker knows

    named(int(sys.argv[1]), int(sys.argv[2]))
