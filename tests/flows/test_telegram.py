"""Stories of a bot: no receipts, chats that move and close, and a platform that limits what one chat gets."""

from collections import Counter
from collections.abc import Callable
from functools import partial
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as settings_of
from hypothesis import strategies as st
from parley.cloud.clients import client
from parley.errors import Conflict, Invalid
from parley.model.changes import NewEdit
from parley.model.message import NewMessage
from parley.model.status import Status
from parley.model.suppression import NewSuppression
from parley.model.upload import NewUpload
from parley.operations import changes, channels, messages, suppressions, uploads
from parley.settings import settings
from parley.store import rates

from tests.support import kept
from tests.support.world import ANA, TEXT, World

SARA, GROUP, SUPERGROUP = "4211", "-77", "-100123"


def refused(world: World, **fields: Any) -> list[tuple[str, str]]:
    with kept.nothing_changes(), pytest.raises(Invalid) as caught:
        world.tell(**fields)
    return [(each.field, each.code) for each in caught.value.problems]


def inbound(world: World, to: str = SARA) -> list[Any]:
    """The messages of a person, in the order of their time."""
    found = [each for each in kept.states() if each["direction"] == "in" and each["to"] == f"chat:{to}"]
    return [world.shown(each["id"]) for each in sorted(found, key=lambda each: int(each["created_at"]))]


# ---- out


def test_a_success_is_a_message_that_is_sent_and_stays_so(world: World) -> None:
    message = world.tell()
    world.run(10)
    found = world.shown(message)
    assert (found.status, found.provider_message_id, found.to.key) == (Status.SENT, "4211/1", "chat:4211")
    assert not {str(each.status) for each in found.timeline} & {"accepted", "delivered", "read"}
    world.pump.live(80)
    assert (world.status(message), world.telegram.asked) == (Status.SENT, 1)


def test_an_answer_that_nobody_heard_is_not_sent_again(world: World) -> None:
    world.telegram.happens(SARA, "cut")
    message = world.tell()
    world.pump.live(12)
    assert (len(world.telegram.accepted), world.shown(message).status) == (1, Status.FAILED)
    assert world.shown(message).error.code == "outcome_unknown"  # type: ignore[union-attr]


def test_an_answer_to_a_message_points_to_it_by_the_platforms_id(world: World) -> None:
    world.telegram.writes(number=55)
    world.hears()
    [asked] = inbound(world)
    answer = world.tell(reply_to=asked.id)
    world.run(5)
    assert world.status(answer) is Status.SENT
    assert world.telegram.accepted[0].body["reply_parameters"]["message_id"] == 55
    assert refused(world, to="4212", reply_to=asked.id) == [("reply_to", "another_person")]
    assert refused(world, reply_to="0de4814e-9894-4ea5-be8c-3d96d03edfb5") == [("reply_to", "unknown_message")]


# ---- people who shut the bot out


def test_who_blocked_the_bot_is_not_written_to_until_they_let_it_in(world: World) -> None:
    world.telegram.happens(SARA, "blocked")
    first, queued = world.tell(), world.tell(send_at=world.time.text(60))
    world.run(5)
    found = world.shown(first)
    assert (found.status, found.error and found.error.code) == (Status.FAILED, "person_blocked")
    assert refused(world) == [("to", "person_suppressed")]
    world.run(120)
    skipped = world.shown(queued)
    assert (skipped.status, skipped.error and skipped.error.code) == (Status.SKIPPED, "person_blocked")
    assert world.telegram.asked == 1
    world.telegram.writes()
    world.hears()
    again = world.tell()
    world.run(5)
    assert world.status(again) is Status.SENT
    assert [world.status(first), world.status(queued)] == [Status.FAILED, Status.SKIPPED]


@pytest.mark.parametrize(("left", "back"), [("kicked", "member"), ("left", "administrator")])
def test_a_membership_shuts_out_and_lets_in(world: World, left: str, back: str) -> None:
    world.telegram.member(left)
    world.hears()
    assert refused(world) == [("to", "person_suppressed")]
    world.time.forward(5)
    world.telegram.member(back)
    world.hears()
    message = world.tell()
    world.run(5)
    assert world.status(message) is Status.SENT


