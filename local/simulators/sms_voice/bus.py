"""AWS's own half of EventBridge: PutEvents refuses sources that begin with `aws.`, so the rules are served from here.

The engine keeps that rule as AWS does. What a service of AWS emits is therefore matched against the rules of the
default bus with the engine's TestEventPattern, and handed to their targets through the targets' own APIs.
"""

import importlib
import json
import threading
import time
from typing import Any

RULES_SECONDS = 2.0
ROOT = {"aws_access_key_id": "test", "aws_secret_access_key": "test"}  # the engine's root account
CALLER = "events.amazonaws.com"


class NotDelivered(Exception):
    """A target that EventBridge could not reach either."""


class Bus:
    def __init__(self, engine_url: str, region: str) -> None:
        boto3: Any = importlib.import_module("boto3")  # lazily: only a run with an engine needs it

        def client(name: str) -> Any:
            return boto3.client(name, region_name=region, endpoint_url=engine_url, **ROOT)

        self._events, self._lambda, self._sqs, self._sns = map(client, ("events", "lambda", "sqs", "sns"))
        self._lock = threading.Lock()
        self._rules: tuple[float, list[dict[str, Any]]] = (0.0, [])
        self._deliver = {"lambda": self._to_lambda, "sqs": self._to_sqs, "sns": self._to_sns}

    def publish(self, event: dict[str, Any]) -> int:
        """How many targets got it."""
        text = json.dumps(event)
        matching = [rule for rule in self._known_rules() if self._matches(rule, text)]
        targets = [target for rule in matching for target in rule["Targets"]]
        for target in targets:
            self._hand_over(target, text)
        return len(targets)

    def _known_rules(self) -> list[dict[str, Any]]:
        with self._lock:
            read_at, rules = self._rules
            if time.monotonic() > read_at + RULES_SECONDS:
                rules = [self._with_targets(rule) for rule in self._enabled()]
                self._rules = (time.monotonic(), rules)
            return rules

    def _enabled(self) -> list[dict[str, Any]]:
        pages = self._events.get_paginator("list_rules").paginate()
        rules = [rule for page in pages for rule in page["Rules"]]
        return [rule for rule in rules if rule["State"] == "ENABLED" and rule.get("EventPattern")]

    def _with_targets(self, rule: dict[str, Any]) -> dict[str, Any]:
        return {**rule, "Targets": self._events.list_targets_by_rule(Rule=rule["Name"])["Targets"]}

    def _matches(self, rule: dict[str, Any], event: str) -> bool:
        return bool(self._events.test_event_pattern(EventPattern=rule["EventPattern"], Event=event)["Result"])

    def _hand_over(self, target: dict[str, Any], event: str) -> None:
        arn = target["Arn"]
        deliver = self._deliver.get(arn.split(":")[2])
        if deliver is None or {"Input", "InputPath", "InputTransformer"} & set(target):
            raise NotDelivered(f"targets like {arn} are not simulated, nor are transformed inputs")
        deliver(arn, event)

    def _to_lambda(self, arn: str, event: str) -> None:
        _may_call(self._lambda.get_policy(FunctionName=arn)["Policy"], arn)
        self._lambda.invoke(FunctionName=arn, InvocationType="Event", Payload=event.encode())

    def _to_sqs(self, arn: str, event: str) -> None:
        url = self._sqs.get_queue_url(QueueName=arn.split(":")[5])["QueueUrl"]
        attributes = self._sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["Policy"]).get("Attributes", {})
        _may_call(attributes.get("Policy", ""), arn)
        self._sqs.send_message(QueueUrl=url, MessageBody=event)

    def _to_sns(self, arn: str, event: str) -> None:
        self._sns.publish(TopicArn=arn, Message=event)


def _may_call(policy: str, arn: str) -> None:
    """We come as root; EventBridge would need the target's permission."""
    if CALLER not in policy:
        raise NotDelivered(f"the policy of {arn} does not let {CALLER} in")
