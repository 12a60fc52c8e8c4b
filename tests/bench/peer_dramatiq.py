"""A Dramatiq worker as its documentation has it: a Redis broker, the middleware that comes with it.
`python -m tests.bench.peer_dramatiq FIRST COUNT` puts that many messages on its queue."""

import os
import sys

import dramatiq
from dramatiq.brokers.redis import RedisBroker

from tests.bench import peer, posts

dramatiq.set_broker(RedisBroker(url=os.environ["REDIS_URL"]))


@dramatiq.actor
def send(number: int, to: str, values: list[str]) -> None:
    peer.send(number, to, values)


def main(first: int, count: int) -> None:
    for number in range(first, first + count):
        send.send(number, posts.to(number), posts.values(number))


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
