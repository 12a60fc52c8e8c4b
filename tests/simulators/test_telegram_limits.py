"""Telegram's rates: what is too much, how long the whole bot waits, and what is counted."""

from typing import Any

import pytest

CHAT = 900010001


@pytest.fixture
def strict(bot: Any) -> Any:
    """The rates of Telegram."""
    bot.configure(bot_rate=30, chat_rate=1, group_rate=20)
    return bot


def throttled(bot: Any, chat: Any, **params: Any) -> int:
    answer = bot.call("sendMessage", chat_id=chat, text="x", **params)
    assert answer.status_code == 429
    seconds = answer.json()["parameters"]["retry_after"]
    assert answer.json()["description"] == f"Too Many Requests: retry after {seconds}"
    return int(seconds)


def advance(bot: Any, seconds: float) -> None:
    bot.sims.control("POST", "/telegram/clock", advance=seconds)


def test_one_person_gets_a_short_burst_and_the_whole_bot_waits(strict: Any) -> None:
    for _ in range(3):
        strict.send()
    assert throttled(strict, CHAT) == 1
    assert throttled(strict, 900010002) == 1
    advance(strict, 1)
    assert strict.send()
    report = strict.look("limits")
    assert (report["sent"], report["throttled"]) == (4, 2)
    assert report["chats"][str(CHAT)] == {"sent": 4, "throttled": 1}


def test_other_bots_go_on(strict: Any) -> None:
    for _ in range(3):
        strict.send()
    throttled(strict, CHAT)
    assert type(strict)(strict.sims, 7000000002).send()


def test_the_bot_has_a_rate_of_its_own(strict: Any) -> None:
    strict.configure(bot_rate=0.01, bot_burst=5)
    for serial in range(5):
        strict.send(900010000 + serial)
    assert throttled(strict, 900010099) >= 99
    report = strict.look("limits")
    assert (report["sent"], report["throttled"], report["windows"]["second"]) == (5, 1, 5)


def test_groups_get_twenty_a_minute(strict: Any) -> None:
    group = strict.play("chats", type="supergroup", username="the_vips")["id"]
    for number in range(20):
        strict.send(group if number % 2 else "@The_VIPs")
    assert throttled(strict, group) in (59, 60)
    assert throttled(strict, CHAT) in (59, 60)
    advance(strict, 60)
    assert strict.send(group)
    assert strict.look("limits")["windows"]["groups"] == {str(group): 20}


def test_an_album_counts_once_and_questions_not_at_all(strict: Any) -> None:
    media = [{"type": "photo", "media": "https://x.example/a"}] * 10
    for _ in range(3):
        strict.ok("sendMediaGroup", chat_id=CHAT, media=media)
    for _ in range(5):
        strict.ok("getMe")
        strict.ok("sendChatAction", chat_id=CHAT, action="typing")
    assert strict.look("limits")["sent"] == 3


def test_edits_count_unless_switched_off(strict: Any) -> None:
    target = {"chat_id": CHAT, "message_id": strict.send()["message_id"]}
    for number in range(2):
        strict.ok("editMessageText", **target, text=str(number))
    assert strict.call("editMessageText", **target, text="x").status_code == 429
    advance(strict, 10)
    strict.configure(count_edits=False)
    for number in range(6):
        strict.ok("editMessageText", **target, text=f"again {number}")


def test_what_is_refused_for_its_content_costs_nothing(strict: Any) -> None:
    for _ in range(5):
        strict.refused("sendMessage", chat_id=CHAT, text="")
    assert strict.look("limits")["sent"] == 0


def test_paid_broadcasts_have_no_better_rate_here(strict: Any) -> None:
    for _ in range(3):
        strict.send(allow_paid_broadcast=True)
    assert throttled(strict, CHAT, allow_paid_broadcast=True) == 1


def test_sends_before_the_end_of_a_magic_wait_are_counted(bot: Any) -> None:
    assert throttled(bot, 900090001) == 2
    bot.send()
    assert (bot.look("limits")["early"], bot.look("limits")["throttled"]) == (1, 0)
    advance(bot, 2)
    bot.send()
    assert bot.look("limits")["early"] == 1


def test_rates_can_be_switched_off_and_forgotten(strict: Any) -> None:
    strict.configure(chat_rate=None)
    for _ in range(6):
        strict.send()
    strict.configure(chat_rate=1)
    for _ in range(3):
        strict.send()
    throttled(strict, CHAT)
    strict.sims.control("POST", "/reset")
    assert strict.send()
    assert strict.look("limits")["sent"] == 1
