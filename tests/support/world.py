"""A business with a WhatsApp number, an SMS gateway, a bot, an approved template, and everything that runs for it."""

import copy
from typing import Any

import pytest
from parley.model import ids
from parley.model.channel import Channel, ChannelChanges, NewBinding, NewChannel, ServiceSettingsChanges
from parley.model.message import NewMessage, State
from parley.model.message_view import Message
from parley.model.organization import NewOrganization
from parley.model.status import Status
from parley.model.template import NewTemplate, Template
from parley.operations import binding, channels, messages, organizations, reviews, templates
from parley.store import messages as store

from tests.support import phones
from tests.support.cloud import backend
from tests.support.faults import Faults
from tests.support.phones import Gateway, Meta, Sent, Telegram
from tests.support.pump import Pump
from tests.support.time import Clock

WABA, NUMBER, OTHER_NUMBER = "102290129340398", "106540352242922", "106540352249999"
ANA, BOB, EVE = "+34600111222", "+34600111333", "+34600111444"
TEXT = "Your order A-19 is ready."
Json = dict[str, Any]
ORDER_READY: Json = {
    "components": [{"type": "BODY", "text": "Hello $(name), your order is ready."}],
    "samples": {"name": "Ana"},
}
ONE_TIME_CODE: Json = {
    "components": [{"type": "BODY"}, {"type": "BUTTONS", "buttons": [{"type": "COPY_CODE"}]}],
}


PARTS = ("pump", "meta", "sms", "telegram")
_founded: list[Any] = []
"""The first world of this process, and all of it as it was when it was founded."""


