"""A world whose one-time codes go out from a pool of numbers."""

from typing import Any

from parley.model.channel import ServiceSettingsChanges
from parley.model.organization import NewCustomer, NewOrganization, OrganizationKind
from parley.model.otp_scheduling import OtpScheduling
from parley.model.scheduling import NewSchedulingResource, SchedulingResource, SchedulingResourceChanges
from parley.operations import channels, organizations, reviews, scheduling_resources, templates

from tests.support.phones import Sent
from tests.support.world import OTHER_NUMBER, WABA, World

THIRD = "106540352247777"
TOKEN = {"access_token": "EAA-token"}


class Pooled:
    """`world`, with a second number in the pool for Spain; `number` is what the platform calls it."""

    def __init__(self, world: World, **settings: Any) -> None:
        self.world, self.number, self.pooler = world, OTHER_NUMBER, world.organization
        world.meta.numbers[THIRD] = "+34 600 00 00 03"
        self.schedule(**settings)
        self.approve(world.whatsapp)
        self.channel = self.bind(OTHER_NUMBER)
        self.resource = self.add(self.channel)

    def schedule(self, **settings: Any) -> None:
        known = {"enabled": True, "countries": ["ES"], "use_own_numbers": False, **settings}
        changes = ServiceSettingsChanges(otp_scheduling=OtpScheduling.model_validate(known))
        channels.update_service_settings(self.world.organization, self.world.whatsapp, changes)

    def bind(self, number: str) -> str:
        """A channel of whoever owns the pool, with the same template; for Meta in an account of its own."""
        world, before = self.world, self.world.organization
        world.organization = self.pooler
        try:
            channel = world.bound("WHATSAPP_CLOUD", {"waba_id": WABA, "phone_number_id": number}, TOKEN)
            self.approve(channel)
        finally:
            world.organization = before
        return channel

    def approve(self, channel: str, **fields: Any) -> str:
        """A template `code` for one-time codes, there too; for Meta it is one of another account."""
        world = self.world
        others, world.meta.templates = world.meta.templates, {}
        made = world.designed("code", **{"category": "AUTHENTICATION", "channel_id": channel, **fields})
        reviews.submit(world.organization, made.id)
        world.meta.templates |= others
        world.judge(str(templates.get(world.organization, made.id).provider_id), "APPROVED")
        return made.id

    def add(self, channel: str, **fields: Any) -> str:
        known = {"channel_id": channel, "countries": ["ES"], **fields}
        new = NewSchedulingResource.model_validate(known)
        return scheduling_resources.create(self.pooler, new, None).id

    def change(self, **fields: Any) -> None:
        changes = SchedulingResourceChanges.model_validate(fields)
        scheduling_resources.update(self.pooler, self.resource, changes)

    def shown(self, resource: str = "") -> SchedulingResource:
        return scheduling_resources.get(self.pooler, resource or self.resource)

    def code(self, to: str = "+34600111222", **fields: Any) -> str:
        return self.world.say(to, template="code", **fields)

    def senders(self, message: str) -> list[str]:
        """Which numbers it went out from, by Meta's log."""
        return [each.sender for each in self.world.meta.of(message)]

    def reports(self, message: str, *words: str, sender: str | None = None) -> None:
        """Receipts, from the number that sent it unless another one says so."""
        [sent] = self.world.meta.of(message)
        self.says(sent, *words, sender=sender or sent.sender)

    def says(self, sent: Sent, *words: str, sender: str) -> None:
        meta = self.world.meta
        meta.says(*[meta.report(sent, word) for word in words], sender=sender)
        self.world.run()


class OfProvider(Pooled):
    """The pool is the service provider's, the sender its customer."""

    def __init__(self, world: World, **settings: Any) -> None:
        agency = NewOrganization(name="Agency", kind=OrganizationKind.SERVICE_PROVIDER)
        self.agency = organizations.create(agency, None, None).id
        self.bakery, self.bakery_whatsapp = world.organization, world.whatsapp
        world.organization = organizations.create_customer(self.agency, NewCustomer(name="Cafe"), None).id
        world.meta.numbers[THIRD] = "+34 600 00 00 03"
        world.whatsapp = world.bound("WHATSAPP_CLOUD", {"waba_id": WABA, "phone_number_id": THIRD}, TOKEN)
        super().__init__(world, **settings)

    def bind(self, number: str) -> str:
        self.pooler = self.agency
        return super().bind(number)
