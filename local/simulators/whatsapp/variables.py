"""The variables of a template text."""

import re

PATTERN = re.compile(r"\{\{\s*([^{}]*?)\s*\}\}")


def variables(text: str) -> list[str]:
    """Names or numbers, each once, in the order of their first appearance."""
    return list(dict.fromkeys(PATTERN.findall(text)))


def static_words(text: str) -> int:
    return sum(any(letter.isalnum() for letter in word) for word in PATTERN.sub(" ", text).split())
