"""Reading items from DynamoDB's typed form: as boto3 reads them, with plain numbers, bytes and lists."""

from decimal import Decimal
from typing import Any

from boto3.dynamodb.types import Binary, TypeDeserializer, TypeSerializer
from hypothesis import given
from hypothesis import strategies as st
from parley.store import wire

NUMBERS = st.integers(-(10**30), 10**30).map(str) | st.sampled_from(["1.5", "-0.25", "1E+2", "1.0", "9.9E-5", "-0"])
LEAVES = st.one_of(
    st.text().map(lambda text: {"S": text}),
    NUMBERS.map(lambda number: {"N": number}),
    st.booleans().map(lambda value: {"BOOL": value}),
    st.just({"NULL": True}),
    st.binary().map(lambda value: {"B": value}),
    st.sets(st.text(), min_size=1).map(lambda texts: {"SS": sorted(texts)}),
)
VALUES = st.recursive(
    LEAVES,
    lambda inner: (
        st.lists(inner, max_size=4).map(lambda held: {"L": held})
        | st.dictionaries(st.text(), inner, max_size=4).map(lambda held: {"M": held})
    ),
    max_leaves=10,
)


def plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, Binary):
        return bytes(value)
    if isinstance(value, dict):
        return {name: plain(each) for name, each in value.items()}
    return [plain(each) for each in value] if isinstance(value, list) else value


@given(st.dictionaries(st.text(), VALUES, max_size=4))
def test_an_item_is_read_as_boto3_reads_it(item: dict[str, Any]) -> None:
    read = wire.read(item)
    theirs = {name: plain(TypeDeserializer().deserialize(value)) for name, value in item.items()}
    assert read == theirs
    assert {name: type(value) for name, value in read.items()} == {name: type(value) for name, value in theirs.items()}


def test_a_set_of_numbers_or_bytes_stays_a_set() -> None:
    typed = {"a": TypeSerializer().serialize({1, 2}), "b": {"BS": [b"x"]}}
    assert wire.read(typed) == {"a": {1, 2}, "b": {b"x"}}
