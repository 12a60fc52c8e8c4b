"""The cast of the tests: a business, its channels, its template and its message, with the ids of events/."""

from typing import Any

from parley.cloud import clock, credentials
from parley.model.address import Address, AddressKind
from parley.model.business_system import BusinessSystem, Intent
from parley.model.channel import Binding, Channel, ChannelType
from parley.model.components import Body, Buttons, CopyCode, Header
from parley.model.content import Content, Kind
from parley.model.fallback_policy import FallbackPolicy, FallbackRule
from parley.model.lane import Category
from parley.model.message import State
from parley.model.organization import ApiKey, Organization, OrganizationKind, Scope
from parley.model.scheduling import SchedulingResource
from parley.model.status import Status, rank
from parley.model.template import NewTemplate, Template, TemplateStatus
from parley.model.times import DAY, rfc3339
from parley.operations import api_keys, signing
from parley.store import (
    bindings,
    business_systems,
    channels,
    fallback_policies,
    fallback_rules,
    intents,
    messages,
    organizations,
    people,
    scheduling,
    templates,
)

from tests.support.cloud import copied
from tests.support.events import sample

ORGANIZATION = "c2435d22-e4e3-4041-8ef9-f0aba1b881cf"
PROVIDER = "5ef6abe8-b71a-4809-a35d-0488e9680eb6"
STRANGER = "9349f300-695a-4d92-982a-70a106703102"
KEY = "15f81592-5fa3-4c1e-9019-5dd7bb395bce"
SECRET = "sk_live_EXAMPLE-not-a-real-secret-0123456789abcdefg"
WHATSAPP = "c43716dd-edc4-4a08-a754-52df3f7d0e22"
SMS = "b03a5ac2-5594-48fe-a9fa-7f6c486247cb"
TELEGRAM = "d1f4a2c8-6b1e-4f0a-9c57-3a8e52f7b410"
TEMPLATE = "80a836c9-3715-48dd-834c-81d194b4cfd3"
RULE = "7f0c2c0e-5d0b-4a63-9a35-0f0d5b7c1e21"
POLICY = "2b9d1f64-8f6e-4c0a-b7a3-9d1e6c5f4a30"
RESOURCE = "5b0f8c1e-9a77-4f1d-8c55-2d7a3b6e9f10"
SYSTEM = "8c1f4e2a-7b3d-4a90-9e56-1d2c3b4a5f60"
INTENT = "3e9a7d5c-2f1b-4c68-b0a4-6d5e4f3c2b1a"
MESSAGE = "a63ba686-e201-49ec-adc9-bf133b6aebf4"
PHONE_ID, PHONE = "106540352242922", "+34600000001"
PERSON = "+34600111222"
TOKEN = "EAAexample-token-of-a-system-user"
BOT, BOT_TOKEN = "7000000001", "7000000001:AAexample-token-of-a-bot-0123456789abc"
BOT_SECRET = "b3f0_kQ-agreed-with-setWebhook-0123456789abc"
CHAT = "4211"
GATEWAY = {"url": "https://sms.example.com/send", "sender_id": "BAKERY"}


def organization(id: str = ORGANIZATION, **changes: Any) -> str:
    fields = {"name": "Marín Bakery", "kind": OrganizationKind.CUSTOMER, "created_at": rfc3339(clock.now())}
    organizations.insert(Organization.model_validate({"id": id, **fields, **changes}), "-")
    return id


def provider() -> str:
    """A service provider that owns the business."""
    organization(PROVIDER, name="Chat Agency", kind=OrganizationKind.SERVICE_PROVIDER)
    return organization(ORGANIZATION, owner=PROVIDER)


def key(secret: str = SECRET, **changes: Any) -> ApiKey:
    fields = {"id": KEY, "organization_id": ORGANIZATION, "name": "Shop", "scopes": list(Scope), "hint": secret[-4:]}
    made = ApiKey.model_validate({**fields, "created_at": rfc3339(clock.now()), **changes})
    organizations.insert_key(made, api_keys.hash_of(secret), "-")
    return made


def channel(id: str = WHATSAPP, **changes: Any) -> Channel:
    """Unbound. Its organization must exist."""
    now = rfc3339(clock.now())
    fields = {"organization_id": ORGANIZATION, "name": "Sales WhatsApp", "type": ChannelType.WHATSAPP_CLOUD}
    made = Channel.model_validate({"id": id, **fields, "created_at": now, "updated_at": now, **changes})
    service = changes.get("service", {"activate_sms": True})
    channels.insert(made.model_copy(update={"service": service}), "-")
    return made


