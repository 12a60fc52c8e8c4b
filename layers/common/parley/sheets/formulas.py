"""Formulas in tables as text: hidden from spreadsheets behind an apostrophe when written, found again when read.

A spreadsheet may part a file of ours where we do not: at semicolons, tabs or bars, in countries that write them between
columns, and then at line breaks within a text as well, since its quotation marks do not stand at the edge of a cell. So
a formula is hidden there too, not just where a text begins."""

import re

SIGN = r"'*[=+\-@]"
WITHIN = r'[;\t|\r\n]"*'
FIRST = re.compile(rf"\s*{SIGN}")
LATER = re.compile(f"{WITHIN}{SIGN}")
SHOWN = re.compile(rf"(^\s*|{WITHIN})({SIGN})")
HIDDEN = re.compile(rf"(^\s*|{WITHIN})'({SIGN})")


def hidden(text: str) -> str:
    """With an apostrophe before whatever would be a formula."""
    return SHOWN.sub(r"\1'\2", text) if FIRST.match(text) or LATER.search(text) else text


def shown(text: str) -> str:
    """What it was before `hidden`."""
    return HIDDEN.sub(r"\1\2", text) if "'" in text else text
