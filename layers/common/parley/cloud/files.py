"""The files bucket: what is uploaded to us, what people send, and links that end soon."""

import tempfile
from collections import deque
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from typing import IO, Any, BinaryIO, Self, cast

from botocore.exceptions import ClientError

from parley.cloud.clients import client
from parley.settings import settings

LINK_SECONDS = 900
PLATFORM_SECONDS = 3600
IN_MEMORY = 1 << 20
ABSENT = frozenset({"404", "403", "NoSuchKey"})
"""Without the right to list, S3 says 403 of what is not there."""


def put(key: str, body: IO[bytes], content_type: str) -> None:
    client("s3").put_object(Bucket=settings().files_bucket, Key=key, Body=body, ContentType=content_type)


def put_once(key: str, body: IO[bytes], content_type: str) -> None:
    """What is there already stays."""
    kept = {"Bucket": settings().files_bucket, "Key": key, "Body": body, "ContentType": content_type}
    try:
        client("s3").put_object(**kept, IfNoneMatch="*")
    except ClientError as error:
        if error.response["Error"]["Code"] != "PreconditionFailed":
            raise


def size(key: str) -> int | None:
    """In bytes; None when nothing was uploaded."""
    try:
        return int(client("s3").head_object(Bucket=settings().files_bucket, Key=key)["ContentLength"])
    except ClientError as error:
        if error.response["Error"]["Code"] in ABSENT:
            return None
        raise


def read(key: str, most: int) -> tuple[int, bytes] | None:
    """Size and bytes in one answer, so they are of the same file; no bytes where there are more than `most`."""
    try:
        found = client("s3").get_object(Bucket=settings().files_bucket, Key=key)
    except ClientError as error:
        if error.response["Error"]["Code"] in ABSENT:
            return None
        raise
    size = int(found["ContentLength"])
    with closing(found["Body"]) as body:
        return size, b"" if size > most else body.read()


def fetch(key: str, path: str, most: int | None = None) -> int:
    """Puts a file on disk, a part at a time, and answers its size in bytes; whatever is put to its key meanwhile, it is
    one file. One with more than `most` bytes does not come."""
    found = client("s3").get_object(Bucket=settings().files_bucket, Key=key)
    size = int(found["ContentLength"])
    with closing(found["Body"]) as body:
        if most is None or size <= most:
            _write(body, path)
    return size


def _write(body: Any, path: str) -> None:
    with open(path, "wb") as file:
        for chunk in body.iter_chunks(IN_MEMORY):
            file.write(chunk)


class Puts:
    """Several files on their way at once: S3 takes its time for each, whatever its size. Waits while too many are."""

    def __init__(self, at_once: int = 8) -> None:
        self._pool, self._under_way = ThreadPoolExecutor(at_once), deque[Future[None]]()
        self._most = 2 * at_once

    def put(self, key: str, body: IO[bytes], content_type: str) -> None:
        self._under_way.append(self._pool.submit(put, key, body, content_type))
        if len(self._under_way) > self._most:
            self._under_way.popleft().result()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, failed: type[BaseException] | None, *_: object) -> None:
        """Returns when all are there. Raises what any of them raised."""
        with self._pool:
            for each in () if failed else self._under_way:
                each.result()


def copy(key: str, to: str) -> None:
    bucket = settings().files_bucket
    client("s3").copy_object(Bucket=bucket, Key=to, CopySource={"Bucket": bucket, "Key": key})


def delete(key: str) -> None:
    """What is not there stays so."""
    client("s3").delete_object(Bucket=settings().files_bucket, Key=key)


def delete_all(keys: Sequence[str]) -> None:
    """A thousand a call; what is not there stays so. Raises RuntimeError when some stay."""
    for start in range(0, len(keys), 1000):
        gone = {"Objects": [{"Key": key} for key in keys[start : start + 1000]], "Quiet": True}
        if client("s3").delete_objects(Bucket=settings().files_bucket, Delete=gone).get("Errors"):
            raise RuntimeError("files could not be deleted")


def open_copy(key: str) -> BinaryIO:
    """A copy to read from, on disk where it is large; close it."""
    copy = cast(BinaryIO, tempfile.SpooledTemporaryFile(IN_MEMORY))  # noqa: SIM115 - the caller closes it
    body = client("s3").get_object(Bucket=settings().files_bucket, Key=key)["Body"]
    for chunk in body.iter_chunks(IN_MEMORY):
        copy.write(chunk)
    copy.seek(0)
    return copy


def link_to_get(key: str, seconds: int = LINK_SECONDS, **more: Any) -> str:
    return _presigned("get_object", key, seconds, **more)


def link_to_put(key: str, content_type: str) -> str:
    return _presigned("put_object", key, LINK_SECONDS, ContentType=content_type)


def _presigned(operation: str, key: str, seconds: int, **more: Any) -> str:
    where = {"Bucket": settings().files_bucket, "Key": key, **more}
    link: str = client("s3").generate_presigned_url(operation, Params=where, ExpiresIn=seconds)
    return link