def whatsapp(
    id: str = WHATSAPP, secret: dict[str, str] | None = None, number: str = PHONE_ID, **changes: Any
) -> Channel:
    """Bound to Meta; SMS may be its fallback. `secret` holds an app_secret where the customer's own app signs."""
    settings = {"waba_id": "102290129340398", "phone_number_id": number}
    bound = _binding("whatsapp_cloud", PHONE, number, settings)
    claims = [("whatsapp", number), *([("whatsapp", PHONE)] if number == PHONE_ID else [])]
    return _bound(channel(id, **changes), bound, {"access_token": TOKEN, **(secret or {})}, claims)


def sms(id: str = SMS, **changes: Any) -> Channel:
    """Bound to an HTTP gateway that signs its reports."""
    bound = _binding("sms_http", GATEWAY["sender_id"], GATEWAY["sender_id"], GATEWAY)
    made = channel(id, **{"name": "Shop SMS", "type": ChannelType.SMS, "service": {}, **changes})
    return _bound(made, bound, {"token": "gateway-token", "report_secret": "test-report-secret"}, [])


def sms_aws(id: str = SMS, **changes: Any) -> Channel:
    """Bound to the deployment's own AWS account."""
    made = channel(id, **{"name": "Shop SMS", "type": ChannelType.SMS, "service": {}, **changes})
    return _bound(made, _binding("sms_aws", "BAKERY", "BAKERY", {"sender_id": "BAKERY"}), {}, [])


def telegram(id: str = TELEGRAM, **changes: Any) -> Channel:
    """Bound to a bot of Telegram's."""
    made = channel(id, **{"name": "Shop bot", "type": ChannelType.TELEGRAM, **changes})
    secret = {"token": BOT_TOKEN, "webhook_secret": BOT_SECRET}
    return _bound(made, _binding("telegram", "@shop_bot", BOT, {}), secret, [("telegram", BOT)])


def address(chat: str) -> Address:
    """Somebody on Telegram."""
    return Address(type=AddressKind.CHAT, value=chat)


def by_bot(id: str = MESSAGE, **changes: Any) -> State:
    """A message of the bot's channel; Sara has it unless `status` says otherwise."""
    known = {"channel": TELEGRAM, "to": f"chat:{CHAT}", "sender": BOT, "provider_id": f"{CHAT}/77"}
    return message(id, **{"status": Status.SENT, **known, **changes})


def _binding(provider: str, sender: str, sender_id: str, settings: dict[str, str]) -> Binding:
    return Binding(
        provider=provider, sender=sender, sender_id=sender_id, settings=settings, bound_at=rfc3339(clock.now())
    )


def _bound(made: Channel, binding: Binding, secret: dict[str, str], claims: list[tuple[str, str]]) -> Channel:
    sealed = credentials.seal(made.organization_id, made.id, secret)
    return bindings.bind(made, binding, sealed, claims, [], clock.now())


def template(id: str = TEMPLATE, **changes: Any) -> Template:
    """Approved, as the platform has it; `fields` of the sample event, unless changed."""
    new = NewTemplate.model_validate_json(sample("create_template")["body"])
    fields = new.model_dump(exclude={"organization_id"}, exclude_none=True) | {"components": new.components}
    fields |= {"status": TemplateStatus.APPROVED, "provider_id": "594425479261596"}
    now = {"created_at": rfc3339(clock.now()), "updated_at": rfc3339(clock.now())}
    made = Template.model_validate({"id": id, "organization_id": ORGANIZATION, **fields, **now, **changes})
    templates.insert(made, [])
    if made.provider_id:
        templates.claim(made, "whatsapp_cloud", made.provider_id)
    return made


def story() -> None:
    """Everything that the samples of messages need."""
    copied(_story)


def _story() -> None:
    organization()
    whatsapp()
    sms()
    template()


