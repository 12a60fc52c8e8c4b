"""The process: its first line, its end, what it remembers, and how much it carries."""

import json
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

ROOT = Path(__file__).parents[2]
PHONE = "106540352242922"
HEADERS = {"Authorization": "Bearer EAA-local-test"}


@contextmanager
def process(work: Path) -> Iterator[tuple[subprocess.Popen[str], dict[str, str]]]:
    command = [sys.executable, "-m", "local.simulators", "--work", str(work)]
    child = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        assert child.stdout
        yield child, json.loads(child.stdout.readline())
    finally:
        child.kill()
        child.wait()


def test_the_first_line_names_loopback_addresses(tmp_path: Path) -> None:
    with process(tmp_path) as (_, urls):
        names = {"graph_url", "sms_gateway_url", "sms_voice_url", "control_url", "telegram_url", "business_url"}
        assert set(urls) == names
        assert all(url.startswith("http://127.0.0.1:") for url in urls.values())
        assert json.loads((tmp_path / "simulators.json").read_text()) == urls
        assert httpx.get(urls["control_url"] + "/health", trust_env=False).json() == {"ok": True}


@pytest.mark.parametrize("how", ["signal", "stdin"])
def test_it_ends_when_asked_and_when_the_parent_is_gone(tmp_path: Path, how: str) -> None:
    with process(tmp_path) as (child, _):
        assert child.stdin
        child.send_signal(signal.SIGTERM) if how == "signal" else child.stdin.close()
        assert child.wait(10) == 0


def test_configuration_outlives_an_orderly_stop(tmp_path: Path) -> None:
    with process(tmp_path) as (child, urls):
        waba = f"{urls['graph_url']}/v25.0/102290129340398"
        httpx.post(f"{waba}/subscribed_apps", headers=HEADERS, trust_env=False)
        body = {"name": "kept", "language": "en", "category": "UTILITY"}
        body |= {"components": [{"type": "BODY", "text": "Your order is ready."}]}
        httpx.post(f"{waba}/message_templates", json=body, headers=HEADERS, trust_env=False)
        child.terminate()
        child.wait(10)
    with process(tmp_path) as (_, urls):
        waba = f"{urls['graph_url']}/v25.0/102290129340398"
        found = [httpx.get(f"{waba}/{edge}", headers=HEADERS, trust_env=False).json()["data"]
                 for edge in ("subscribed_apps", "message_templates")]  # fmt: skip
        assert found[0][0]["whatsapp_business_api_data"]["id"] == "1234567890"
        assert found[1][0]["name"] == "kept"


def test_a_few_hundred_requests_a_second(tmp_path: Path) -> None:
    with process(tmp_path) as (_, urls):
        limits: dict[str, Any] = {"whatsapp": {"phone_rate": None, "pair_interval": None, "window_seconds": None}}
        httpx.post(urls["control_url"] + "/settings", json=limits, trust_env=False)
        began = time.monotonic()
        with ThreadPoolExecutor(8) as pool:
            assert sum(pool.map(lambda worker: burst(urls["graph_url"], worker), range(8))) == 800
        assert 800 / (time.monotonic() - began) > 100
        log = httpx.get(urls["control_url"] + "/log", trust_env=False).json()
        assert len({entry["id"] for entry in log}) == 800


def burst(url: str, worker: int) -> int:
    accepted = 0
    with httpx.Client(headers=HEADERS, trust_env=False) as client:
        for number in range(100):
            to = f"+4915190{worker:02}{number:04}"
            body = {"messaging_product": "whatsapp", "to": to, "type": "text", "text": {"body": "Hi"}}
            accepted += client.post(f"{url}/v25.0/{PHONE}/messages", json=body).status_code == 200
    return accepted