def test_an_older_word_that_comes_late_shuts_nobody_out(world: World) -> None:
    blocked_at = world.time() // 1000
    world.time.forward(60)
    world.telegram.writes()
    world.hears()
    late = {"chat": {"id": 4211}, "date": blocked_at, "new_chat_member": {"status": "kicked"}}
    world.telegram.says(my_chat_member=late)
    world.hears()
    assert world.tell()


def test_only_an_operator_takes_back_an_operators_word(world: World) -> None:
    suppressions.create(world.organization, NewSuppression(channel_id=world.bot, to=SARA, reason="asked_us"))
    for _ in range(2):
        world.time.forward(60)
        world.telegram.writes(number=world.time() % 1000 + 1)
        world.telegram.member("member")
        world.hears()
        assert refused(world) == [("to", "person_suppressed")]
    suppressions.delete(world.organization, world.bot, SARA)
    assert world.tell()


def test_a_skipped_message_has_no_fallback(world: World) -> None:
    world.telegram.member("kicked")
    message = world.tell(send_at=world.time.text(60), **world.instead("send_failed", None, to=ANA))
    world.hears()
    world.run(300)
    assert (world.status(message), world.copies(ANA)) == (Status.SKIPPED, [])


def test_a_refusal_of_one_message_shuts_nobody_out(world: World) -> None:
    world.telegram.happens(SARA, "Bad Request: chat not found")
    message = world.tell()
    world.run(5)
    found = world.shown(message)
    assert (found.status, found.error and found.error.code) == (Status.FAILED, "unknown_chat")
    assert suppressions.list_all(world.organization, world.bot, None, 10).items == []
    assert world.tell()


# ---- chats that move


def test_a_group_that_moved_during_a_send_gets_it_once_at_its_new_address(world: World) -> None:
    world.telegram.happens(GROUP, f"migrate:{SUPERGROUP}")
    first, second = world.tell(GROUP, "one"), world.tell(GROUP, "two", send_at=world.time.text(600))
    world.run(60)
    assert world.telegram.texts(SUPERGROUP) == ["one"]
    assert world.status(first) is Status.SENT
    third = world.tell(GROUP, "three")
    world.run(1200)
    assert world.telegram.texts(SUPERGROUP) == ["one", "three", "two"]
    assert world.telegram.texts(GROUP) == []
    assert {world.status(each) for each in (first, second, third)} == {Status.SENT}
    assert world.telegram.asked == 4


def test_a_group_that_told_of_its_move_is_never_asked_at_the_old_address(world: World) -> None:
    waiting = world.tell(GROUP, "one", send_at=world.time.text(60))
    moved = {"message_id": 9, "chat": {"id": int(GROUP)}, "date": 1, "migrate_to_chat_id": int(SUPERGROUP)}
    for _ in range(2):
        world.telegram.says(message=moved)
        world.hears()
    world.run(120)
    assert (world.status(waiting), world.telegram.texts(SUPERGROUP)) == (Status.SENT, ["one"])
    assert world.telegram.asked == 1


def test_a_platform_that_moves_a_group_to_itself_is_not_asked_for_ever(world: World) -> None:
    world.telegram.happens(GROUP, *[f"migrate:{GROUP}"] * 50)
    message = world.tell(GROUP)
    world.pump.live(30)
    assert (world.status(message), world.telegram.asked) == (Status.FAILED, 1)


# ---- pace


def test_a_long_rest_parks_the_bot_without_a_worker_waiting(world: World) -> None:
    world.telegram.happens(SARA, "wait:3600")
    first = world.tell()
    world.run(5)
    others = [world.tell(str(5000 + number)) for number in range(5)]
    world.run(120)
    assert (world.telegram.asked, world.pump.waiting("transactional")) == (1, [])
    assert {str(world.shown(each).held) for each in (first, *others)} == {"parked"}
    world.pump.minute()
    world.run(60)
    assert world.telegram.asked == 1
    world.run(3500)
    world.pump.minute()
    world.run(120)
    assert {world.status(each) for each in (first, *others)} == {Status.SENT}
    assert (world.telegram.asked, len(world.telegram.accepted)) == (7, 6)


