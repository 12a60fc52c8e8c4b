"""What a file is, told by its bytes, whatever it is called."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from parley.model import mp4, sniffing, webm

from tests.support import media_files


@pytest.mark.parametrize(("format", "body"), media_files.OF_FORMAT.items())
def test_each_format_is_known_by_its_bytes(format: str, body: bytes) -> None:
    assert sniffing.format_of(body) == format
    assert format in sniffing.CONTENT_TYPES


@pytest.mark.parametrize(
    ("format", "body"),
    [
        ("jpg", b"\xff\xd8\xff\xe1\x00\x10Exif\x00\x00"),
        ("gif", b"GIF89a\x01\x00\x01\x00"),
        ("webp", b"RIFF\x24\x00\x00\x00WEBPVP8 "),
        ("pdf", b"%PDF-1.4 in plain ASCII"),
        ("txt", b"BM, MZ, ID3 and GIF89a are words too"),
        ("txt", "\ufeffwith a mark".encode()),
        ("mp3", b"\xff\xf3\x90\x64\x00"),
        ("mp3", b"\xff\xfa\x90\x64\x00"),
        ("aac", b"\xff\xf9\x50\x80"),
        ("ogg", b"OggS\x00\x02" + bytes(20) + b"\x01\x1e\x01vorbis"),
        ("mp4", media_files.mp4(b"iso5")),
        ("mp4", media_files.mp4(b"M4V ")),
        ("m4a", media_files.mp4(b"mp42", b"soun")),
    ],
)
def test_so_are_their_other_forms(format: str, body: bytes) -> None:
    assert sniffing.format_of(body) == format


@pytest.mark.parametrize(
    "body",
    [
        b"MZ\x90\x00\x03",
        b"PK\x03\x04\x14\x00",
        b"caf\xe9 in Latin-1",
        b"text with a \x00",
        b"\x89PNG\r\n",
        b"RIFF\x24\x00\x00\x00WAVEfmt ",
        b"OggS\x00\x02" + bytes(20) + b"\x01\x2a\x80theora",
        b"\x1aE\xdf\xa3\xa3B\x86\x81\x01B\x82\x88matroska" + bytes(9),
        media_files.mp4(b"qt  "),
        media_files.mp4(b"heic"),
        media_files.mp4(track=b"text"),
        media_files.box(b"ftyp", b"isom" + bytes(8)),
        b"\xff\xff\xff\xff",
    ],
)
def test_everything_else_is_none_of_them(body: bytes) -> None:
    assert sniffing.format_of(body) is None


@pytest.mark.parametrize("long", [False, True])
def test_how_long_an_mp4_plays(long: bool) -> None:
    assert mp4.seconds(media_files.mp4(seconds=61.5, long=long)) == 61.5


@pytest.mark.parametrize(
    "body",
    [
        b"",
        media_files.mp4(seconds=0),
        media_files.mp4()[:-130],
        media_files.box(b"moov", b""),
        media_files.box(b"moov", media_files.box(b"mvhd", bytes(10))),
        b"\x00\x00\x00\x07free" + media_files.mp4(),
        b"\x00\x00\x00\x01moov" + bytes(8) + media_files.mp4(),
    ],
)
def test_where_it_does_not_say_nobody_knows(body: bytes) -> None:
    assert mp4.seconds(body) is None


def test_a_large_box_before_the_header_is_passed() -> None:
    large = b"\x00\x00\x00\x01mdat" + (16 + 5).to_bytes(8, "big") + b"bytes"
    assert mp4.seconds(large + media_files.mp4(seconds=7)) == 7


def test_a_last_box_may_reach_to_the_end() -> None:
    body = media_files.mp4(seconds=7)
    at = body.index(b"moov") - 4
    assert mp4.seconds(body[:at] + bytes(4) + body[at + 4 :]) == 7


@pytest.mark.parametrize("live", [False, True])
@pytest.mark.parametrize("scale", [None, 1_000, 1_000_000])
def test_how_long_a_webm_plays(scale: int | None, live: bool) -> None:
    assert webm.seconds(media_files.webm(seconds=61.5, scale=scale, live=live)) == 61.5


@pytest.mark.parametrize(
    "body",
    [
        b"",
        media_files.webm(seconds=None),
        media_files.webm()[:-3],
        b"\x18\x53\x80\x67",
        b"\x00" * 20,
        media_files.webm().replace(b"\x15\x49\xa9\x66", b"\x15\x49\xa9\x67"),
    ],
)
def test_where_a_webm_does_not_say_nobody_knows(body: bytes) -> None:
    assert webm.seconds(body) is None


@given(st.binary(max_size=200), st.integers(0, 80))
def test_broken_elements_end(body: bytes, at: int) -> None:
    whole = media_files.webm()
    for read in (mp4.seconds, webm.seconds):
        read(body)
        read(whole[:at] + body)
