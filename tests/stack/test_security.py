"""Who is kept out: strangers at the API and the webhooks, functions beyond their rights; and what logs keep quiet."""

import hashlib
import hmac
import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import boto3
import httpx
import pytest
from botocore.exceptions import ClientError

from local.engine import ACCOUNT
from local.stack import Stack
from tests.support.stack_client import Begun, Shop, eventually
from tests.support.stack_simulators import Simulators

SECRET_WORDS = "Xylophone-Quartz-Zeppelin"
TOKEN = "EAA-local-never-in-a-log"


STRANGERS = {"none": None, "empty": "", "short": "sk_live_nobody", "unknown": "sk_live_" + "x" * 43}


@pytest.mark.parametrize("key", STRANGERS.values(), ids=STRANGERS)
def test_strangers(shop: Shop, key: str | None) -> None:
    answer = shop.organization.http.get("/channel_accounts", headers={"Authorization": f"Bearer {key}"} if key else {})
    assert answer.status_code in (401, 403)
    assert "items" not in answer.text


def test_a_key_without_the_scope(shop: Shop, simulators: Simulators) -> None:
    new = {"name": "reader", "scopes": ["read"]}
    key = shop.organization.call("POST", "/api_keys", new, expect=201)["secret"]
    assert shop.organization.ask("GET", f"/channel_accounts/{shop.whatsapp}", key=key).status_code == 200
    body = {"channel_id": shop.whatsapp, "to": simulators.person(1), "type": "text", "text": "Hello"}
    answer = shop.organization.ask("POST", "/messages", body, key=key)
    assert (answer.status_code, answer.json()["code"]) == (403, "scope_missing")


def test_a_revoked_key_ends_within_a_minute(begun: Begun) -> None:
    def ended() -> bool:
        return begun.organization.ask("GET", "/channel_accounts", key=begun.revoked_key).status_code == 403

    eventually(ended, 75)


def _webhook(shop: Shop, who: str) -> bytes:
    message = {"from": who.lstrip("+"), "id": f"wamid.{who}", "timestamp": "1", "type": "text", "text": {"body": "Hi"}}
    value = {"metadata": {"phone_number_id": shop.number.id}, "messages": [message]}
    change = {"field": "messages", "value": value}
    entry = {"id": shop.number.waba, "changes": [change]}
    return json.dumps({"object": "whatsapp_business_account", "entry": [entry]}).encode()


def _signed(body: bytes, secret: str = "local-app-secret") -> str:
    return "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def _post(url: str, body: bytes, signature: str | None) -> int:
    headers = {"X-Hub-Signature-256": signature.encode()} if signature is not None else {}
    return httpx.post(url, content=body, headers=headers, timeout=30).status_code


def test_only_signed_webhooks_count(stack: Stack, shop: Shop, simulators: Simulators) -> None:
    url, who, known = stack.function_urls["ReceiveWhatsappFunction"], simulators.person(1), simulators.person(1)
    forged, good = _webhook(shop, who), _webhook(shop, known)
    wrong = [None, "", "sha256=", "sha256=" + "0" * 64, _signed(forged, "another"), _signed(good), "sha256=ÄÖ"]
    for path in ("/", f"/{shop.whatsapp}", "/00000000-0000-0000-0000-000000000000"):
        assert {_post(url + path, forged, signature) for signature in wrong} == {401}
    assert _post(f"{url}/", good, _signed(good)) == 200
    eventually(lambda: list(shop.organization.messages(to=known)), 20)
    assert not list(shop.organization.messages(to=who))


def test_what_is_signed_but_not_understood_is_taken(stack: Stack) -> None:
    url, odd = stack.function_urls["ReceiveWhatsappFunction"], b'{"object": "whatsapp_business_account", "entry": 7}'
    for body in (b"no json", b"[]", b'{"object": "page"}', odd):
        assert _post(f"{url}/", body, _signed(body)) == 200


def test_the_challenge(stack: Stack) -> None:
    url = stack.function_urls["ReceiveWhatsappFunction"]
    asked = {"hub.mode": "subscribe", "hub.challenge": "1158201444", "hub.verify_token": "local-verify-token"}
    good = httpx.get(f"{url}/", params=asked)
    assert (good.status_code, good.text) == (200, "1158201444")
    for wrong in ({"hub.verify_token": "ünknown"}, {"hub.mode": "unsubscribe"}, {"hub.verify_token": ""}):
        assert httpx.get(f"{url}/", params=asked | wrong).status_code == 403


