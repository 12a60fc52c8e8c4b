"""What the control API may change about the SMS gateway."""

from dataclasses import dataclass

from local.simulators.common.settings import Settings


@dataclass
class GatewaySettings(Settings):
    report_seconds: float = 0.2
    callback_url: str = ""  # for requests without a callback_url of their own
    duplicates: float = 1
    bad_signature: bool = False
    rate: float | None = None
    retry_seconds: float = 1.0
    retry_factor: float = 2.0
    retry_limit_seconds: float = 86400.0
    webhook_timeout: float = 10.0
