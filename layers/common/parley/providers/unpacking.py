"""Answers as they come in: unpacked in small pieces, so that a few bytes cannot fill the memory, and without the
headers by which a client would act for the server that sent them."""

import zlib
from collections.abc import Iterator
from typing import cast

import httpx

PIECE = 65536
FORGOTTEN = ("location", "set-cookie", "content-encoding")
"""No redirect is followed, no cookie of one customer's server reaches another's, and the body is unpacked by then."""


class Transport(httpx.HTTPTransport):
    def handle_request(self, request: httpx.Request) -> httpx.Response:
        answer = super().handle_request(request)
        stream = cast(httpx.SyncByteStream, answer.stream)
        if packed := _packed(answer.headers):
            stream = _Unpacked(stream, packed)
        headers = [(name, value) for name, value in answer.headers.raw if name.lower().decode() not in FORGOTTEN]
        return httpx.Response(answer.status_code, headers=headers, stream=stream, extensions=answer.extensions)


def _packed(headers: httpx.Headers) -> list[str]:
    """The packings that are known; a body in another one is passed on as it is."""
    named = [each.strip().lower() for each in headers.get_list("content-encoding", split_commas=True)]
    return [each for each in named if each in ("gzip", "x-gzip", "deflate")]


class _Unpacked(httpx.SyncByteStream):
    """One layer of gzip or zlib; nobody honest packs twice."""

    def __init__(self, inner: httpx.SyncByteStream, packed: list[str]) -> None:
        self._inner, self._packed = inner, packed

    def __iter__(self) -> Iterator[bytes]:
        if len(self._packed) > 1:
            raise httpx.DecodingError("the answer is packed more than once")
        unpacker, empty = zlib.decompressobj(32 + zlib.MAX_WBITS), True
        try:
            for chunk in self._inner:
                empty = empty and not chunk
                while chunk and not unpacker.eof:
                    yield unpacker.decompress(chunk, PIECE)
                    chunk = unpacker.unconsumed_tail
        except zlib.error as error:
            raise httpx.DecodingError("the answer is not packed as it says") from error
        if not (empty or unpacker.eof):
            raise httpx.DecodingError("the packed answer broke off")

    def close(self) -> None:
        self._inner.close()
