"""What is deployed and where: the one object that the story, the tests and the simulators get."""

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import boto3

from local.engine import ROOT_CREDENTIALS

FILE = "stack.json"


@dataclass(frozen=True)
class Stack:
    name: str
    work: str  # its folder: data, logs
    endpoint: str
    region: str
    api_url: str  # append `/rest/v1/...`
    function_urls: dict[str, str]  # by logical id of the function; append `/<provider>/...`
    outputs: dict[str, str]
    resources: dict[str, str]  # logical id → name or, for queues, URL
    simulators: dict[str, str] = field(default_factory=dict)

    def client(self, service: str) -> Any:
        """A client of the engine with the rights of its root account."""
        return client(service, self.endpoint, self.region)

    def save(self) -> None:
        (Path(self.work) / FILE).write_text(json.dumps(asdict(self), indent=2) + "\n")


def load(work: Path) -> Stack:
    return Stack(**json.loads((work / FILE).read_text()))


def client(service: str, endpoint: str, region: str) -> Any:
    credentials: dict[str, Any] = {name.lower(): value for name, value in ROOT_CREDENTIALS.items()}
    session: Any = boto3.Session(region_name=region, **credentials)
    return session.client(service, endpoint_url=endpoint)
