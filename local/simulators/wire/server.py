"""A threaded HTTP/1.1 server on loopback whose answers may be late, cut, reset or truncated."""

import socket
import struct
import threading
from collections.abc import Callable
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from local.simulators.wire.reply import Fault, Reply, plain_json
from local.simulators.wire.request import Request

Handle = Callable[[Request], Reply]
RESET_ON_CLOSE = struct.pack("ii", 1, 0)


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 1024

    def __init__(self, port: int, handle: Handle, on_crash: Callable[[Request, Exception], None]) -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        self.handle = handle
        self.on_crash = on_crash
        self.stopping = threading.Event()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def start(self) -> None:
        threading.Thread(target=self.serve_forever, args=(0.05,), daemon=True).start()

    def stop(self) -> None:
        self.stopping.set()
        self.shutdown()
        self.server_close()

    def answer(self, request: Request) -> Reply:
        try:
            return self.handle(request)
        except Exception as error:  # a bug here must be visible as an answer and in the journal, not as a hang
            self.on_crash(request, error)
            return plain_json({"simulator_bug": repr(error)}, 500)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Clients that go away are a normal part of the tests."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Server

    def setup(self) -> None:
        super().setup()
        self.connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def _serve(self) -> None:
        reply = self.server.answer(Request(self.command, self.path, self.headers, self._read_body()))
        if reply.delay:
            self.server.stopping.wait(reply.delay)
        self._send(reply)

    do_GET = do_POST = do_DELETE = do_PUT = do_PATCH = do_HEAD = _serve

    def _read_body(self) -> bytes:
        if "chunked" in self.headers.get("Transfer-Encoding", "").lower():
            return b"".join(iter(self._read_chunk, b""))
        return self.rfile.read(int(self.headers.get("Content-Length") or 0))

    def _read_chunk(self) -> bytes:
        size = int(self.rfile.readline().split(b";")[0], 16)
        chunk = self.rfile.read(size)
        self.rfile.readline()
        return chunk

    def _send(self, reply: Reply) -> None:
        if reply.fault in (Fault.CUT, Fault.RESET):
            return self._hang_up(reply.fault)
        if reply.fault is Fault.TRUNCATE:
            self.close_connection = True
            self.wfile.write(self._head(reply) + reply.body[: len(reply.body) // 2])
            return None
        self.wfile.write(self._head(reply) + reply.body)
        return None

    def _hang_up(self, fault: Fault) -> None:
        self.close_connection = True
        if fault is Fault.RESET:
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET_ON_CLOSE)
        # shutdown() would send a FIN first: closing the last handles lets the linger option speak.
        self.rfile.close()
        self.connection.close()

    def _head(self, reply: Reply) -> bytes:
        phrase = HTTPStatus(reply.status).phrase if reply.status in HTTPStatus._value2member_map_ else "Unknown"
        headers = {**reply.headers, "Content-Length": str(len(reply.body)), "Date": self.date_time_string()}
        lines = [f"HTTP/1.1 {reply.status} {phrase}", *(f"{name}: {value}" for name, value in headers.items())]
        return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")

    def log_message(self, format: str, *args: Any) -> None:
        """Silent: stdout belongs to the one line of addresses."""
