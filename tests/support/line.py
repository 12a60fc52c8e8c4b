"""A server on a real socket that does to a connection what a test says, and counts what it was asked."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

Play = Callable[[socket.socket], None]
OK = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 14\r\n\r\n" + b'{"status":"ok"}'[:14]


class Line:
    """Reads one request of a connection after the other and plays for each."""

    def __init__(self, play: Play, host: str = "127.0.0.1") -> None:
        self.play, self.requests, self.connections = play, 0, 0
        self.over = threading.Event()
        self.socket = socket.create_server((host, 0))
        self.port: int = self.socket.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        while not self.over.is_set():
            try:
                connection, _ = self.socket.accept()
            except OSError:
                return
            self.connections += 1
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with connection:
            try:
                while _read_request(connection):
                    self.requests += 1
                    self.play(connection)
            except OSError:
                return


def _read_request(connection: socket.socket) -> bool:
    """True once a whole request was read; bodies are small and their length stands in the head."""
    text = b""
    while b"\r\n\r\n" not in text:
        more = connection.recv(65536)
        if not more:
            return False
        text += more
    head, _, body = text.partition(b"\r\n\r\n")
    lengths = [line.split(b":")[1] for line in head.lower().split(b"\r\n") if line.startswith(b"content-length")]
    while len(body) < int(lengths[0] if lengths else 0):
        body += connection.recv(65536)
    return True


@contextmanager
def line(play: Play, host: str = "127.0.0.1") -> Iterator[Line]:
    running = Line(play, host)
    try:
        yield running
    finally:
        running.over.set()
        running.socket.close()


def answers(connection: socket.socket) -> None:
    connection.sendall(OK)


def hangs_up(connection: socket.socket) -> None:
    connection.shutdown(socket.SHUT_RDWR)
    connection.close()


def answers_and_hangs_up(connection: socket.socket) -> None:
    connection.sendall(OK)
    hangs_up(connection)
