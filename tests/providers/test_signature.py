"""Signatures of webhooks: over the raw bytes, in constant time, never an exception (meta.md §1.7)."""

import hashlib
import hmac
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from parley.edge.webhook import raw_body, verify

SECRET = "test-app-secret"
RAW = json.dumps({"text": "Grüße/😀"}, separators=(",", ":")).replace("/", "\\/").encode()


def sign(raw: bytes, secret: str = SECRET) -> str:
    return "sha256=" + hmac.new(secret.encode(), raw, hashlib.sha256).hexdigest()


def test_the_signature_of_these_bytes() -> None:
    assert verify(SECRET, RAW, sign(RAW))
    assert verify("ключ", b"", sign(b"", "ключ"))


@pytest.mark.parametrize(
    "given",
    [
        None,
        "",
        "sha256=",
        sign(RAW)[:-1],
        sign(RAW) + "0",
        sign(RAW).upper(),
        sign(RAW).removeprefix("sha256="),
        sign(RAW).replace("sha256", "sha1"),
        f" {sign(RAW)}",
        "sha256=" + "é" * 64,
        "sha256=\udcff",
        "sha256=" + "0" * 64,
        sign(RAW, "other"),
        sign(RAW + b" "),
        sign(json.dumps(json.loads(RAW)).encode()),
    ],
)
def test_anything_else_is_refused(given: str | None) -> None:
    assert not verify(SECRET, RAW, given)


@given(st.text(), st.binary())
def test_no_header_and_no_body_raises(header: str, raw: bytes) -> None:
    assert verify(SECRET, raw, header) is (header == sign(raw))


@given(st.binary(max_size=50), st.integers(0, 49), st.integers(1, 255))
def test_every_changed_byte_is_noticed(raw: bytes, at: int, by: int) -> None:
    if at < len(raw):
        changed = bytes([*raw[:at], raw[at] ^ by, *raw[at + 1 :]])
        assert not verify(SECRET, changed, sign(raw))


def test_the_raw_bytes_are_those_of_the_wire() -> None:
    assert raw_body({"body": "eyJhIjoxfQ==", "isBase64Encoded": True}) == b'{"a":1}'
    assert raw_body({"body": "Grüße", "isBase64Encoded": False}) == "Grüße".encode()
    assert raw_body({}) == raw_body({"body": None}) == b""
