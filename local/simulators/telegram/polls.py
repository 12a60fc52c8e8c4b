"""Polls: what may be asked, votes, and their end."""

import itertools
import secrets
from typing import Any

from local.simulators.telegram import texts, updates
from local.simulators.telegram.errors import bad
from local.simulators.telegram.html import units
from local.simulators.telegram.params import Params
from local.simulators.telegram.state import Bot, Chat, Poll
from local.simulators.telegram.world import World

LONGEST_QUESTION, LONGEST_OPTION, MOST_OPTIONS, LONGEST_EXPLANATION = 300, 100, 12, 200
SHORTEST_OPEN, LONGEST_OPEN = 5, 2_628_000
_numbers = itertools.count(secrets.randbelow(10**15) + 5 * 10**15)


def view(params: Params) -> dict[str, Any]:
    """The poll as it stands in its message."""
    question, _ = texts.formatted(params.text("question"), params.text("question_parse_mode"))
    if not question:
        raise bad("poll question must be non-empty")
    if units(question) > LONGEST_QUESTION:
        raise bad(f"poll question length must not exceed {LONGEST_QUESTION}")
    options, kind = _options(params.nested("options")), params.text("type", "regular")
    found: dict[str, Any] = {
        "id": str(next(_numbers)),
        "question": question,
        "options": [{"persistent_id": str(n), "text": text, "voter_count": 0} for n, text in enumerate(options)],
        "total_voter_count": 0,
        "is_closed": params.flag("is_closed"),
        "is_anonymous": params.flag("is_anonymous", True),
        "type": kind,
        "allows_multiple_answers": params.flag("allows_multiple_answers"),
        "allows_revoting": params.flag("allows_revoting", kind == "regular"),
        "members_only": params.flag("members_only"),
    }
    return found | _quiz(params, kind, len(options)) | _period(params)


def _options(given: Any) -> list[str]:
    if not isinstance(given, list):
        raise bad("can't parse options JSON object")
    words = [(option.get("text") if isinstance(option, dict) else option) for option in given]
    if not all(isinstance(word, str) for word in words):
        raise bad("can't parse options: an option must be an InputPollOption")
    options = [str(word).strip() for word in words]
    if not options:
        raise bad("poll must have at least 1 option")
    if len(options) > MOST_OPTIONS:
        raise bad(f"poll can't have more than {MOST_OPTIONS} options")
    if not all(options):
        raise bad("poll options must be non-empty")
    if any(units(option) > LONGEST_OPTION for option in options):
        raise bad(f"poll options length must not exceed {LONGEST_OPTION}")
    return options


def _quiz(params: Params, kind: str, count: int) -> dict[str, Any]:
    if kind not in ("regular", "quiz"):
        raise bad("unsupported poll type specified")
    if kind == "regular":
        return {}
    right = params.nested("correct_option_ids")
    if not isinstance(right, list) or not right or not all(isinstance(n, int) and 0 <= n < count for n in right):
        raise bad("wrong correct option ID specified")
    explanation = params.text("explanation")
    if units(explanation) > LONGEST_EXPLANATION or explanation.count("\n") > 2:
        raise bad("explanation is too long")
    return {"correct_option_ids": right} | ({"explanation": explanation} if explanation else {})


def _period(params: Params) -> dict[str, Any]:
    if "open_period" not in params.texts:
        return {"close_date": params.integer("close_date")} if "close_date" in params.texts else {}
    if "close_date" in params.texts:
        raise bad("parameters open_period and close_date can't be used together")
    if not SHORTEST_OPEN <= params.integer("open_period") <= LONGEST_OPEN:
        raise bad("wrong open_period specified")
    return {"open_period": params.integer("open_period")}


def register(world: World, bot: Bot, chat: Chat, message: dict[str, Any]) -> None:
    """From now on people can vote; a poll with an end closes by itself."""
    shown = message["poll"]
    poll = Poll(chat.id, message["message_id"], shown)
    bot.polls[shown["id"]] = poll
    wait = shown.get("open_period") or shown.get("close_date", 0) - world.now()
    if "open_period" in shown or "close_date" in shown:
        poll.closes_at = world.now() + wait
        world.scheduler.after(max(0.0, wait), lambda: close_due(world), "telegram polls")


def close(world: World, bot: Bot, poll: Poll) -> dict[str, Any]:
    with bot.changed:
        poll.view["is_closed"], poll.closes_at = True, None
        shown = dict(poll.view)
    updates.publish(world, bot, "poll", shown)
    return shown


def close_due(world: World) -> None:
    for bot in list(world.state.bots.values()):
        for poll in list(bot.polls.values()):
            if poll.closes_at is not None and poll.closes_at <= world.now():
                close(world, bot, poll)


def vote(world: World, bot: Bot, poll: Poll, user: dict[str, Any], chosen: list[int]) -> dict[str, Any]:
    """Names reach the bot only if the poll is not anonymous, the counts always."""
    with bot.changed:
        poll.votes.pop(user["id"], None)
        if chosen:
            poll.votes[user["id"]] = chosen
        for number, option in enumerate(poll.view["options"]):
            option["voter_count"] = sum(number in votes for votes in poll.votes.values())
        poll.view["total_voter_count"] = len(poll.votes)
        shown = {**poll.view, "options": [dict(option) for option in poll.view["options"]]}
    if not shown["is_anonymous"]:
        stays = [shown["options"][number]["persistent_id"] for number in chosen]
        answer = {"poll_id": shown["id"], "user": user, "option_ids": chosen, "option_persistent_ids": stays}
        updates.publish(world, bot, "poll_answer", answer)
    updates.publish(world, bot, "poll", shown)
    return shown
