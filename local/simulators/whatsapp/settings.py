"""What the control API may change about WhatsApp."""

from dataclasses import dataclass, field
from typing import Any

from local.simulators.common.settings import Settings


@dataclass
class WhatsAppSettings(Settings):
    # statuses, seconds after the message was accepted
    sent_seconds: float = 0.1
    delivered_seconds: float = 0.2
    read_seconds: float = 0.3
    late_seconds: float = 20.0
    slow_seconds: float = 12.0
    # templates
    review_seconds: float = 1.0
    template_limit: float | None = 250
    creations_per_hour: float | None = 100
    edit_limits: bool = True
    reject_same_body: bool = True
    # limits; null switches one off
    phone_rate: float | None = 80.0
    phone_rates: dict[str, Any] = field(default_factory=dict)
    pair_interval: float | None = 6.0
    pair_burst: float = 45.0
    management_per_hour: float | None = 5000
    window_seconds: float | None = 86400.0
    window_sync: bool = False
    prepend_country_code: bool = True
    require_appsecret_proof: bool = False
    media_url_seconds: float = 300.0
    # webhooks
    duplicates: float = 1
    shuffle: bool = False
    batch: float = 1
    batch_seconds: float = 0.25
    hold_webhooks: bool = False
    unknown_field: bool = False
    unknown_type: bool = False
    bad_signature: bool = False
    bsuid_only: bool = False
    webhook_version: float = 25
    retry_seconds: float = 1.0
    retry_factor: float = 2.0
    retry_limit_seconds: float = 7 * 86400.0
    webhook_timeout: float = 10.0
