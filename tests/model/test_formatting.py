"""Formatted text: what passes is balanced and of known tags, whatever was typed; nothing ever raises."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from parley.model.formatting import check, plain, shown

ALLOWED = frozenset({"b", "i", "a", "code", "pre", "blockquote"})
PIECES = [
    "<b>",
    "</b>",
    "<i>",
    "</i>",
    '<a href="https://a.test">',
    "</a>",
    "<",
    ">",
    "&",
    "&amp;",
    "&lt;",
    "</",
    "<!--",
]
PIECES += [
    "-->",
    "<u>",
    "<b/>",
    "<br>",
    "<B>",
    "</ b>",
    "<b ",
    "<![CDATA[",
    "<?x",
    "\x00",
    "<script>",
    "'",
    '"',
    "x",
    " ",
]
MARKUP = st.lists(st.sampled_from(PIECES) | st.text(max_size=4), max_size=14).map("".join)


def fine(text: str) -> bool:
    return check(text, ALLOWED, "text") == []


@pytest.mark.parametrize(
    "text",
    [
        "",
        "plain",
        "a > b & c",
        "<b>x</b>",
        "<b><i>x</i></b> y",
        '<a href="https://a.test/?a=1&amp;b=2">site</a>',
        "1 &lt; 2 &amp; 3 &gt; 2",
        '<pre><code class="language-python">x</code></pre>',
        "<blockquote expandable>x</blockquote>",
        "<B>x</B>",
    ],
)
def test_what_a_platform_takes(text: str) -> None:
    assert fine(text)


@pytest.mark.parametrize(
    "text",
    [
        "<b>x",
        "x</b>",
        "<b><i>x</b></i>",
        "<b></i>",
        "<u>x</u>",
        "<script>x</script>",
        '<b style="x">x</b>',
        '<a onclick="x">x</a>',
        "<b/>",
        "<br>",
        "1 < 2",
        "<",
        "x <3",
        "<!-- x -->",
        "<!DOCTYPE html>",
        "<?php x ?>",
        "<b",
    ],
)
def test_what_a_platform_refuses_is_refused_before(text: str) -> None:
    [problem] = check(text, ALLOWED, "media.caption")
    assert (problem.field, problem.code) == ("media.caption", "broken_formatting")


def test_the_first_fault_is_the_one_that_is_told() -> None:
    [problem] = check("<u>x</u><b>", ALLOWED, "text")
    assert "<u>" in problem.reason


@pytest.mark.parametrize(
    ("text", "words", "told"),
    [
        ("<b>x</b> y", "x y", "x y"),
        ('<a href="https://a.test">site</a>!', "site!", "site (https://a.test)!"),
        ("1 &lt; 2 &amp; 3", "1 < 2 & 3", "1 < 2 & 3"),
        ("<a>x</a>", "x", "x"),
        ("plain", "plain", "plain"),
    ],
)
def test_what_a_person_reads(text: str, words: str, told: str) -> None:
    assert (shown(text), plain(text)) == (words, told)


@given(st.text() | MARKUP)
def test_no_text_makes_it_raise(text: str) -> None:
    assert isinstance(plain(text), str)
    assert isinstance(shown(text), str)
    for problem in check(text, ALLOWED, "text"):
        assert problem.code == "broken_formatting"


TAG = re.compile(r"<(/?)([a-zA-Z]+)[^<>]*>")


def balanced(text: str) -> bool:
    """Read anew and without the parser: every tag is known, and each end ends what was begun last."""
    waiting: list[str] = []
    for end, name in TAG.findall(text):
        if name.lower() not in ALLOWED:
            return False
        if not end:
            waiting.append(name.lower())
        elif not waiting or waiting.pop() != name.lower():
            return False
    return not waiting and "<" not in TAG.sub("", text)


@given(MARKUP)
def test_what_passes_is_balanced_and_of_known_tags(text: str) -> None:
    if fine(text):
        assert balanced(text), text


SIMPLE = st.recursive(
    st.text(st.characters(exclude_characters="<>&\x00", exclude_categories=["Cs"]), max_size=5),
    lambda inner: (
        st.builds("<{0}>{1}</{0}>".format, st.sampled_from(["b", "i", "code"]), inner)
        | st.lists(inner, max_size=3).map("".join)
    ),
    max_leaves=8,
)


@given(SIMPLE)
def test_everything_balanced_passes_and_loses_only_its_tags(text: str) -> None:
    assert fine(text)
    assert shown(text) == re.sub(r"<[^>]*>", "", text)


@given(st.text(max_size=40))
def test_escaped_text_is_read_as_it_was(text: str) -> None:
    escaped = text.replace("&", "&amp;").replace("<", "&lt;")
    assert fine(escaped)
    assert shown(escaped) == text
