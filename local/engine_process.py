"""The engine's own process, run by the engine's interpreter: MiniStack, ended when whoever started it is gone."""

import json
import os
import runpy
import signal
import sys
import threading
import time
import zipfile
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

STREAM_PAUSE = 0.3
"""Seconds in which a batch collects, where the platform has its batching window."""
LOG_WAITS = (0.004, 0.003, 0.25)
"""Seconds: for the first line, after the last one, at most."""
_one_at_a_time = threading.Lock()
_unpacked: dict[str, bytes] = {}


def _end_with_parent() -> None:
    sys.stdin.read()
    os.kill(os.getpid(), signal.SIGTERM)


def _share_layers() -> None:
    """The engine unpacks all layers anew for every worker: 40 MB and more than a second of its one busy thread. Here
    they are unpacked once, and a worker gets a stand-in, an empty zip whose comment says where."""
    from ministack.services import lambda_svc

    resolve, extract = lambda_svc._resolve_layer_zip, zipfile.ZipFile.extractall

    def stand_in(reference: Any) -> bytes | None:
        with _one_at_a_time:
            name = reference if isinstance(reference, str) else reference["Arn"]
            if name not in _unpacked:
                _unpacked[name] = _unpack(resolve(reference), len(_unpacked))
            return _unpacked[name]

    def extract_or_link(archive: zipfile.ZipFile, path: Any = None, *rest: Any) -> None:
        if not archive.comment:
            return extract(archive, path, *rest)
        for each in Path(archive.comment.decode()).iterdir():
            (Path(path) / each.name).symlink_to(each)

    lambda_svc._resolve_layer_zip, zipfile.ZipFile.extractall = stand_in, extract_or_link


def _begin_streams_anew() -> None:
    """The engine saves how far a stream was read, but not the stream: after a restart it would pass over as many
    changes as there were before."""
    from ministack.services import lambda_svc

    lambda_svc._restore_esm_positions = lambda positions, saved: None


def _wait_less_for_logs() -> None:
    """After each call the engine looks for 50 ms whether a function still writes something, a thousand times a second.
    What comes later stands with the next call."""
    from ministack.core import lambda_runtime

    lambda_runtime.Worker._drain_stderr_bounded.__defaults__ = LOG_WAITS


def _read_streams_apart() -> None:
    """The engine calls the readers of streams in the one thread that also hands out what waits in queues. On AWS nobody
    waits for them."""
    from ministack.services import lambda_svc

    poll = lambda_svc._poll_dynamodb_streams
    lambda_svc._poll_dynamodb_streams = lambda: False
    threading.Thread(target=_poll_for_ever, args=(poll,), daemon=True).start()


def _poll_for_ever(poll: Callable[[], object]) -> None:
    while True:
        try:
            poll()
        except Exception as error:
            print(f"streams could not be read: {error!r}", flush=True)
        time.sleep(STREAM_PAUSE)


def _batches_take_the_right_of_one() -> None:
    """On AWS, sqs:SendMessage allows SendMessageBatch too; the engine asks for an action that IAM does not have."""
    from ministack.core import iam_actions

    extract = iam_actions.extract_iam_action

    def of_one(*request: Any, **more: Any) -> Any:
        action = extract(*request, **more)
        return action.removesuffix("Batch") if action in ("sqs:SendMessageBatch", "sqs:DeleteMessageBatch") else action

    iam_actions.extract_iam_action = of_one


def _rights_may_ask_for_an_encryption_context() -> None:
    """On AWS a policy can allow a key for one purpose alone; the engine knows no such condition and refuses."""
    from ministack.core import iam_actions

    conditions = iam_actions.request_tag_context

    def with_context(service: str, action: str, body: bytes, params: dict[str, Any]) -> dict[str, Any]:
        asked = json.loads(body) if service == "kms" and body[:1] == b"{" else {}
        told = {
            f"kms:encryptioncontext:{name}".lower(): each for name, each in asked.get("EncryptionContext", {}).items()
        }
        return {**conditions(service, action, body, params), **told}

    iam_actions.request_tag_context = with_context


def _unpack(content: bytes, number: int) -> bytes:
    folder = Path(os.environ["TMPDIR"]) / f"layer-{number}"
    zipfile.ZipFile(BytesIO(content)).extractall(folder)
    with zipfile.ZipFile(made := BytesIO(), "w") as archive:
        archive.comment = str(folder).encode()
    return made.getvalue()


if __name__ == "__main__":
    threading.Thread(target=_end_with_parent, daemon=True).start()
    _batches_take_the_right_of_one()  # before anything imports what it replaces
    _rights_may_ask_for_an_encryption_context()
    _share_layers()
    _begin_streams_anew()
    _wait_less_for_logs()
    _read_streams_apart()
    sys.argv = ["ministack"]
    runpy.run_module("ministack", run_name="__main__")
