"""Files of a channel's library, sent: only what was looked at, and nothing waits for what is gone."""

from typing import Any

import pytest
from parley.cloud.clients import client
from parley.errors import Invalid
from parley.model.status import Status
from parley.model.upload import NewUpload
from parley.operations import library, uploads
from parley.settings import settings

from tests.support.media_files import PNG
from tests.support.world import World


def put(world: World, body: bytes) -> str:
    new = NewUpload(channel_id=world.bot, filename="logo.png", content_type="image/png")
    made = uploads.create(world.organization, new, None)
    key = uploads.unchecked_key(world.organization, made.id)
    client("s3").put_object(Bucket=settings().files_bucket, Key=key, Body=body)
    return made.id


def image(upload: str) -> dict[str, Any]:
    return {"text": None, "type": "image", "media": {"upload": upload}}


def test_a_completed_file_goes_out(world: World) -> None:
    upload = put(world, PNG)
    library.complete(world.organization, upload)
    message = world.tell(**image(upload))
    world.run(5)
    assert world.status(message) is Status.SENT
    assert world.telegram.accepted[0].body[upload] == ("logo.png", PNG)


@pytest.mark.parametrize(
    ("body", "reason"),
    [(b"MZ\x90\x00", "The bytes of the file are"), (b"", "The file is empty."), (PNG, "was not completed")],
)
def test_no_other_file_is_accepted(world: World, body: bytes, reason: str) -> None:
    upload = put(world, body)
    if body != PNG:
        library.complete(world.organization, upload)
    with pytest.raises(Invalid) as caught:
        world.tell(**image(upload))
    [problem] = caught.value.problems
    assert (problem.field, problem.code) == ("media.upload", "media_not_ready")
    assert reason in problem.reason


def test_a_message_whose_file_was_deleted_ends_at_once(world: World) -> None:
    upload = put(world, PNG)
    library.complete(world.organization, upload)
    message = world.tell(**image(upload), send_at=world.time.text(60))
    library.delete(world.organization, upload)
    world.run(80)
    found = world.shown(message)
    assert (found.status, found.error and found.error.code) == (Status.FAILED, "media_gone")
    assert world.telegram.asked == 0
