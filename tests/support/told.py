"""What businesses are told in process: the table's stream read and filtered as the template says, and their servers."""

import json
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import pytest
from parley.cloud import clients
from parley.model.receipt_endpoint import NewReceiptEndpoint, ReceiptEndpoint
from parley.operations import callees, receipt_endpoints
from parley.providers.pushing import Answer
from parley.settings import settings
from parley.store import receipt_deliveries, receipt_keys
from parley.store.receipt_deliveries import Stored
from standardwebhooks import Webhook

from tests.support import kept
from tests.support.cloud import template
from tests.support.invoke import invoke
from tests.support.world import World

Json = dict[str, Any]
SHOP, OTHER = "https://shop.example/receipts", "https://other.example/receipts"
FINE = Answer(200, "", None, 5)
DOWN = Answer(503, "down", "refused", 5)
HANGS = Answer(None, "", "timed_out", 10_000)
Server = Callable[["Post"], Answer]


class Post(NamedTuple):
    """A call of a business's server; `at` in epoch milliseconds of the story's clock."""

    url: str
    headers: dict[str, str]
    body: bytes
    at: int

    @property
    def id(self) -> str:
        return self.headers["webhook-id"]

    @property
    def events(self) -> Any:
        return json.loads(self.body)

    def signed_with(self, secret: str) -> bool:
        """By the package that the business would use; raises if not."""
        Webhook(secret).verify(self.body, self.headers)
        return True


class Servers:
    """`answers` decides by address; everything is fine where nobody says otherwise."""

    def __init__(self, patch: pytest.MonkeyPatch, now: Callable[[], int]) -> None:
        self.posts: list[Post] = []
        self.answers: dict[str, Server] = {}
        self._now = now
        patch.setattr(callees.pushing, "post", self._post)

    def _post(self, url: str, headers: dict[str, str], body: bytes, most: int = 0) -> Answer:
        post = Post(url, headers, body, self._now())
        self.posts.append(post)
        return self.answers.get(url, lambda _: FINE)(post)

    def at(self, url: str) -> list[Post]:
        return [each for each in self.posts if each.url == url]


class Stream:
    """Everything that was written to the data table since it was switched on, handed over once by `flow`."""

    def __init__(self) -> None:
        wanted = {"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"}
        clients.client("dynamodb").update_table(TableName=settings().data_table, StreamSpecification=wanted)
        self._client = clients.client("dynamodbstreams")
        [stream] = self._client.list_streams(TableName=settings().data_table)["Streams"]
        described = self._client.describe_stream(StreamArn=stream["StreamArn"])["StreamDescription"]
        self.place = self._client.get_shard_iterator(
            StreamArn=stream["StreamArn"], ShardId=described["Shards"][0]["ShardId"], ShardIteratorType="TRIM_HORIZON"
        )["ShardIterator"]

    def flow(self, now: int, batch: int = 100, function: str = "react_to_changes") -> list[Json]:
        """Gives what is new to the function, and answers it."""
        records = [each for each in self._read() if wants(function, each)]
        for record in records:
            record["dynamodb"]["ApproximateCreationDateTime"] = now / 1000
        for start in range(0, len(records), batch):
            invoke(function, {"Records": records[start : start + batch]})
        return records

    def _read(self) -> Iterator[Json]:
        answer = self._client.get_records(ShardIterator=self.place, Limit=1000)
        self.place = answer["NextShardIterator"]
        yield from answer["Records"]


def wants(function: str, record: Json) -> bool:
    """By the filter of the function's event source."""
    name = "".join(word.title() for word in function.split("_")) + "Function"
    [source] = template()["Resources"][name]["Properties"]["Events"].values()
    patterns = [json.loads(each["Pattern"]) for each in source["Properties"]["FilterCriteria"]["Filters"]]
    return any(_fits(record, pattern) for pattern in patterns)


def _fits(value: Any, pattern: Any) -> bool:
    if isinstance(pattern, list):
        return any(_is(value, each) for each in pattern)
    return isinstance(value, dict) and all(_fits(value.get(name), each) for name, each in pattern.items())


def _is(value: Any, rule: Any) -> bool:
    if not isinstance(rule, dict):
        return bool(value == rule)
    match rule:
        case {"exists": wanted}:
            return bool((value is not None) == wanted)
        case {"prefix": start}:
            return isinstance(value, str) and value.startswith(start)
        case {"anything-but": banned}:
            return value is not None and value not in banned
    raise ValueError(rule)


class Told:
    """A world with servers that are told what happens in it."""

    def __init__(self, world: World, patch: pytest.MonkeyPatch) -> None:
        self.world, self.stream = world, Stream()
        self.servers = Servers(patch, world.time)

    def endpoint(self, url: str = SHOP, kinds: list[str] | None = None, **more: Any) -> ReceiptEndpoint:
        wanted = {"name": "Shop", "url": url, "kinds": kinds or ["ChatAppStatus"], **more}
        return receipt_endpoints.create(self.world.organization, NewReceiptEndpoint.model_validate(wanted), None)

    def reach(self, to: str, *words: str) -> str:
        """A message that went out, and came to this."""
        message = self.world.say(to)
        self.world.run(1)
        self.world.reports(message, *(words or ("sent",)))
        return message

    def run(self, seconds: float = 0) -> None:
        """Time goes by, and what it changes is told."""
        self.world.run(seconds)
        self.stream.flow(self.world.time())
        self.world.pump.run()

    def wakes(self, seconds: float) -> None:
        """The same with the job of every minute."""
        for _ in range(round(seconds / 60)):
            self.run(60)
            self._minute()

    def _minute(self) -> None:
        self.world.pump.job("wake_receipts")
        self.world.pump.run()

    def later(self, seconds: float) -> None:
        """Much time goes by, from each minute in which something is due to the next one."""
        end = self.world.time() + round(seconds * 1000)
        while (due := self._next_due()) is not None and due < end:
            self.run(60 + max(0, due - self.world.time()) // 60_000 * 60)
            self._minute()
        self.run(max(0, end - self.world.time()) / 1000)

    def _next_due(self) -> int | None:
        tickets = [receipt_keys.of_ticket(each)[1] for each in kept.items("DUE-", "runtime")]
        return min(tickets, default=None)

    def deliveries(self, endpoint: ReceiptEndpoint) -> list[Stored]:
        return receipt_deliveries.page(self.world.organization, endpoint.id, None, 100)[0]

    def statuses(self, url: str = SHOP) -> list[tuple[str, str]]:
        return [(each["MessageId"], each["Status"]) for post in self.servers.at(url) for each in post.events]
