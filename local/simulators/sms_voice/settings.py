"""What the control API may change about End User Messaging SMS."""

from dataclasses import dataclass, field
from typing import Any

from local.simulators.common.settings import Settings


@dataclass
class VoiceSettings(Settings):
    sent_seconds: float = 0.1
    delivered_seconds: float = 0.3
    duplicates: float = 1
    identities: list[Any] = field(default_factory=list)  # empty: every origination identity exists
    price_per_part: float = 0.05
