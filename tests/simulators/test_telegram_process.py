"""Telegram's part of the simulators' process: what outlives a stop, and how much it carries."""

import json
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

ROOT = Path(__file__).parents[2]
TOKEN = f"7000000001:{'A' * 35}"
BURST = 100


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


def call(urls: dict[str, str], method: str, **body: Any) -> Any:
    answer = httpx.post(f"{urls['telegram_url']}/bot{TOKEN}/{method}", json=body, trust_env=False)
    return answer.json().get("result", answer.json())


def play(urls: dict[str, str], path: str, **body: Any) -> Any:
    return httpx.post(urls["control_url"] + path, json={"bot": 7000000001, **body}, trust_env=False).json()


def test_bots_outlive_an_orderly_stop(tmp_path: Path) -> None:
    hook = {"url": "https://api.example.com/x", "secret_token": "abc", "allowed_updates": ["message"]}
    with process(tmp_path) as (child, urls):
        call(urls, "setWebhook", **hook)
        group = play(urls, "/telegram/chats", type="group", title="VIP")["id"]
        waiting = play(urls, "/telegram/inbound", **{"from": 4211})
        photo = call(urls, "sendPhoto", chat_id=4211, photo="https://x.example/a")
        play(urls, "/tokens/revoke", token=f"7000000002:{'A' * 35}")
        child.terminate()
        child.wait(10)
    with process(tmp_path) as (_, urls):
        info = call(urls, "getWebhookInfo")
        assert (info["url"], info["allowed_updates"], info["pending_update_count"]) == (hook["url"], ["message"], 1)
        again = call(urls, "sendPhoto", chat_id=4211, photo=photo["photo"][-1]["file_id"])
        assert again["message_id"] == photo["message_id"] + 1
        assert call(urls, "sendMessage", chat_id=group, text="x")["chat"]["title"] == "VIP"
        call(urls, "deleteWebhook")
        assert [update["update_id"] for update in call(urls, "getUpdates")] == [waiting["update_id"]]
        other = f"{urls['telegram_url']}/bot7000000002:{'A' * 35}/getMe"
        assert httpx.get(other, trust_env=False).status_code == 401


def test_a_few_hundred_requests_a_second(tmp_path: Path) -> None:
    with process(tmp_path) as (_, urls):
        httpx.post(urls["control_url"] + "/settings", json={"telegram": {"bot_rate": None}}, trust_env=False)
        began = time.monotonic()
        with ThreadPoolExecutor(8) as pool:
            assert sum(pool.map(lambda worker: burst(urls["telegram_url"], worker), range(8))) == 8 * BURST
        assert 8 * BURST / (time.monotonic() - began) > 100
        log = httpx.get(urls["control_url"] + "/log?simulator=telegram", trust_env=False).json()
        assert len({entry["to"] for entry in log}) == 8 * BURST


def burst(url: str, worker: int) -> int:
    accepted = 0
    with httpx.Client(trust_env=False) as client:
        for number in range(BURST):
            body = {"chat_id": f"91{worker:03}{number:04}", "text": "Hi"}
            accepted += client.post(f"{url}/bot{TOKEN}/sendMessage", json=body).status_code == 200
    return accepted


def test_no_threads_are_left_behind(bound: Any, hook: Any) -> None:
    for person in range(30):
        bound.play("inbound", **{"from": 5000 + person})
    hook.until(lambda: len(hook.requests) == 30)
    workers = [thread.name for thread in threading.enumerate() if thread.name.startswith("telegram")]
    assert len(workers) <= 6
