"""A lean HTTP server for loopback: it costs the machine little, so that what is measured beside it is not disturbed."""

import asyncio
import sys
import threading
from collections.abc import Callable

Said = bytes | asyncio.Future[bytes]
Answer = Callable[[str, str, dict[str, str], bytes], Said]
"""From method, path, headers (names in lower case) and body to the JSON of a 200, or to a whole response; later, if it
is a future."""

WHOLE = b"HTTP/1.1 "


class _Connection(asyncio.Protocol):
    """Keep-alive; requests have a content-length or no body."""

    def __init__(self, answer: Answer) -> None:
        self._answer, self._buffer = answer, b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport: asyncio.WriteTransport = transport  # type: ignore[assignment]

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        while (end := self._buffer.find(b"\r\n\r\n")) >= 0:
            first, *lines = self._buffer[:end].decode("latin-1").split("\r\n")
            headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
            whole = end + 4 + int(headers.get("content-length", 0))
            if len(self._buffer) < whole:
                if len(self._buffer) == end + 4 and "expect" in headers:
                    self._transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")
                return
            body, self._buffer = self._buffer[end + 4 : whole], self._buffer[whole:]
            method, path, _ = first.split(" ")
            self._say(self._answer(method, path, headers, body))

    def _say(self, said: Said) -> None:
        if isinstance(said, bytes):
            self._transport.write(_response(said))
        else:
            said.add_done_callback(lambda done: self._transport.write(_response(done.result())))


def _response(said: bytes) -> bytes:
    if said.startswith(WHOLE):
        return said
    return b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n%s" % (len(said), said)


def refusal(status: int, said: bytes) -> bytes:
    return b"HTTP/1.1 %d No\r\ncontent-type: application/x-amz-json-1.0\r\ncontent-length: %d\r\n\r\n%s" % (
        status,
        len(said),
        said,
    )


def serve(answer: Answer) -> None:
    """Prints its address and serves on loopback until its standard input closes."""
    asyncio.run(_serve(answer))


async def _serve(answer: Answer) -> None:
    loop, over = asyncio.get_running_loop(), asyncio.Event()
    server = await loop.create_server(lambda: _Connection(answer), "127.0.0.1", 0, backlog=256)
    print(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", flush=True)

    def wait() -> None:
        sys.stdin.read()
        loop.call_soon_threadsafe(over.set)

    threading.Thread(target=wait, daemon=True).start()
    await over.wait()
    server.close()
