"""All simulators in one process, each on its own loopback port."""

from dataclasses import dataclass, field

from local.simulators.business.api import Business
from local.simulators.business.settings import BusinessSettings
from local.simulators.common.faults import Faults
from local.simulators.common.journal import Journal
from local.simulators.common.outbox import Outbox
from local.simulators.common.scheduler import Scheduler
from local.simulators.control.api import Control
from local.simulators.sms_gateway.api import Gateway
from local.simulators.sms_gateway.settings import GatewaySettings
from local.simulators.sms_voice.api import Voice
from local.simulators.sms_voice.events import Events
from local.simulators.sms_voice.settings import VoiceSettings
from local.simulators.telegram.access import without_token
from local.simulators.telegram.api import Telegram
from local.simulators.telegram.world import World as TelegramWorld
from local.simulators.whatsapp.api import Graph
from local.simulators.whatsapp.settings import WhatsAppSettings
from local.simulators.whatsapp.state import State
from local.simulators.whatsapp.webhooks import Webhooks
from local.simulators.whatsapp.world import World
from local.simulators.wire import client
from local.simulators.wire.request import Request
from local.simulators.wire.server import Handle, Server

NAMES = ("graph", "sms_gateway", "sms_voice", "control", "telegram", "business")


@dataclass
class Simulators:
    engine_url: str | None = None
    port: int = 0
    servers: dict[str, Server] = field(default_factory=dict)

    def __post_init__(self) -> None:
        client.use_engine(self.engine_url)
        self.journal, self.faults = Journal(), Faults()
        self.scheduler = Scheduler(lambda tag, error: self._bug(tag, error))
        self.world = self._whatsapp()
        self.gateway = Gateway(
            self.journal, self.faults, self.scheduler, GatewaySettings(), Outbox(self.scheduler, "sms_gateway")
        )
        settings = VoiceSettings()
        events = Events(self.journal, self.scheduler, settings, self.engine_url)
        self.voice = Voice(self.journal, self.faults, settings, events)
        self.telegram = TelegramWorld(self.journal, self.faults, self.scheduler)
        self.business = Business(self.journal, self.faults, BusinessSettings())
        self.control = Control(
            self.journal, self.faults, self.world, self.gateway, self.voice, self.telegram, self.business
        )

    def _whatsapp(self) -> World:
        state, settings = State(), WhatsAppSettings()
        webhooks = Webhooks(state, settings, Outbox(self.scheduler, "whatsapp"), self.scheduler)
        return World(self.journal, self.faults, self.scheduler, settings, state, webhooks)

    def start(self) -> dict[str, str]:
        handles: list[Handle] = [Graph(self.world).handle, self.gateway.handle, self.voice.handle]
        handles += [self.control.handle, Telegram(self.telegram).handle, self.business.handle]
        for index, (name, handle) in enumerate(zip(NAMES, handles, strict=True)):
            port = self.port + index if self.port else 0
            self.servers[name] = Server(port, handle, self._crashed)
            self.servers[name].start()
        self.world.base_url = self.servers["graph"].url
        return {f"{name}_url": server.url for name, server in self.servers.items()}

    def stop(self) -> None:
        for server in self.servers.values():
            server.stop()
        self.scheduler.stop()
        self.world.webhooks.stop()
        self.gateway.outbox.stop()
        self.voice.events.stop()
        self.telegram.stop()

    def _crashed(self, request: Request, error: Exception) -> None:
        self._bug(without_token(request.target), error)

    def _bug(self, where: str, error: Exception) -> None:
        """A mistake of ours must be found in GET /errors."""
        self.journal.refused("simulators", to=None, path=where, details=f"BUG {error!r}")