def test_a_short_rest_goes_round_the_queue(world: World) -> None:
    world.telegram.happens(SARA, "wait:17")
    message = world.tell()
    world.run(16)
    assert (world.status(message), world.telegram.asked) == (Status.QUEUED, 1)
    world.run(10)
    assert (world.status(message), world.telegram.asked) == (Status.SENT, 2)


class Hops:
    """Counts how often each message goes through a lane's queue."""

    def __init__(self, world: World, patch: pytest.MonkeyPatch) -> None:
        self.counted: Counter[str] = Counter()
        self.lanes = {settings().transactional_queue, settings().marketing_queue}
        self.send = world.pump.send
        patch.setattr("parley.cloud.queues.send", self)

    def __call__(self, url: str, body: Any, delay: int = 0, group: str | None = None) -> None:
        self.counted.update([body["message"]] if url in self.lanes else [])
        self.send(url, body, delay, group)


Booked = list[tuple[str, float]]


def noted(
    take: Callable[..., float | None], booked: Booked, o: str, c: str, who: str, at: float, every: float, turn: bool
) -> float | None:
    free = take(o, c, who, at, every, turn=turn)
    booked += [(who, at)] if free is None else []
    return free


def booking(patch: pytest.MonkeyPatch) -> Booked:
    """The moments that workers book for a person: what counts here, since nobody sleeps until them."""
    booked: Booked = []
    patch.setattr(rates, "take_of_person", partial(noted, rates.take_of_person, booked))
    return booked


def spaced(booked: Booked, to: str, every: int, many: int) -> None:
    moments = sorted(at for who, at in booked if who.endswith(f":{to}"))
    assert len(moments) == many
    assert all(later - earlier >= every for earlier, later in pairwise(moments)), moments


@pytest.mark.parametrize(("to", "every"), [(SARA, 1000), (GROUP, 3000), ("@my_channel", 3000)])
@pytest.mark.parametrize("many", [2, 7, pytest.param(25, marks=pytest.mark.soak)])
def test_what_goes_to_one_chat_is_spaced_and_asks_about_once(
    world: World, monkeypatch: pytest.MonkeyPatch, to: str, every: int, many: int
) -> None:
    """Each message is delivered to a worker for its own turn, not for that of everybody before it."""
    hops, booked = Hops(world, monkeypatch), booking(monkeypatch)
    said = [world.tell(to, f"number {number}") for number in range(many)]
    world.run(many * every / 1000 + 30)
    assert sorted(world.telegram.texts(to)) == sorted(f"number {number}" for number in range(many))
    assert {world.status(each) for each in said} == {Status.SENT}
    spaced(booked, to, every, many)
    assert hops.counted.total() <= 3 * many
    assert max(hops.counted.values()) <= 4


@pytest.mark.parametrize("many", [60, pytest.param(310, marks=pytest.mark.soak)])
def test_a_long_line_of_a_group(quick: World, monkeypatch: pytest.MonkeyPatch, many: int) -> None:
    """The longer one reaches beyond what a queue can delay."""
    hops, booked = Hops(quick, monkeypatch), booking(monkeypatch)
    said = [quick.tell(GROUP, f"number {number}") for number in range(many)]
    quick.run(5 * many)
    assert sorted(quick.telegram.texts(GROUP)) == sorted(f"number {number}" for number in range(many))
    assert {quick.status(each) for each in said} == {Status.SENT}
    spaced(booked, GROUP, 3000, many)
    assert hops.counted.total() <= 8 * many
    assert max(hops.counted.values()) <= 15


