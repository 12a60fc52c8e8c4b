"""The channels of the story: made once, bound to the simulators, found again by their names."""

from rich.console import Console

from local.stack import Stack
from local.story.api import Api, Json, step

WHATSAPP = {"settings": {"waba_id": "102290129340398", "phone_number_id": "106540352242922"}}
TOKEN = {"credentials": {"access_token": "EAA-local-story"}}


def whatsapp(stack: Stack, api: Api, console: Console) -> str:
    with step(console, 'Channel "Acme on WhatsApp"') as say:
        callback = {
            "callback_url": f"{stack.function_urls['ReceiveWhatsappFunction']}/",
            "verify_token": "local-verify-token",
        }
        Api(stack.simulators["control_url"]).post("/callback", callback)
        channel = existing_or_new(api, "Acme on WhatsApp", "WHATSAPP_CLOUD")
        if channel["connection"] != "connected":
            channel = api.post(f"/channel_accounts/{channel['id']}/bind", WHATSAPP | TOKEN)
        say(f"bound to {channel['binding']['sender']}: token verified and sealed, number claimed, webhooks on")
        return str(channel["id"])


def sms(stack: Stack, api: Api, whatsapp: str, console: Console) -> dict[str, str]:
    """Two of them, because there are two ways to send an SMS. The gateway's address is new in every run: bind again."""
    with step(console, 'Channels "SMS by AWS" and "SMS by a gateway"') as say:
        gateway = _gateway(stack.simulators["sms_gateway_url"])
        channels = {
            "aws": _bound(api, "SMS by AWS", {"settings": {"gateway": "AWS", "sender_id": "ACME"}}),
            "gateway": _bound(api, "SMS by a gateway", gateway),
        }
        api.patch(f"/channel_accounts/{whatsapp}/service_settings", {"activate_sms": True})
        say("bound; SMS activated as a fallback of the WhatsApp channel")
    return channels


def _gateway(url: str) -> Json:
    return {
        "settings": {
            "gateway": "HTTP",
            "url": f"{url}/send",
            "sender_id": "ACME",
            "success": {"pattern": '*"status": "OK"*'},
        },
        "credentials": {"token": "gw-local-story", "report_secret": "gw-local-secret"},
    }


def _bound(api: Api, name: str, binding: Json) -> str:
    channel = existing_or_new(api, name, "SMS")
    return str(api.post(f"/channel_accounts/{channel['id']}/bind", binding)["id"])


def existing_or_new(api: Api, name: str, kind: str) -> Json:
    found = [each for each in api.get("/channel_accounts", type=kind)["items"] if each["name"] == name]
    return found[0] if found else api.post("/channel_accounts", {"name": name, "type": kind})
