"""An AWS account in process (moto), its tables and queues made from template.yaml, so the two cannot drift apart."""

import copy
import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import yaml
from moto import mock_aws
from moto.backends import get_backend
from moto.kms import models as kms
from parley.cloud import clients, clock, credentials, inbox
from parley.operations import row_files
from parley.settings import settings
from parley.store import rates, receipt_marks

from tests.support import quick_moto

ROOT = Path(__file__).parents[2]
REGION, ACCOUNT = "us-east-1", "123456789012"
QUEUES = (
    "OtpQueue",
    "TransactionalQueue",
    "MarketingQueue",
    "TimersQueue",
    "WebhooksQueue",
    "JobsQueue",
    "ReceiptsQueue",
    "ReceiptsDeadLetters",
    "FeedsQueue",
)
BUCKET = "parley-files"
KEPT = ("dynamodb", "s3", "scheduler", "kms", "secretsmanager")
RECEIVERS = ("whatsapp", "sms", "telegram")


class File(NamedTuple):
    value: bytes
    type: str


_copies: dict[tuple[str, int], tuple[Any, dict[str, File]]] = {}
_first: list[tuple[dict[str, str], dict[str, Any]]] = []

quick_moto.install()
kms.generate_private_key = lru_cache(kms.generate_private_key)
"""moto makes an RSA key for every KMS key, ours included, which needs none; that is half the time of a test."""


class _Loader(yaml.SafeLoader):
    """Reads CloudFormation's short forms as plain values."""


def _short_form(loader: yaml.SafeLoader, suffix: str, node: yaml.Node) -> Any:
    if isinstance(node, yaml.ScalarNode):
        return {suffix: loader.construct_scalar(node)}
    if isinstance(node, yaml.SequenceNode):
        return {suffix: loader.construct_sequence(node, deep=True)}
    return {suffix: loader.construct_mapping(node, deep=True)}  # type: ignore[arg-type]


_Loader.add_multi_constructor("!", _short_form)


@lru_cache(maxsize=1)
def template() -> dict[str, Any]:
    return yaml.load((ROOT / "template.yaml").read_text(), Loader=_Loader)  # noqa: S506 - our own file, a safe loader


@contextmanager
def account(**overrides: str) -> Iterator[None]:
    """Tables, queues, key, secret and bucket, and the environment that points the code at them."""
    before = dict(os.environ)
    os.environ.update(AWS_ACCESS_KEY_ID="test", AWS_SECRET_ACCESS_KEY="test", AWS_DEFAULT_REGION=REGION)
    with mock_aws():
        forget()
        os.environ.update(_opened() | overrides)
        try:
            yield
        finally:
            forget()
            os.environ.clear()
            os.environ.update(before)


def forget() -> None:
    """Settings and opened secrets of an earlier test. Clients stay: moto answers them anew in each account, and making
    them costs more than most tests."""
    settings.cache_clear()
    credentials._opened.clear()
    receipt_marks._marked.clear()
    rates._seen.clear()
    row_files.read.cache_clear()
    inbox._secrets.clear()
    inbox._reloads.clear()
    inbox._reported.clear()


def _opened() -> dict[str, str]:
    """A new account like the first one of this process, whose making is most of what a test would cost."""
    if not _first:
        _first.append((_make(), {name: copy.deepcopy(backend(name).__dict__) for name in KEPT}))
    else:
        for name, kept in _first[0][1].items():
            backend(name).__dict__.update(copy.deepcopy(kept))
        for name in QUEUES:
            backend("sqs").create_queue(name)
    return _first[0][0]


def copied(make: Callable[[], None]) -> None:
    """What `make` makes. At the same instant in an empty account it is the same again, and only copied."""
    what = (f"{make.__module__}.{make.__qualname__}", clock.now())
    if not _is_empty():
        make()
    elif what in _copies:
        tables, files = _copies[what]
        backend("dynamodb").tables = copy.deepcopy(tables)
        for name, kept in files.items():
            clients.client("s3").put_object(Bucket=BUCKET, Key=name, Body=kept.value, ContentType=kept.type)
    else:
        make()
        if not any(queue._messages for queue in backend("sqs").queues.values()):
            _copies[what] = copy.deepcopy(backend("dynamodb").tables), _files()


def _files() -> dict[str, File]:
    keys = backend("s3").buckets[BUCKET].keys
    return {name: File(key.value, key.metadata.get("content-type", "")) for name, key in keys.items()}


def _is_empty() -> bool:
    return not any(each.items for each in backend("dynamodb").tables.values()) and not _files()


def backend(service: str) -> Any:
    """moto's own memory of a service."""
    return get_backend(service)[ACCOUNT]["aws" if service == "s3" else REGION]


def _make() -> dict[str, str]:
    resources = template()["Resources"]
    for name, logical in (("parley-data", "DataTable"), ("parley-runtime", "RuntimeTable")):
        _table(name, resources[logical]["Properties"])
    sqs = clients.client("sqs")
    urls = {name: sqs.create_queue(QueueName=name)["QueueUrl"] for name in QUEUES}
    clients.client("s3").create_bucket(Bucket=BUCKET)
    clients.client("scheduler").create_schedule_group(Name="parley-timers")
    secret = '{"app_secret": "test-app-secret", "verify_token": "test-verify-token"}'
    return {
        "DATA_TABLE": "parley-data",
        "RUNTIME_TABLE": "parley-runtime",
        "OTP_QUEUE": urls["OtpQueue"],
        "TRANSACTIONAL_QUEUE": urls["TransactionalQueue"],
        "MARKETING_QUEUE": urls["MarketingQueue"],
        "TIMERS_QUEUE": urls["TimersQueue"],
        "TIMERS_QUEUE_ARN": f"arn:aws:sqs:{REGION}:123456789012:TimersQueue",
        "TIMERS_DEAD_LETTERS_ARN": f"arn:aws:sqs:{REGION}:123456789012:TimersDeadLetters",
        "WEBHOOKS_QUEUE": urls["WebhooksQueue"],
        "JOBS_QUEUE": urls["JobsQueue"],
        "FEEDS_QUEUE": urls["FeedsQueue"],
        "RECEIPTS_QUEUE": urls["ReceiptsQueue"],
        "RECEIPTS_DEAD_LETTERS": urls["ReceiptsDeadLetters"],
        "FILE_URL": "https://files.example/",
        "SCHEDULE_GROUP": "parley-timers",
        "SCHEDULER_ROLE_ARN": "arn:aws:iam::123456789012:role/scheduler",
        "FILES_BUCKET": BUCKET,
        "CREDENTIALS_KEY": clients.client("kms").create_key()["KeyMetadata"]["Arn"],
        "PLATFORM_SECRET": clients.client("secretsmanager").create_secret(Name="platform", SecretString=secret)["ARN"],
        "WEBHOOK_URLS": json.dumps({name: f"https://hooks.example/{name}/" for name in RECEIVERS}),
        "POWERTOOLS_METRICS_NAMESPACE": "Parley",
    }


def _table(name: str, properties: dict[str, Any]) -> None:
    wanted = ("AttributeDefinitions", "KeySchema", "GlobalSecondaryIndexes", "BillingMode")
    clients.client("dynamodb").create_table(
        TableName=name, **{each: properties[each] for each in wanted if each in properties}
    )