@settings_of(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    sends=st.lists(
        st.tuples(st.sampled_from(["1", "2", "-3", "@chan"]), st.integers(0, 2500), st.booleans()), max_size=25
    )
)
def test_any_run_of_sends_is_spaced_and_none_is_lost_or_doubled(
    quick: World, sends: list[tuple[str, int, bool]]
) -> None:
    """Of any lane, at any time, to few chats at once. Each example has chats of its own."""
    with pytest.MonkeyPatch.context() as patch:
        booked = booking(patch)
        said = told_over_time(quick, sends)
    assert {quick.status(each) for each in said} <= {Status.SENT}
    for to in set(said.values()):
        texts = quick.telegram.texts(to)
        assert len(texts) == len(set(texts)) == list(said.values()).count(to)
        spaced(booked, to, 3000 if to[0] in "-@" else 1000, len(texts))


def told_over_time(quick: World, sends: list[tuple[str, int, bool]]) -> dict[str, str]:
    """The chat of each message, by its id."""
    quick.counter = getattr(quick, "counter", 0) + 1  # type: ignore[attr-defined]
    said: dict[str, str] = {}
    for number, (chat, gap, marketing) in enumerate(sends):
        to = f"{chat}{quick.counter:05}"  # type: ignore[attr-defined]
        quick.run(gap / 1000)
        said[quick.tell(to, f"{to} {number}", category="MARKETING" if marketing else None)] = to
    quick.run(3 * len(sends) + 60)
    return said


def test_chats_do_not_wait_for_each_other(world: World) -> None:
    people = [str(6000 + number) for number in range(20)]
    for to in people:
        world.tell(to)
    world.run(2)
    assert sorted(each.to for each in world.telegram.accepted) == people


def test_a_bot_is_paced_as_its_platform_grants(world: World) -> None:
    assert channels.get_service_settings(world.organization, world.bot).messages_per_second == 30.0
    assert channels.get_service_settings(world.organization, world.whatsapp).messages_per_second == 80.0


@pytest.mark.parametrize("how", ["before", "after", "error"])
@pytest.mark.parametrize("call", ["UpdateItem", "SendMessage"])
def test_a_line_of_messages_survives_a_broken_worker(world: World, how: str, call: str) -> None:
    for nth in (1, 2, 4):
        to = str(7000 + nth)
        said = [world.tell(to, f"{to} {number}") for number in range(3)]
        world.faults.arm(nth, how, call)
        world.run(30)
        world.faults.disarm()
        world.pump.live(12)
        served = world.telegram.texts(to)
        assert len(served) == len(set(served))
        assert {world.status(each) for each in said} <= {Status.SENT, Status.FAILED}
        lost = [each for each in said if world.status(each) is Status.FAILED]
        assert len(lost) <= 1
        assert all(world.shown(each).error.code == "outcome_unknown" for each in lost)  # type: ignore[union-attr]


# ---- fallbacks


@pytest.mark.parametrize("trigger", ["undelivered", "unread"])
def test_a_fallback_never_waits_for_a_receipt_that_does_not_come(world: World, trigger: str) -> None:
    found = refused(world, **world.instead(trigger, 60, to=ANA))
    assert found == [("fallback.trigger", "no_such_receipt")]


def test_a_refused_message_goes_by_sms_at_once(world: World) -> None:
    world.telegram.happens(SARA, "blocked")
    message = world.tell(**world.instead("send_failed", None, to=ANA))
    world.run(10)
    assert (world.status(message), world.copies(ANA)) == (Status.FAILED, [TEXT])
    assert world.copy(message).fallback_of == message


def test_a_sent_one_does_not(world: World) -> None:
    world.tell(**world.instead("send_failed", None, to=ANA))
    world.pump.live(80)
    assert world.copies(ANA) == []


def test_the_fallback_to_another_kind_of_channel_names_its_person(world: World) -> None:
    assert refused(world, **world.instead("send_failed", None)) == [("fallback.to", "address_missing")]


# ---- in


PHOTO = [{"file_id": "small.jpg", "file_size": 10}, {"file_id": "large.jpg", "file_size": 5}]


