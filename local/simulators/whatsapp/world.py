"""Everything that the parts of the WhatsApp simulator share."""

import threading
from dataclasses import dataclass, field

from local.simulators.common.bucket import Buckets
from local.simulators.common.faults import Faults
from local.simulators.common.journal import Journal
from local.simulators.common.scheduler import Scheduler
from local.simulators.whatsapp.settings import WhatsAppSettings
from local.simulators.whatsapp.state import App, State
from local.simulators.whatsapp.webhooks import Webhooks
from local.simulators.wire.request import Request


@dataclass
class World:
    journal: Journal
    faults: Faults
    scheduler: Scheduler
    settings: WhatsAppSettings
    state: State
    webhooks: Webhooks
    buckets: Buckets = field(default_factory=Buckets)
    bucket_lock: threading.Lock = field(default_factory=threading.Lock)
    base_url: str = ""  # known once the server has its port

    def reset(self) -> None:
        """Forget people, counts and modes; what a business has configured stays."""
        self.scheduler.clear("status")
        self.webhooks.reset()
        self.settings.reset()
        with self.bucket_lock:
            self.buckets.clear()
        with self.state.lock:
            self.state.forget_people()
            self.state.calls.clear()


@dataclass
class Call:
    """One authorised Graph request; `path` is without the version."""

    request: Request
    path: str
    version: str
    app: App

    @property
    def params(self) -> dict[str, object]:
        return self.request.params
