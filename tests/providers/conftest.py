"""Providers under test, each with its platform behind it."""

import pytest

from tests.support.platforms import PLATFORMS, Aws, Gateway, Platform, Telegram, WhatsApp


@pytest.fixture(params=PLATFORMS, ids=lambda each: each.name)
def platform(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Platform:
    made: Platform = request.param(monkeypatch)
    return made


@pytest.fixture
def whatsapp(monkeypatch: pytest.MonkeyPatch) -> WhatsApp:
    return WhatsApp(monkeypatch)


@pytest.fixture
def gateway(monkeypatch: pytest.MonkeyPatch) -> Gateway:
    return Gateway(monkeypatch)


@pytest.fixture
def voice(monkeypatch: pytest.MonkeyPatch) -> Aws:
    return Aws(monkeypatch)


@pytest.fixture
def telegram(monkeypatch: pytest.MonkeyPatch) -> Telegram:
    return Telegram(monkeypatch)