def test_a_photo_is_copied_to_the_bucket_and_shown_by_a_link(world: World) -> None:
    world.telegram.files["large.jpg"] = b"bytes"
    for _ in range(2):
        assert world.telegram.writes(photo=PHOTO, caption="look") == 200
        world.hears()
        world.run(60)
    [message] = inbound(world)
    [file] = message.files
    assert (message.type, file["kind"], file["content_type"]) == ("image", "image", "image/jpeg")
    assert file["link"].startswith("https://")
    [key] = kept.files()
    assert key in file["link"]
    stored = client("s3").get_object(Bucket=settings().files_bucket, Key=key)
    assert (stored["Body"].read(), stored["ContentType"]) == (b"bytes", "image/jpeg")
    assert world.telegram.token not in str(kept.everything())


def test_a_file_that_is_not_handed_out_says_why(world: World) -> None:
    world.telegram.writes(document={"file_id": "big.pdf", "file_size": 30_000_000})
    world.telegram.writes(number=2, document={"file_id": "gone.pdf", "file_size": 5})
    world.hears()
    world.run(60)
    problems = sorted(file["problem"] for message in inbound(world) for file in message.files)
    assert (problems, kept.files()) == (["file_too_large", "media_failed"], [])


def test_a_pressed_button_is_answered_and_kept_once(world: World) -> None:
    query = {"id": "438", "from": {"id": 4211}, "message": {"message_id": 50, "chat": {"id": 4211}}, "data": "buy:42"}
    for _ in range(3):
        world.telegram.says(callback_query=query)
        world.hears()
        world.run(30)
    [message] = inbound(world)
    assert (message.type, message.inbound["button"]["payload"]) == ("button", "buy:42")
    answers = world.telegram.called("answerCallbackQuery")
    assert answers
    assert all(each == {"callback_query_id": "438"} for each in answers)


def test_who_presses_a_button_has_spoken_now_though_no_time_is_told(world: World) -> None:
    world.telegram.happens(SARA, "blocked")
    world.tell()
    world.run(5)
    assert refused(world) == [("to", "person_suppressed")]
    world.time.forward(60)
    world.telegram.says(callback_query={"id": "438", "from": {"id": 4211}, "data": "x"})
    world.hears()
    assert planned(world).notes == []


def test_a_button_that_is_answered_too_late_is_still_kept(world: World) -> None:
    world.telegram.script["answerCallbackQuery"] = ["Bad Request: query is too old"] * 9
    world.telegram.says(callback_query={"id": "438", "from": {"id": 4211}, "data": "x"})
    world.hears()
    world.pump.live(12)
    assert len(inbound(world)) == 1
    assert len(world.telegram.called("answerCallbackQuery")) == 1


