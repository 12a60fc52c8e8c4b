"""Stop and start words: a text that is nothing but one of them says what a person wants, in whatever way they write it.

A stop word is one that means nothing else where people chat with a shop. `CANCEL` may be about an appointment and `END`
about a conversation, so such words count by SMS alone, where carriers and laws read them so."""

import unicodedata
from collections.abc import Collection
from enum import StrEnum
from typing import Annotated

from pydantic import AfterValidator, Field, StringConstraints

LONGEST = 40
"""Characters of a keyword; a text that is longer than twice as many is none."""

STOP = {
    "en": ["stop", "stop all", "stopall", "unsubscribe", "unsub", "opt out", "optout", "stop promotions"],
    "es": ["baja", "darme de baja", "dar de baja", "desuscribir", "desuscribirme"],
    "pt": ["sair", "parar", "descadastrar", "descadastre"],
    "fr": ["arrêt", "arrêter", "désabonner", "se désabonner", "me désabonner", "désinscrire", "désinscription"],
    "de": ["stopp", "abmelden", "austragen"],
    "it": ["disiscrivi", "disiscrivimi", "cancellami"],
    "nl": ["afmelden", "uitschrijven"],
    "pl": ["wypisz", "wypisz mnie"],
    "tr": ["abonelikten çık"],  # noqa: RUF001 - Turkish
    "ru": ["стоп", "отписаться", "отписка", "отпишите меня"],
    "uk": ["відписатися", "відписка"],
    "ar": ["إيقاف", "توقف", "قف", "إلغاء الاشتراك"],
    "he": ["הסר", "הסרה", "להסרה"],
    "id": ["berhenti", "berhenti langganan"],
}
STOP_BY_SMS = {
    "en": ["cancel", "end", "quit", "remove", "revoke"],
    "es": ["cancelar"],
    "pt": ["cancelar"],
    "fr": ["annuler", "td"],
    "de": ["abbestellen"],
    "pl": ["rezygnuję"],
    "tr": ["iptal", "ret"],
    "ar": ["إلغاء"],
}
"""Those of the carriers of the United States and Canada, and what corresponds to them."""

START = {
    "en": ["start", "unstop", "subscribe", "resubscribe", "opt in", "optin"],
    "es": ["alta", "darme de alta", "suscribir", "suscribirme"],
    "pt": ["quero receber", "reinscrever"],
    "fr": ["m'abonner", "s'abonner", "réabonner"],
    "de": ["abonnieren"],
    "it": ["iscrivimi"],
    "nl": ["abonneren"],
    "pl": ["subskrybuj"],
    "tr": ["abone ol"],
    "ru": ["старт", "подписаться"],
    "uk": ["підписатися"],
    "ar": ["ابدأ", "اشتراك", "اشترك"],
    "he": ["הצטרפות", "להצטרפות"],
    "id": ["berlangganan"],
}
"""Clear wishes alone: `YES` answers a question, and a word for registering may be about an event."""

_ALIKE = str.maketrans({"\u0649": "\u064a", "\u0629": "\u0647", "\u0131": "i", "\u0640": None})
"""Alef maqsura and yeh, teh marbuta and heh, the dotless i; and the line that stretches Arabic words."""
_UNHEARD = ("P", "S", "C")
"""Punctuation, symbols with the emoji among them, and marks of direction."""


class Wish(StrEnum):
    STOP = "stop"
    START = "start"


def bare(text: str) -> str:
    """The words of a text without case, accents, punctuation and blanks around; a bot's command keeps its slash."""
    folded = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    slash = "/" if folded.lstrip().startswith("/") else ""
    return slash + " ".join("".join(filter(_is_heard, folded)).translate(_ALIKE).split())


def _is_heard(each: str) -> bool:
    """Blanks keep words apart."""
    return each.isspace() or not (unicodedata.combining(each) or unicodedata.category(each)[0] in _UNHEARD)


def _all(*tables: dict[str, list[str]]) -> frozenset[str]:
    return frozenset(bare(word) for table in tables for words in table.values() for word in words)


STOPS, STOPS_BY_SMS, STARTS = _all(STOP), _all(STOP, STOP_BY_SMS), _all(START)


def _is_a_word(text: str) -> str:
    word = bare(text)
    if not word.strip("/"):
        raise ValueError("A keyword has letters or digits.")
    if len(word) > 2 * LONGEST:  # one sign may stand for a whole phrase
        raise ValueError(f"A keyword has at most {2 * LONGEST} letters when it is written out.")
    return text


Keyword = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=LONGEST), AfterValidator(_is_a_word)
]
Keywords = Annotated[list[Keyword], Field(max_length=50)]


def stops(chosen: Collection[str] | None, *, by_sms: bool) -> frozenset[str]:
    """The bare stop words of a channel: those that were chosen for it, else those of the table."""
    if chosen is None:
        return STOPS_BY_SMS if by_sms else STOPS
    return frozenset(map(bare, chosen))


def starts(chosen: Collection[str] | None) -> frozenset[str]:
    return STARTS if chosen is None else frozenset(map(bare, chosen))


def read(text: str, stop: frozenset[str], start: frozenset[str]) -> Wish | None:
    """What a text asks for, None for nothing. Every chat with a bot begins with its command /start, which is therefore
    no start word by itself; /stop is a stop word."""
    if len(text) > 2 * LONGEST:
        return None
    said = bare(text)
    if said in stop or said.removeprefix("/") in stop:
        return Wish.STOP
    return Wish.START if said in start else None