def message(id: str = MESSAGE, status: Status = Status.QUEUED, **changes: Any) -> State:
    """Ana's message, kept without having been sent through the API. `content` and `fallback` go with it."""
    now = clock.now()
    said = changes.pop("content", Content(type=Kind.TEXT, text="Your order A-19 is ready."))
    instead = changes.pop("fallback", None)
    fields: dict[str, Any] = {"organization": ORGANIZATION, "channel": WHATSAPP, "to": f"phone:{PERSON}"}
    fields |= {"kind": said.type, "sender": PHONE_ID, "fingerprint": "0" * 32, "times": {str(status): now}}
    fields |= {"created_at": now, "send_at": now, "expires_at": now + DAY, "status": status, "rank": rank(status)}
    state = State.model_validate({"id": id, **fields, **changes})
    messages.put_content(state, said, PHONE, [instead] if instead else None)
    messages.insert(state)
    return state


def sms_instead(text: str = "Your order A-19 is ready.") -> dict[str, Any]:
    """What a message keeps for its fallback copy."""
    return {"channel": SMS, "to": f"phone:{PERSON}", "content": {"type": "text", "text": text}}


def fallback_rule(id: str = RULE, **changes: Any) -> FallbackRule:
    """What steps by SMS send from."""
    now = rfc3339(clock.now())
    fields = {"organization_id": ORGANIZATION, "name": "By SMS", "type": ChannelType.SMS, "channel_id": SMS}
    made = {"id": id, **fields, "created_at": now, "updated_at": now, **changes}
    return fallback_rules.insert(FallbackRule.model_validate(made))


def fallback_policy(id: str = POLICY, *steps: dict[str, Any], **changes: Any) -> FallbackPolicy:
    """An SMS after ten minutes, unless it is told other steps. Its rules must exist."""
    now = rfc3339(clock.now())
    fields = {"organization_id": ORGANIZATION, "name": "SMS after ten minutes"}
    fields |= {"steps": list(steps) or [{"rule_id": RULE, "wait": 600}]}
    made = FallbackPolicy.model_validate({"id": id, **fields, "created_at": now, "updated_at": now, **changes})
    fallback_policies.insert(made)
    return made


def scheduling_resource(id: str = RESOURCE, **changes: Any) -> SchedulingResource:
    """The channel's own number, in the pool for Spain."""
    now = rfc3339(clock.now())
    fields = {"organization_id": ORGANIZATION, "channel_id": WHATSAPP, "countries": ["ES"]}
    made = {"id": id, **fields, "created_at": now, "updated_at": now, **changes}
    return scheduling.insert(SchedulingResource.model_validate(made))


def business_system(id: str = SYSTEM, **changes: Any) -> BusinessSystem:
    """With a signature that nobody was shown."""
    now, secret = rfc3339(clock.now()), signing.fresh()
    fields = {"organization_id": ORGANIZATION, "channel_id": WHATSAPP, "name": "Order desk"}
    fields |= {"url": "https://shop.example.com/parley", "signature_hint": secret.token[-4:]}
    made = BusinessSystem.model_validate({"id": id, **fields, "created_at": now, "updated_at": now, **changes})
    business_systems.insert(made, signing.seal(made.organization_id, made.id, secret))
    return made


def intent(id: str = INTENT, **changes: Any) -> Intent:
    """Called by a button that names `call_back`, or by the word. Its system must exist."""
    now = rfc3339(clock.now())
    fields = {"organization_id": ORGANIZATION, "channel_id": WHATSAPP, "business_system_id": SYSTEM}
    fields |= {"code": "call_back", "name": "Please call me", "keywords": ["call me"]}
    made = Intent.model_validate({"id": id, **fields, "created_at": now, "updated_at": now, **changes})
    assert intents.insert(made)
    return made


def wrote(at: int) -> None:
    """The person wrote to the business: the window is open for a day."""
    people.saw(ORGANIZATION, WHATSAPP, f"phone:{PERSON}", at)


def suppressed(reason: str = "person_blocked", who: str = f"phone:{PERSON}", channel: str = WHATSAPP) -> None:
    """Nothing goes to this person on this channel."""
    people.suppress(ORGANIZATION, channel, who, reason, clock.now())


def simple(text: str = "Hello $(name), see you.", header: str | None = None) -> dict[str, Any]:
    """Components and samples of a template with little in it."""
    head = [Header(type="HEADER", text=header)] if header else []
    return {
        "components": [*head, Body(type="BODY", text=text)],
        "samples": {"name": "Ana"},
        "category": Category.UTILITY,
    }


def one_time_code() -> dict[str, Any]:
    """What a template of one-time codes is made of."""
    parts = [Body(type="BODY"), Buttons(type="BUTTONS", buttons=[CopyCode(type="COPY_CODE")])]
    return {"components": parts, "samples": {}, "category": Category.AUTHENTICATION}