def test_an_edit_and_a_post_are_kept_beside_the_rest(world: World) -> None:
    world.telegram.writes(text="then")
    known = {"message_id": 1, "chat": {"id": 4211}, "date": 1, "edit_date": world.time() // 1000 + 5, "text": "now"}
    world.telegram.says(edited_message=known)
    world.telegram.says(channel_post={"message_id": 3, "chat": {"id": -100555}, "date": 5, "text": "News"})
    world.hears()
    assert [(each.type, each.inbound["text"]) for each in inbound(world)] == [("text", "then"), ("edited", "now")]
    [post] = inbound(world, "-100555")
    assert post.inbound["text"] == "News"


def test_an_update_with_a_wrong_secret_changes_nothing(world: World) -> None:
    before = kept.states()
    assert world.telegram.says("wrong", message={"message_id": 1, "chat": {"id": 4211}, "text": "x"}) == 401
    world.hears()
    assert kept.states() == before


def test_an_update_of_an_unknown_kind_is_taken_and_changes_nothing(world: World) -> None:
    before = kept.states()
    assert world.telegram.says(chat_boost={"chat": {"id": 4211}}) == 200
    world.hears()
    assert (kept.states(), world.pump.lost) == (before, [])


# ---- files


def uploaded(world: World, body: bytes | None = b"bytes") -> str:
    made = uploads.create(world.organization, NewUpload(filename="a.pdf", content_type="application/pdf"), None)
    if body is not None:
        key = f"media/{world.organization}/{made.id}"
        client("s3").put_object(Bucket=settings().files_bucket, Key=key, Body=body)
    return made.id


def document(upload: str) -> dict[str, Any]:
    return {"text": None, "type": "document", "media": {"upload": upload}}


def test_a_file_is_handed_over_once_and_then_named(world: World) -> None:
    upload = uploaded(world)
    first = world.tell(**document(upload))
    world.run(5)
    second = world.tell("4212", **document(upload))
    world.run(5)
    assert {world.status(first), world.status(second)} == {Status.SENT}
    handed, named = (each.body for each in world.telegram.accepted)
    assert (handed["document"], handed[upload]) == (f"attach://{upload}", ("a.pdf", b"bytes"))
    assert named["document"] == "FILE-1"
    assert upload not in named


def test_another_bot_does_not_know_the_file_ids_of_the_first(world: World) -> None:
    upload = uploaded(world)
    world.tell(**document(upload))
    world.run(5)
    world.telegram.token, world.telegram.bot = "7000000002:" + "B" * 35, 7000000002
    world.bind(world.bot, {}, {"token": world.telegram.token})
    world.tell(**document(upload))
    world.run(5)
    assert [each.body["document"] for each in world.telegram.accepted] == [f"attach://{upload}"] * 2


def test_a_file_that_is_refused_and_sent_again_is_whole(world: World) -> None:
    upload = uploaded(world, b"x" * 3_000_000)
    world.telegram.happens(SARA, "wait:2", "refuse")
    message = world.tell(**document(upload))
    world.run(120)
    assert world.status(message) is Status.SENT
    assert world.telegram.accepted[0].body[upload] == ("a.pdf", b"x" * 3_000_000)


def test_files_that_cannot_be_sent_are_refused_before_anything_is_kept(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = "0de4814e-9894-4ea5-be8c-3d96d03edfb5"
    assert refused(world, **document(other)) == [("media.upload", "unknown_upload")]
    assert refused(world, **document(uploaded(world, None))) == [("media.upload", "nothing_uploaded")]
    assert refused(world, **document(uploaded(world, b""))) == [("media.upload", "nothing_uploaded")]
    monkeypatch.setattr("parley.cloud.files.size", lambda key: 50_000_001)
    assert refused(world, **document(uploaded(world))) == [("media.upload", "file_too_large")]
    picture = {**document(uploaded(world)), "type": "image"}
    monkeypatch.setattr("parley.cloud.files.size", lambda key: 10_000_001)
    assert refused(world, **picture) == [("media.upload", "file_too_large")]
    assert world.tell(**document(uploaded(world)))


def test_an_upload_of_another_organization_does_not_exist(world: World) -> None:
    from parley.model.organization import NewOrganization
    from parley.operations import organizations

    stranger = organizations.create(NewOrganization(name="Other"), None, None).id
    theirs = uploads.create(stranger, NewUpload(filename="a.pdf", content_type="application/pdf"), None)
    client("s3").put_object(Bucket=settings().files_bucket, Key=f"media/{stranger}/{theirs.id}", Body=b"x")
    assert refused(world, **document(theirs.id)) == [("media.upload", "unknown_upload")]


# ---- reduction


BUTTONS = [[{"text": "Yes", "payload": "y"}, {"text": "Site", "url": "https://a.example"}]]
RICH = {"text": "Come <b>now</b>", "format": "html", "buttons": BUTTONS}
PLAIN = "Come now\n1. Yes\nSite: https://a.example"


def by_sms(world: World, **fields: Any) -> Any:
    return world.told(ANA, **{"channel_id": world.gateway, **RICH, **fields})


def planned(world: World, to: str = SARA, **fields: Any) -> Any:
    """The one step of a dry run."""
    known = {"channel_id": world.bot, "to": to, "type": "text", "text": "Hello", **fields}
    [step] = messages.dry_run(world.organization, NewMessage.model_validate(known)).steps
    return step


def test_what_an_sms_cannot_show_is_refused_or_put_in_words_as_a_dry_run_shows(world: World) -> None:
    with kept.nothing_changes():
        with pytest.raises(Invalid) as caught:
            by_sms(world)
        assert {each.code for each in caught.value.problems} == {"format_not_supported", "buttons_not_supported"}
        step = planned(world, ANA, channel_id=world.gateway, **RICH, on_unsupported="reduce")
        assert step.text == PLAIN
        assert step.notes == ["The formatting is taken away.", "The buttons are numbered lines."]
    message = by_sms(world, on_unsupported="reduce").id
    world.run(10)
    assert (world.copies(ANA), world.shown(message).text, world.shown(message).buttons) == ([PLAIN], PLAIN, None)


def test_a_bot_shows_it_all(world: World) -> None:
    assert planned(world, **RICH, on_unsupported="reduce").text == RICH["text"]
    world.tell(**RICH)
    world.run(5)
    body = world.telegram.accepted[0].body
    assert (body["text"], body["parse_mode"]) == (RICH["text"], "HTML")
    assert len(body["reply_markup"]["inline_keyboard"][0]) == 2


def test_a_dry_run_says_that_nobody_began_the_chat(world: World) -> None:
    assert len(planned(world).notes) == 1
    world.telegram.writes()
    world.hears()
    assert planned(world).notes == []


# ---- edits


def test_a_message_is_edited_and_taken_back(world: World) -> None:
    message = world.tell(GROUP)
    world.run(5)
    shown = changes.edit(world.organization, message, NewEdit(text="Hello again"))
    assert (shown.text, world.telegram.called("editMessageText")[0]["chat_id"]) == ("Hello again", GROUP)
    assert changes.delete(world.organization, message).deleted_at
    with pytest.raises(Conflict) as caught:
        changes.edit(world.organization, message, NewEdit(text="x"))
    assert caught.value.code == "not_sent"


def test_after_an_upgrade_its_older_messages_stay_as_they_are(world: World) -> None:
    """The supergroup counts its messages anew: the same number there is another message."""
    message = world.tell(GROUP)
    world.run(5)
    world.telegram.upgraded = {GROUP: SUPERGROUP}
    moved = {"message_id": 9, "chat": {"id": int(GROUP)}, "date": 1, "migrate_to_chat_id": int(SUPERGROUP)}
    world.telegram.says(message=moved)
    world.hears()
    for change in (
        lambda: changes.edit(world.organization, message, NewEdit(text="x")),
        lambda: changes.delete(world.organization, message),
    ):
        with pytest.raises(Conflict) as caught:
            change()
        assert caught.value.code == "address_moved"
    assert world.telegram.called("editMessageText") == world.telegram.called("deleteMessage") == []


def test_what_is_not_sent_yet_cannot_be_changed(world: World) -> None:
    message = world.tell(send_at=world.time.text(60))
    with pytest.raises(Conflict):
        changes.edit(world.organization, message, NewEdit(text="x"))
    messages.cancel(world.organization, message)
    with pytest.raises(Conflict):
        changes.delete(world.organization, message)


# ---- tokens


def test_a_dead_token_holds_what_is_queued_until_a_new_one_is_bound(world: World) -> None:
    old, world.telegram.token = world.telegram.token, "7000000001:" + "N" * 35
    waiting = [world.tell(str(8000 + number)) for number in range(3)]
    world.run(30)
    assert world.telegram.accepted == []
    assert str(channels.get(world.organization, world.bot).connection) == "disconnected"
    assert {str(world.shown(each).held) for each in waiting} == {"channel"}
    world.bind(world.bot, {}, {"token": world.telegram.token})
    world.run(30)
    assert {world.status(each) for each in waiting} == {Status.SENT}
    assert old not in str(kept.everything())


def test_the_same_request_twice_is_one_message(world: World) -> None:
    new = NewMessage.model_validate({"channel_id": world.bot, "to": SARA, "type": "text", "text": "Hello"})
    ids = {messages.send(world.organization, new, "k").id for _ in range(2)}  # type: ignore[union-attr]
    world.run(10)
    assert (len(ids), len(world.telegram.accepted)) == (1, 1)
