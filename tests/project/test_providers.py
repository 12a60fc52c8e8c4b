"""A provider is known by its name in three places: its folder, the one list of channel types, and its receiver."""

import pytest
from parley.model.channel import PROVIDERS

from tests.support.cloud import ROOT

LIST = ROOT / "layers/common/parley/model/channel.py"
PLATFORM_WORDS = {"telegram": "receive_telegram.py"}
"""A platform's own word, and its receiver; WhatsApp and SMS are also words of the product."""


@pytest.mark.parametrize(("word", "receiver"), PLATFORM_WORDS.items(), ids=PLATFORM_WORDS)
def test_a_platform_is_named_nowhere_else(word: str, receiver: str) -> None:
    code = [path for folder in ("functions", "layers/common/parley") for path in (ROOT / folder).rglob("*.py")]
    named = {path for path in code if word in path.read_text().lower()}
    own = {path for path in named if path.parent.name == word}
    assert own
    assert named - own == {LIST, ROOT / "functions/webhooks" / receiver}


def test_every_provider_has_its_folder() -> None:
    folders = {path.parent.name for path in (ROOT / "layers/common/parley/providers").glob("*/capabilities.py")}
    assert folders == {name for gateways in PROVIDERS.values() for name in gateways.values()}
