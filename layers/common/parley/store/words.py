"""Words about whether a person is written to: each kind is kept with the person, where it counts, and as a row of the
list, by one transaction.

In whatever order they come and however often, the newest word wins. Platforms tell whole seconds, so what takes words
back takes back all of its second."""

from typing import NamedTuple

from parley.model.suppression import SuppressionScope
from parley.model.times import SECOND, rfc3339
from parley.store import people_keys, table
from parley.store.table import Item, TransactionFailed

ALL, MARKETING = SuppressionScope.ALL, SuppressionScope.MARKETING
Whom = tuple[str, str, str]
"""Organization, channel (empty: everywhere) and typed address."""


class Word(NamedTuple):
    """A kind of words. `name` begins its attributes, `lifted` is the one that keeps when they were last taken back,
    `mark` ends the keys of its rows."""

    name: str
    lifted: str
    mark: str
    scope: SuppressionScope

    @property
    def at(self) -> str:
        return f"{self.name}_at"

    @property
    def why(self) -> str:
        return f"{self.name}_for"

    @property
    def until(self) -> str:
        return f"{self.name}_until"

    def stands(self, item: Item, now: int) -> bool:
        return self.at in item and item.get(self.until, now + 1) > now


OF_OPERATOR = Word("barred", "unbarred_at", "#OPERATOR", ALL)
OF_OPERATOR_ON_MARKETING = Word("marketing_barred", "marketing_unbarred_at", "#OPERATOR#MARKETING", MARKETING)
OF_PERSON = Word("stopped", "resumed_at", "#STOPPED", ALL)
OF_PERSON_ON_MARKETING = Word("marketing_stopped", "marketing_resumed_at", "#MARKETING", MARKETING)
OF_PLATFORM = Word("suppressed", "let_in_at", "", ALL)
WORDS = (OF_OPERATOR, OF_PERSON, OF_PLATFORM, OF_OPERATOR_ON_MARKETING, OF_PERSON_ON_MARKETING)
"""The first that stands is the reason that is given."""


def why(item: Item, scope: SuppressionScope, now: int) -> str | None:
    """The reason of the word of this scope that stands now."""
    return next((item[word.why] for word in WORDS if word.scope is scope and word.stands(item, now)), None)


def second_of(at: int) -> tuple[int, int]:
    """The first and the last millisecond of its second."""
    return at - at % SECOND, at - at % SECOND + SECOND - 1


def say(whom: Whom, word: Word, at: int, reason: str, *, until: int | None = None, anyway: bool = False) -> None:
    """Stops what goes to a person, until then if it ends. A word that is older than the one that stands, than the one
    that took it back, or, of a platform, than what the person wrote, changes nothing, unless it counts `anyway`."""
    condition = f"{_before(word.at, ':at')} AND {_before(word.lifted, ':at')}"
    values: Item = {":at": at, ":reason": reason}
    if word is OF_PLATFORM:
        condition += f" AND {_before('last_inbound_at', ':second')}"
        values |= {":second": second_of(at)[0]}
    sets = f"SET {word.at} = :at, {word.why} = :reason"
    update = {
        "TableName": table.data(),
        "Key": people_keys.person(*whom),
        "UpdateExpression": f"{sets}, {word.until} = :until" if until else f"{sets} REMOVE {word.until}",
        **({} if anyway else {"ConditionExpression": condition}),
        "ExpressionAttributeValues": {**values, ":until": until},
    }
    _together({"Update": update}, {"Put": {"TableName": table.data(), "Item": _row(whom, word, at, reason, until)}})


def _before(name: str, at: str) -> str:
    return f"(attribute_not_exists({name}) OR {name} < {at})"


def _row(whom: Whom, word: Word, at: int, reason: str, until: int | None) -> Item:
    row = {**people_keys.suppression(*whom, word.mark), "to": whom[2], "scope": word.scope}
    return {**row, "reason": reason, "created_at": rfc3339(at), "until": until}


def take_back(whom: Whom, word: Word, at: int) -> None:
    """What goes to a person is let through again, as far as older words of this kind stopped it."""
    update = {
        "TableName": table.data(),
        "Key": people_keys.person(*whom),
        "UpdateExpression": f"SET {word.lifted} = :at REMOVE {word.at}, {word.why}, {word.until}",
        "ConditionExpression": f"{_before(word.lifted, ':at')} AND (NOT {word.at} > :at)",
        "ExpressionAttributeValues": {":at": second_of(at)[1]},
    }
    _together({"Update": update}, _unlisted(whom, word))


def clear(whom: Whom, now: int) -> bool:
    """An operator takes back every word until now, whoever said it. False: none stands."""
    kept = table.get(table.data(), people_keys.person(*whom)) or {}
    if not any(word.stands(kept, now) for word in WORDS):
        return False
    newest = {word: max(now, kept.get(word.at, 0), kept.get(word.lifted, 0)) for word in WORDS}
    gone = ", ".join(f"{word.at}, {word.why}, {word.until}" for word in WORDS)
    update = {
        "TableName": table.data(),
        "Key": people_keys.person(*whom),
        "UpdateExpression": f"SET {', '.join(f'{word.lifted} = :{word.name}' for word in WORDS)} REMOVE {gone}",
        "ConditionExpression": " AND ".join(f"(NOT {word.at} > :{word.name})" for word in WORDS),
        "ExpressionAttributeValues": {f":{word.name}": at for word, at in newest.items()},
    }
    return _together({"Update": update}, *(_unlisted(whom, word) for word in WORDS))


def _unlisted(whom: Whom, word: Word) -> Item:
    return {"Delete": {"TableName": table.data(), "Key": people_keys.suppression(*whom, word.mark)}}


def _together(*writes: Item) -> bool:
    """Whether they were made; a word that is known or out of date changes nothing."""
    try:
        table.transact(list(writes))
    except TransactionFailed as failed:
        if "ConditionalCheckFailed" not in failed.reasons:
            raise
        return False
    return True
