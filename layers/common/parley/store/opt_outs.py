"""What people themselves want no more: marketing, or anything at all; beside what a platform says of them, which
changes by itself, and what an operator says, which they do not take back."""

from parley.model.suppression import OPTED_OUT, SuppressionScope
from parley.store import words
from parley.store.words import ALL, MARKETING

WORDS = {ALL: words.OF_PERSON, MARKETING: words.OF_PERSON_ON_MARKETING}


def stop(
    organization: str,
    channel: str,
    who: str,
    at: int,
    why: str = OPTED_OUT,
    scope: SuppressionScope = MARKETING,
) -> None:
    """Nothing of this scope goes to them any more, on a channel or, without one, everywhere. An older word than the
    one that let it go on changes nothing."""
    words.say((organization, channel, who), WORDS[scope], at, why)


def resume(organization: str, channel: str, who: str, at: int, scope: SuppressionScope = MARKETING) -> None:
    """It goes to them again, even where their older word has not come yet."""
    words.take_back((organization, channel, who), WORDS[scope], at)
