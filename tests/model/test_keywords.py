"""Stop and start words: whole texts alone, in whatever way people write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as some
from parley.model import keywords
from parley.model.keywords import START, STARTS, STOP, STOP_BY_SMS, STOPS, STOPS_BY_SMS, Wish, bare, read


def asks(text: str) -> Wish | None:
    return read(text, STOPS, STARTS)


def listed(*tables: dict[str, list[str]]) -> list[str]:
    return [word for table in tables for words in table.values() for word in words]


WRITTEN = "STOP| stop |Stop.|¡BAJA!|«Stop»|S.T.O.P|stop \U0001f6d1|/stop|\uff33\uff34\uff2f\uff30|opt-out|Stop\nall"
WRITTEN += "|UNSUBSCRIBE|ARRET|Arrêt|arre\u0302t|DÉSINSCRIRE|abonelikten ç\u0131k|ABONELİKTEN ÇIK|СТОП|הסר"
WRITTEN += "|إيقاف|ايقاف|توقّف|\u200fقف\u200f|إلغاء الاشتراك|الغاء  الإشتراك|إيقـــاف"
NEITHER = (
    "| |.|\U0001f6d1|/|please stop|stop it|Stop calling me a baker|non-stop|bus stop|stopped|yes|no|un stop|restart"
)
NEITHER += "|/start|/start shop-19|alta calidad|baja la calle"


@pytest.mark.parametrize("text", WRITTEN.split("|"))
def test_what_stops(text: str) -> None:
    assert asks(text) is Wish.STOP


@pytest.mark.parametrize("text", ["START", "start!", "UNSTOP", "Alta", "opt-in", "S'abonner", "ابدأ", "إشتراك"])
def test_what_starts(text: str) -> None:
    assert asks(text) is Wish.START


@pytest.mark.parametrize("text", NEITHER.split("|"))
def test_what_says_neither(text: str) -> None:
    assert asks(text) is None


@pytest.mark.parametrize("text", ["Cancel", "END", "quit", "REMOVE", "revoke", "TD", "cancelar", "iptal", "إلغاء"])
def test_what_may_mean_something_else_counts_by_sms_alone(text: str) -> None:
    assert asks(text) is None
    assert read(text, STOPS_BY_SMS, STARTS) is Wish.STOP


def test_the_words_that_carriers_manage_count_by_sms() -> None:
    carriers = "ARRET CANCEL END OPT-OUT OPTOUT QUIT REMOVE REVOKE STOP STOPALL TD UNSUBSCRIBE"
    assert {bare(word) for word in carriers.split()} <= STOPS_BY_SMS


def test_no_word_is_both_and_none_stands_twice_in_a_language() -> None:
    assert not STOPS_BY_SMS & STARTS
    for table in (STOP, STOP_BY_SMS, START):
        for language, words in table.items():
            assert len({bare(word) for word in words}) == len(words), language
    assert not {bare(word) for word in listed(STOP)} & {bare(word) for word in listed(STOP_BY_SMS)}


@given(
    some.sampled_from(listed(STOP)),
    some.text(" .!?¡¿\"'*_~-…\U0001f6d1\u200e\u200f\u00a0", max_size=5),
    some.booleans(),
)
def test_case_and_what_stands_around_change_nothing(word: str, around: str, upper: bool) -> None:
    text = around + (word.upper() if upper else word.title()) + around[::-1]
    assert asks(text) is Wish.STOP


@given(some.text(max_size=200))
def test_any_text_is_read(text: str) -> None:
    assert asks(text) in (None, *Wish)
    assert bare(bare(text)) == bare(text)


def test_a_long_text_is_none_of_them() -> None:
    assert asks("stop" + " " * 76) is Wish.STOP
    assert asks("stop" + " " * 77) is None


def test_a_channel_may_have_words_of_its_own() -> None:
    stop, start = keywords.stops(["¡Basta!", "No más"], by_sms=True), keywords.starts(["Otra vez", "/start"])
    assert [read(text, stop, start) for text in ("BASTA", "no mas.", "otra  vez", "/START")] == ["stop"] * 2 + [
        "start"
    ] * 2
    assert [read(text, stop, start) for text in ("STOP", "cancel", "start")] == [None] * 3
    assert keywords.stops([], by_sms=False) == keywords.starts([]) == frozenset()


def test_who_says_both_stops() -> None:
    assert read("go", frozenset({"go"}), frozenset({"go"})) is Wish.STOP
