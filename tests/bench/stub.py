"""AWS and the provider as one loopback server with canned answers, so that only our side's work is measured."""

import json
import socketserver
import sys
from http.server import BaseHTTPRequestHandler
from typing import Any

ITEMS: dict[str, dict[str, Any]] = {}
SENT = b'{"messages": [{"id": "wamid.bench"}], "contacts": [{"input": "+4915100000000"}]}'


class Stub(BaseHTTPRequestHandler):
    """Keep-alive, no log; the items of the table are whatever was put."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        operation = str(self.headers.get("x-amz-target", "")).rpartition(".")[2]
        answer = ANSWERS[operation](json.loads(body)) if operation else SENT
        raw = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
        self.send_response(200)
        self.send_header("content-type", "application/x-amz-json-1.0")
        self.send_header("content-length", str(len(raw)))
        self.end_headers()
        self.wfile.write(raw)

    def log_message(self, *_: Any) -> None:
        return


def _name(key: dict[str, Any]) -> str:
    return f"{key['pk']['S']}|{key['sk']['S']}"


def _put(request: dict[str, Any]) -> dict[str, Any]:
    ITEMS[_name(request["Item"])] = request["Item"]
    return {}


def _update(request: dict[str, Any]) -> dict[str, Any]:
    """As if every condition held: the status that the values name, and the claim's owner."""
    item = dict(ITEMS.get(_name(request["Key"]), request["Key"]))
    values = request.get("ExpressionAttributeValues", {})
    for placeholder, name in (
        (":sending", "status"),
        (":status", "status"),
        (":worker", "claimed_by"),
        (":rank", "rank"),
    ):
        if placeholder in values:
            item[name] = values[placeholder]
    return {"Attributes": {**item, "attempt": {"N": "1"}, "tat": {"N": "0"}}}


def _batch_get(request: dict[str, Any]) -> dict[str, Any]:
    tables = request["RequestItems"].items()
    found = {name: [ITEMS[_name(key)] for key in wish["Keys"] if _name(key) in ITEMS] for name, wish in tables}
    return {"Responses": found, "UnprocessedKeys": {}}


ANSWERS: dict[str, Any] = {
    "PutItem": _put,
    "UpdateItem": _update,
    "BatchGetItem": _batch_get,
    "GetItem": lambda request: {"Item": ITEMS[_name(request["Key"])]} if _name(request["Key"]) in ITEMS else {},
    "SendMessage": lambda _: {"MessageId": "1", "MD5OfMessageBody": ""},
    "Decrypt": lambda _: {"Plaintext": "eyJhY2Nlc3NfdG9rZW4iOiAiRUFBLWJlbmNoIn0=", "KeyId": "k"},
    "GetSecretValue": lambda _: {"SecretString": '{"app_secret": "bench-secret"}'},
}


class Server(socketserver.ThreadingMixIn, socketserver.TCPServer):
    daemon_threads = True
    allow_reuse_address = True
    request_queue_size = 64


def main() -> None:
    """Prints its address and serves until its standard input closes."""
    import threading

    with Server(("127.0.0.1", 0), Stub) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        print(f"http://127.0.0.1:{server.server_address[1]}", flush=True)
        sys.stdin.read()


if __name__ == "__main__":
    main()
