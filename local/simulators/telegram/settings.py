"""What the control API may change about Telegram."""

from dataclasses import dataclass

from local.simulators.common.settings import Settings


@dataclass
class TelegramSettings(Settings):
    bot_rate: float | None = 30.0  # messages a second of one bot
    bot_burst: float = 30
    chat_rate: float | None = 1.0  # messages a second to one person
    chat_burst: float = 3
    group_rate: float | None = 20  # messages to one group or channel within group_seconds
    group_seconds: float = 60.0
    count_edits: bool = True  # an edit costs as much as a message
    webhook_interval: float | None = 1.0  # seconds between two setWebhook of one bot
    slow_seconds: float = 12.0
    callback_seconds: float = 150.0  # how long a pressed button waits for its answer, and its update for a taker
    update_seconds: float = 86400.0  # how long any other update waits
    link_seconds: float = 3600.0  # how long a file path of getFile works
    clock_seconds: float = 0.0  # how far Telegram's clock is ahead of this machine's
    privacy: bool = True  # bots see of a group only what is meant for them, unless they are its administrators
    duplicates: float = 1
    shuffle: bool = False  # queues overtake each other
    shuffle_seconds: float = 0.1
    bad_signature: bool = False
    hold_webhooks: bool = False
    retry_seconds: float = 2.0  # the first repetition is made at once, the second after this
    retry_factor: float = 2.0
    retry_ceiling: float = 60.0
    retry_after_scale: float = 1.0  # how long a second of the receiver's Retry-After lasts
    webhook_timeout: float = 10.0
