"""Bodies that do not fit into a queue message."""

from parley.cloud.clients import client
from parley.settings import settings


def put(key: str, body: bytes) -> None:
    client("s3").put_object(Bucket=settings().files_bucket, Key=key, Body=body)


def get(key: str) -> bytes:
    body: bytes = client("s3").get_object(Bucket=settings().files_bucket, Key=key)["Body"].read()
    return body
