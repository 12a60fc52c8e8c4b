"""Files for a media library: a small one of every format, and how one gets there."""

import struct
from typing import Any

from parley.cloud import clock
from parley.cloud.clients import client
from parley.model.times import rfc3339
from parley.model.upload import Upload
from parley.settings import settings
from parley.store import uploads

from tests.support.builders import ORGANIZATION, WHATSAPP

MEDIA = "0b2d5c1e-7f3a-5e6b-8d49-1c2e3f4a5b6c"
"""The id in events/."""


def media(id: str = MEDIA, **changes: Any) -> Upload:
    """A file of the channel's library that waits for its bytes."""
    fields = {"channel_id": WHATSAPP, "filename": "menu.pdf", "content_type": "application/pdf"}
    made = Upload.model_validate({"id": id, "created_at": rfc3339(clock.now()), **fields, **changes})
    return uploads.insert(ORGANIZATION, made)


def put(body: bytes, id: str = MEDIA) -> None:
    """As somebody would with the presigned address."""
    client("s3").put_object(Bucket=settings().files_bucket, Key=f"unchecked/{ORGANIZATION}/{id}", Body=body)


def box(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I4s", 8 + len(content), name) + content


def mp4(brand: bytes = b"isom", track: bytes = b"vide", seconds: float = 3, long: bool = False) -> bytes:
    """Its movie header after the data, as many cameras write it."""
    times = (1, 0, 0, 1000, int(seconds * 1000)) if long else (0, 0, 0, 1000, int(seconds * 1000))
    header = box(b"mvhd", struct.pack(">IQQIQ" if long else ">IIIII", times[0] << 24, *times[1:]) + bytes(80))
    handler = box(b"trak", box(b"mdia", box(b"hdlr", bytes(8) + track + bytes(13))))
    return box(b"ftyp", brand + bytes(4) + brand) + box(b"mdat", bytes(64)) + box(b"moov", header + handler)


def webm(seconds: float | None = 3, scale: int | None = None, live: bool = False) -> bytes:
    """`live`: the size of its segment was not known when it was begun."""
    length = b"\x44\x89\x88" + struct.pack(">d", seconds * 1e9 / (scale or 1_000_000)) if seconds else b""
    tick = b"\x2a\xd7\xb1\x84" + scale.to_bytes(4, "big") if scale else b""
    info = b"\x15\x49\xa9\x66" + (0x4000 | len(tick + length)).to_bytes(2, "big") + tick + length
    void = b"\xec\x81\x00"
    size = b"\x01" + b"\xff" * 7 if live else (0x10000000 | len(void + info)).to_bytes(4, "big")
    head = (
        b"\x1aE\xdf\xa3\x9fB\x86\x81\x01B\xf7\x81\x01B\xf2\x81\x04B\xf3\x81\x08B\x82\x84webmB\x87\x81\x04B\x85\x81\x02"
    )
    return head + b"\x18\x53\x80\x67" + size + void + info


PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000d49444154789c6360f8cff01f0005000 1ff5b5d3c900000000049454e44ae426082".replace(" ", "")
)
OF_FORMAT: dict[str, bytes] = {
    "jpg": b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01" + bytes(40) + b"\xff\xd9",
    "png": PNG,
    "txt": "Menú del día: café, 2 €\r\n".encode(),
    "pdf": b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n%%EOF",
    "mp4": mp4(),
    "webm": webm(),
    "mp3": b"ID3\x03" + bytes(6) + b"\xff\xfb\x90\x64" + bytes(40),
    "ogg": b"OggS\x00\x02" + bytes(20) + b"\x01\x13OpusHead" + bytes(11),
    "m4a": mp4(b"M4A ", b"soun", 200),
    "aac": b"\xff\xf1\x50\x80\x02\x1f\xfc" + bytes(40),
}