def _as(stack: Stack, role: str) -> Callable[[str], Any]:
    """Clients with the rights of a function."""
    arn = f"arn:aws:iam::{ACCOUNT}:role/{stack.resources[role]}"
    got = stack.client("sts").assume_role(RoleArn=arn, RoleSessionName="stack-tests")["Credentials"]
    session = boto3.Session(got["AccessKeyId"], got["SecretAccessKey"], got["SessionToken"], region_name=stack.region)
    return lambda service: session.client(service, endpoint_url=stack.endpoint)


def _refused(call: Callable[[], object]) -> bool:
    try:
        call()
    except ClientError as error:
        return "AccessDenied" in error.response["Error"]["Code"]
    return False


def test_functions_are_held_to_their_roles(stack: Stack) -> None:
    table, key = stack.resources["DataTable"], {"pk": {"S": "ORG#x"}, "sk": {"S": "ORG"}}
    read, send, docs = (_as(stack, role) for role in ("ReadMessagesRole", "SendMessageRole", "ShowDocsRole"))
    read("dynamodb").get_item(TableName=table, Key=key)  # what it may do, it can
    send("dynamodb").put_item(TableName=table, Item=key)
    assert _refused(lambda: read("dynamodb").put_item(TableName=table, Item=key))
    assert _refused(lambda: send("dynamodb").delete_item(TableName=table, Key=key))
    assert _refused(lambda: send("kms").encrypt(KeyId=stack.resources["CredentialsKey"], Plaintext=b"x"))
    assert _refused(lambda: send("sqs").receive_message(QueueUrl=stack.resources["OtpQueue"]))
    assert _refused(lambda: docs("dynamodb").get_item(TableName=table, Key=key))
    assert _refused(lambda: docs("secretsmanager").get_secret_value(SecretId=stack.resources["PlatformSecret"]))
    assert _refused(lambda: _as(stack, "ReceiveWebhooksRole")("dynamodb").scan(TableName=table))


def _log_lines(stack: Stack) -> Iterator[str]:
    logs = stack.client("logs")
    for name in ("ChannelsLogs", "TemplatesLogs", "MessagesLogs", "WebhooksLogs", "SystemLogs"):
        pages = logs.get_paginator("filter_log_events").paginate(logGroupName=stack.resources[name])
        yield from (event["message"] for page in pages for event in page["events"])


def test_the_logs_tell_nothing(stack: Stack, make_shop: Callable[[str], Shop], simulators: Simulators) -> None:
    """After everything that the other tests did, and what is done here with words that are found again."""
    shop = make_shop(SECRET_WORDS)
    owner, people = shop.organization, [simulators.person(each) for each in (1, 1026, 2026)]
    owner.bind(shop.whatsapp, shop.number.settings, {"access_token": TOKEN})
    for to in people:
        simulators.says(shop.number, to, text=f"{SECRET_WORDS}?")
    eventually(lambda: all(list(owner.messages(to=to)) for to in people), 30)
    sent = [shop.send(to, type="text", text=SECRET_WORDS, fallback=shop.fallback(text=SECRET_WORDS)) for to in people]
    owner.ask("POST", "/messages", {"channel_id": shop.whatsapp, "to": people[0] + "x", "text": SECRET_WORDS})
    owner.ask("POST", f"/channel_accounts/{shop.sms}/bind", {"credentials": {"password": SECRET_WORDS}})
    owner.reaches(sent[0]["id"], "read")
    for each in sent[1:]:
        owner.reaches(each["id"], "failed")
    written = [*_log_lines(stack), (Path(stack.work) / "engine.log").read_text(errors="replace")]
    everything = "\n".join(written)
    assert '"level":"INFO"' in everything
    bots = r"\d{8,}:[A-Za-z0-9_-]{35}"
    hidden = (SECRET_WORDS, bots, r"49151\d{8}", "EAA-local", owner.key.removeprefix("sk_live_"), "local-app-secret")
    assert not [found.group() for word in hidden if (found := re.search(word, everything))]
