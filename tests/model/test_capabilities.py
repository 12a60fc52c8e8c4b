"""Capabilities as the API shows them: everything that is declared, sorted, in plain words."""

import pytest
from parley.model.address import AddressForm, AddressKind
from parley.model.capabilities import ButtonLimits, Capabilities, view
from parley.model.content import Kind, Source
from parley.model.status import Status

LITTLE = Capabilities(
    people=(AddressForm(AddressKind.PHONE),),
    receiver="x",
    kinds=frozenset({Kind.TEXT}),
    receipts=frozenset(),
    text_limit=100,
)
MUCH = Capabilities(
    people=(AddressForm(AddressKind.CHAT, r"\d+", "42", 1.0), AddressForm(AddressKind.USERNAME, r"@\w+", "@x", 3.0)),
    receiver="x",
    kinds=frozenset(Kind),
    receipts=frozenset({Status.SENT, Status.READ}),
    text_limit=100,
    sources=frozenset(Source),
    upload_bytes={Kind.IMAGE: 10},
    buttons=ButtonLimits(per_row=8, total=100, payload_bytes=64),
    album=(2, 10),
    actions=frozenset({"typing", "dance"}),
)


def test_little() -> None:
    found = view("c", LITTLE)
    assert (found.channel_id, found.kinds, found.receipts, found.text_limit) == ("c", [Kind.TEXT], [], 100)
    assert (found.buttons, found.album_size, found.window, found.actions, found.upload_bytes) == (
        None,
        None,
        None,
        [],
        {},
    )
    assert [(each.type, each.example, each.seconds_between) for each in found.people] == [(AddressKind.PHONE, "", 0)]


def test_much() -> None:
    found = view("c", MUCH)
    assert found.kinds == sorted(Kind)
    assert found.receipts == [Status.READ, Status.SENT]
    assert found.album_size == [2, 10]
    assert found.buttons
    assert (found.buttons.per_row, found.buttons.total, found.buttons.payload_bytes) == (8, 100, 64)
    assert found.upload_bytes == {Kind.IMAGE: 10}
    assert [(each.type, each.seconds_between) for each in found.people] == [("chat", 1.0), ("username", 3.0)]


@pytest.mark.parametrize("able", [LITTLE, MUCH])
def test_the_same_words_every_time(able: Capabilities) -> None:
    assert view("c", able).model_dump_json() == view("c", able).model_dump_json()
    listed = view("c", able)
    for words in (listed.kinds, listed.sources, listed.actions, listed.html, listed.edits, listed.captions):
        assert words == sorted(words)
