"""Everything that the parts of the Telegram simulator share."""

import time
from dataclasses import dataclass, field

from local.simulators.common.faults import Faults
from local.simulators.common.journal import Journal
from local.simulators.common.scheduler import Scheduler
from local.simulators.telegram.delivery import Delivery
from local.simulators.telegram.limits import Limits
from local.simulators.telegram.params import Params
from local.simulators.telegram.settings import TelegramSettings
from local.simulators.telegram.state import Bot, State

NAME = "telegram"


@dataclass
class World:
    journal: Journal
    faults: Faults
    scheduler: Scheduler
    settings: TelegramSettings = field(default_factory=TelegramSettings)
    state: State = field(default_factory=State)

    def __post_init__(self) -> None:
        self.limits = Limits(self.settings)
        self.delivery = Delivery(self.state, self.settings, self.scheduler, self.now)

    def now(self) -> float:
        return time.time() + self.settings.clock_seconds

    def reset(self, everything: bool = False) -> None:
        """Forget people, counts and modes; with `everything` the bots and what they have set up too."""
        self.delivery.reset()
        self.settings.reset()
        self.limits.clear()
        with self.state.lock:
            bots = list(self.state.bots.values())
            if everything:
                self.state.bots.clear()
                self.state.revoked.clear()
        for bot in bots:
            with bot.changed:
                bot.generation += 1
                bot.forget_people()

    def stop(self) -> None:
        self.delivery.stop()


@dataclass
class Call:
    """One authorised call of a method."""

    world: World
    bot: Bot
    method: str
    params: Params
    via: str = "request"  # or "webhook": it stood in the answer to an update
