"""Names of things: the same for the same request, never the same for two."""

import uuid
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from parley.model import ids

from tests.support.make import MESSAGE, ORGANIZATION

TEXT = st.text(max_size=12)
PARTS = st.lists(TEXT | st.integers(0, 99), min_size=1, max_size=4)


@given(PARTS, PARTS)
def test_only_equal_parts_give_equal_ids(one: list[str | int], other: list[str | int]) -> None:
    same = list(map(str, one)) == list(map(str, other))
    assert (ids.derived(*one) == ids.derived(*other)) is same


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("a", "bc"), ("ab", "c")),
        (("a,b",), ("a", "b")),
        (('a","b',), ("a", "b")),
        (("a", ""), ("a",)),
        (("", "a"), ("a", "")),
    ],
)
def test_parts_are_framed(one: tuple[str, ...], other: tuple[str, ...]) -> None:
    assert ids.derived(*one) != ids.derived(*other)


def test_a_key_makes_the_id_and_no_key_makes_a_new_one() -> None:
    made = ids.created(ORGANIZATION, "send_message", "k")
    assert made == ids.created(ORGANIZATION, "send_message", "k")
    others = [ids.created("o", "send_message", "k"), ids.created(ORGANIZATION, "create_channel", "k")]
    fresh = [ids.created(ORGANIZATION, "send_message", None) for _ in range(2)]
    assert len({made, *others, *fresh, ids.created(ORGANIZATION, "send_message", "")}) == 6


def test_ids_of_different_purposes_never_meet() -> None:
    made = [ids.copy_of(MESSAGE, 1), ids.copy_of(MESSAGE, 2), ids.inbound(MESSAGE, "1"), ids.derived(MESSAGE, 1)]
    assert len(set(made)) == 4
    assert ids.copy_of(MESSAGE, 1) == ids.copy_of(MESSAGE, 1)


@pytest.mark.parametrize("made", [ids.copy_of(MESSAGE, 1), ids.inbound("c", "wamid.1"), ids.created("o", "x", "k")])
def test_an_id_fits_the_keys_and_the_echo(made: str) -> None:
    assert str(uuid.UUID(made)) == made


@given(st.uuids(), st.uuids())
def test_an_echo_reads_back(organization: uuid.UUID, message: uuid.UUID) -> None:
    echo = ids.echo(str(organization), str(message))
    assert ids.read_echo(echo) == (str(organization), str(message))
    assert len(echo) <= 512


@pytest.mark.parametrize(
    "text",
    [
        None,
        "",
        ".",
        "order-17",
        MESSAGE,
        f"{ORGANIZATION}.",
        f".{MESSAGE}",
        f"{ORGANIZATION}.{MESSAGE}.x",
        f"{ORGANIZATION}.17",
        f"{ORGANIZATION} .{MESSAGE}",
        f"{ORGANIZATION}.{MESSAGE}".upper(),
        f"{{{ORGANIZATION}}}.{MESSAGE}",
        f"{ORGANIZATION.replace('-', '')}.{MESSAGE}",
        f"urn:uuid:{ORGANIZATION}.{MESSAGE}",
        "é.é",
    ],
)
def test_foreign_echoes_are_not_ours(text: str | None) -> None:
    assert ids.read_echo(text) is None


@given(st.text())
def test_no_text_is_too_strange_for_an_echo(text: str) -> None:
    found = ids.read_echo(text)
    assert found is None or ids.echo(*found) == text


def _objects(inner: Any) -> Any:
    return st.dictionaries(TEXT, inner)


JSON = st.recursive(st.none() | st.booleans() | st.integers() | TEXT, _objects, max_leaves=6)


@given(st.dictionaries(TEXT, JSON, max_size=5), st.randoms())
def test_the_order_of_fields_makes_no_other_request(body: dict[str, Any], dice: Any) -> None:
    names = list(body)
    dice.shuffle(names)
    assert ids.fingerprint({name: body[name] for name in names}) == ids.fingerprint(body)


@given(st.dictionaries(TEXT, JSON, max_size=4), st.dictionaries(TEXT, JSON, max_size=4))
def test_other_bodies_have_other_fingerprints(one: dict[str, Any], other: dict[str, Any]) -> None:
    assert (ids.fingerprint(one) == ids.fingerprint(other)) is (typed(one) == typed(other))


def typed(value: Any) -> Any:
    """True is not 1 in JSON."""
    if isinstance(value, dict):
        return {name: typed(each) for name, each in value.items()}
    return type(value).__name__, value