class World:
    """`say` sends, `run` lets time go by, `meta` and `sms` are outside."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.time, self.faults = Clock(), Faults()
        self.pump = Pump(self.time, self.faults)
        self.meta, self.sms = Meta(self.time, self.faults), Gateway(self.time, self.faults)
        self.pump.connect(patch)
        self.telegram = Telegram(self.time, self.faults)
        phones.connect(patch, self.meta, self.sms, self.telegram)
        if _founded:
            self._as_founded(*_founded)
        else:
            self.found()
            _founded.extend((self, self._whole()))
        self.faults.install()

    def _whole(self) -> Json:
        """Everything that is so, copied, but for the clock and the faults, which all its parts share."""
        parts = {name: vars(getattr(self, name)) for name in PARTS}
        rest = {name: value for name, value in vars(self).items() if name not in (*PARTS, "time", "faults")}
        tables = backend("dynamodb").tables
        known = {id(each): each for each in (self.time, self.faults)}
        return copy.deepcopy({"parts": parts, "rest": rest, "tables": tables, "now": self.time.now}, known)

    def _as_founded(self, first: "World", kept: Json) -> None:
        """Like the first one of this process, whose founding takes longer than most stories."""
        whole = copy.deepcopy(kept, {id(first.time): self.time, id(first.faults): self.faults})
        for name, state in whole["parts"].items():
            vars(getattr(self, name)).update(state)
        vars(self).update(whole["rest"])
        backend("dynamodb").tables, self.time.now = whole["tables"], whole["now"]

    def found(self) -> None:
        """Everything as a customer would do it through the API."""
        self.organization = organizations.create(NewOrganization(name="Bakery"), None, None).id
        self.whatsapp = self.bound(
            "WHATSAPP_CLOUD", {"waba_id": WABA, "phone_number_id": NUMBER}, {"access_token": "EAA-token"}
        )
        self.gateway = self.bound("SMS", GATEWAY, {"token": "t", "report_secret": "report-secret"})
        self.sms.channel = self.gateway
        self.other_gateway = self.bound("SMS", GATEWAY, {"token": "t2", "report_secret": "report-secret"})
        self.sms.others["Bearer t2"] = self.other_gateway
        self.bot = self.telegram.channel = self.bound("TELEGRAM", {}, {"token": self.telegram.token})
        changes = ServiceSettingsChanges(activate_sms=True)
        for channel in (self.whatsapp, self.bot):
            channels.update_service_settings(self.organization, channel, changes)
        self.template = self.approved("order_ready").id
        self.pump.run()

    def bound(self, kind: str, settings: Json, credentials: Json) -> str:
        new = NewChannel.model_validate({"name": kind.title(), "type": kind})
        made = channels.create(self.organization, new, None)
        self.bind(made.id, settings, credentials)
        return made.id

    def bind(self, channel: str, settings: Json, credentials: Json) -> Channel:
        return binding.bind(self.organization, channel, NewBinding(settings=settings, credentials=credentials))

    def approved(self, name: str, category: str = "UTILITY", **fields: Any) -> Template:
        """Submitted, and approved by Meta's webhook."""
        made = self.designed(name, category, **fields)
        submitted = reviews.submit(self.organization, made.id)
        self.judge(str(submitted.provider_id), "APPROVED")
        return templates.get(self.organization, made.id)

    def designed(self, name: str, category: str = "UTILITY", **fields: Any) -> Template:
        """A draft."""
        new = {"channel_id": self.whatsapp, "name": name, "language": "en_US", "category": category}
        content = ONE_TIME_CODE if category == "AUTHENTICATION" else ORDER_READY
        return templates.create(
            self.organization, NewTemplate.model_validate({**new, **content, **fields}), idempotency_key=None
        )

    def judge(self, provider_id: str, word: str, **more: Any) -> None:
        """Meta decides on a template, and tells us."""
        self.meta.templates[provider_id]["status"] = word
        self.meta.posts("message_template_status_update", {"event": word, "message_template_id": provider_id, **more})
        self.pump.drain("webhooks")

    # ---- what the business does

    def say(self, to: str = ANA, key: str | None = None, **fields: Any) -> str:
        """Sends the template; the message's id."""
        return self.post(to, key, **fields).id

    def post(self, to: str = ANA, key: str | None = None, **fields: Any) -> Message:
        known = {"channel_id": self.whatsapp, "to": to, "type": "template", "template": "order_ready"}
        values = {"code": "482913"} if fields.get("template") == "code" else {"name": "Ana"}
        more = {"language": "en_US", "variables": values}
        whole = {**known, **more, **fields}
        body = {name: value for name, value in whole.items() if value is not None}
        return messages.send(self.organization, NewMessage.model_validate(body), key)

    def tell(self, to: Any = "4211", text: str | None = "Hello", key: str | None = None, **fields: Any) -> str:
        """Sends by the bot; the message's id."""
        return self.told(to, text, key, **fields).id

    def told(self, to: Any = "4211", text: str | None = "Hello", key: str | None = None, **fields: Any) -> Any:
        known = {"channel_id": self.bot, "to": to, "type": "text", "text": text, **fields}
        body = {name: value for name, value in known.items() if value is not None}
        return messages.send(self.organization, NewMessage.model_validate(body), key)

    def instead(self, trigger: str = "undelivered", wait: int | None = 60, **fields: Any) -> Json:
        """The SMS that goes out when the message does not arrive."""
        spec = {"channel_id": self.gateway, "trigger": trigger, "wait": wait, "text": TEXT, **fields}
        return {"fallback": {name: value for name, value in spec.items() if value is not None}}

    def switch(self, channel: str, *, on: bool) -> None:
        channels.update(self.organization, channel, ChannelChanges(is_active=on))

    # ---- what is known

    def shown(self, message: str) -> Message:
        return messages.get(self.organization, message)

    def state(self, message: str) -> State:
        found = store.get(self.organization, message)
        assert found is not None
        return found

    def status(self, message: str) -> Status:
        return self.shown(message).status

    def copy(self, message: str) -> Message:
        """What went out instead."""
        return self.shown(ids.copy_of(message, 1))

    def run(self, seconds: float = 0) -> None:
        self.pump.run(seconds)

    # ---- what the people's phones do

    def sent(self, message: str) -> Sent:
        """The one acceptance of a message."""
        [found] = self.meta.of(message)
        return found

    def reports(self, message: str, *words: str, **more: Any) -> None:
        """Meta's receipts for a message, and everything that they cause at once."""
        sent = self.sent(message)
        self.meta.says(*[self.meta.report(sent, word, **more) for word in words])
        self.run()

    def hears(self) -> None:
        """What the platforms told is applied, with everything that it causes at once."""
        self.pump.drain("webhooks")
        self.run()

    def copies(self, to: str = ANA) -> list[str]:
        """The texts that a person got by SMS."""
        return [str(each.body["text"]) for each in self.sms.sent_to(to)]


GATEWAY: Json = {"gateway": "HTTP", "url": "https://sms.example/send", "sender_id": "ACME"}
