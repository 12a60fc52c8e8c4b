"""The environment of a function, typed and read once; every name is set in template.yaml."""

import json
import os
from functools import lru_cache
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict


class MediaRule(BaseModel):
    """What a channel's library takes of one kind; `seconds` are known of MP4 and WebM."""

    model_config = ConfigDict(frozen=True)

    formats: tuple[str, ...]
    megabytes: int
    seconds: int | None = None


LIBRARY: dict[Literal["image", "video", "audio", "document"], MediaRule] = {
    "image": MediaRule(formats=("jpg", "png"), megabytes=2),
    "video": MediaRule(formats=("mp4", "webm"), megabytes=10, seconds=60),
    "audio": MediaRule(formats=("mp3", "ogg", "m4a", "aac"), megabytes=16),
    "document": MediaRule(formats=("txt", "pdf"), megabytes=10),
}


class Settings(BaseModel):
    """Times in seconds unless the name says otherwise. Function time-out < LEASE < visibility time-out, always."""

    model_config = ConfigDict(frozen=True)

    data_table: str = "parley-data"
    runtime_table: str = "parley-runtime"
    otp_queue: str = ""
    transactional_queue: str = ""
    marketing_queue: str = ""
    timers_queue: str = ""
    timers_queue_arn: str = ""
    timers_dead_letters_arn: str = ""
    webhooks_queue: str = ""
    feeds_queue: str = ""
    jobs_queue: str = ""
    receipts_queue: str = ""
    receipts_dead_letters: str = ""
    schedule_group: str = "default"
    schedule_prefix: str = "parley"
    scheduler_role_arn: str = ""
    files_bucket: str = ""
    credentials_key: str = ""
    platform_secret: str = ""
    webhook_urls: Annotated[dict[str, str], BeforeValidator(json.loads)] = {}
    file_url: str = ""
    graph_url: str = "https://graph.facebook.com"
    graph_version: str = "v25.0"
    lease: int = 90
    call_timeout: float = 12.0
    timer_step: int = 900
    settle_otp: int = 30
    settle_other: int = 600
    send_horizon_days: int = 366
    ttl_otp: int = 300
    ttl_transactional: int = 86_400
    ttl_marketing: int = 259_200
    pool_failures: int = 3
    pool_misses: int = 20
    pool_rest: int = 180
    channel_limit: int = 100
    broadcast_rows: int = 1_000_000
    group_limit: int = 1000
    receipt_endpoint_limit: int = 50
    media_rules: Annotated[
        dict[Literal["image", "video", "audio", "document"], MediaRule], BeforeValidator(json.loads)
    ] = LIBRARY
    clock_shiftable: bool = False
    allow_loopback_urls: bool = False


@lru_cache(maxsize=1)
def settings() -> Settings:
    """The settings of this process. Raises pydantic.ValidationError at start-up, not in the middle of a message."""
    present = {name: os.environ[name.upper()] for name in Settings.model_fields if os.environ.get(name.upper())}
    return Settings.model_validate(present)
