"""Least privilege, read from the template: the engine proves the rest by enforcing it."""

import json
from typing import Any

import pytest

from tests.support.house import events, lambdas, resources, statements

Json = dict[str, Any]
ROLES = resources("IAM::Role")
each_role = pytest.mark.parametrize("name", sorted(ROLES))
DATA = {"GetAtt": "DataTable.Arn"}
POLLING = ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"]


def role_of(function: Json) -> str:
    return str(function["Role"]["GetAtt"]).removesuffix(".Arn")


def users(role: str) -> list[Json]:
    return [each for each in lambdas().values() if role_of(each) == role]


def allowed(role: str, *actions: str) -> list[Any]:
    """The resources on which a role may do any of these."""
    found = [each for each in statements(ROLES[role]) if set(actions) & set(each["Action"])]
    return [resource for each in found for resource in each["Resource"]]


@each_role
def test_no_action_and_no_resource_is_a_bare_wildcard(name: str) -> None:
    for each in statements(ROLES[name]):
        assert each["Effect"] == "Allow"
        assert all("*" not in action and action.count(":") == 1 for action in each["Action"]), each["Action"]
        assert "*" not in each["Resource"]
        assert {"NotAction", "NotResource", "Principal"}.isdisjoint(each)


@each_role
def test_every_resource_is_one_of_ours(name: str) -> None:
    """A reference to a resource of the template, or an ARN that names the account and the region."""
    for each in statements(ROLES[name]):
        for resource in each["Resource"]:
            assert isinstance(resource, dict), resource
            ours = resource.get("GetAtt") or resource.get("Ref") or resource["Sub"]
            assert "${" not in ours or ".Arn}" in ours or "${AWS::AccountId}" in ours


@each_role
def test_a_role_belongs_to_one_service(name: str) -> None:
    (trusted,) = ROLES[name]["AssumeRolePolicyDocument"]["Statement"]
    service = "scheduler" if name == "SchedulerRole" else "lambda"
    assert trusted["Principal"] == {"Service": f"{service}.amazonaws.com"}
    assert trusted["Action"] == "sts:AssumeRole"
    assert "ManagedPolicyArns" not in ROLES[name]


@each_role
def test_a_role_is_used(name: str) -> None:
    assert users(name) or name == "SchedulerRole"


@pytest.mark.parametrize("name", sorted(lambdas()))
def test_every_function_has_a_role_and_may_write_its_own_log(name: str) -> None:
    function = lambdas()[name]
    assert "Policies" not in function
    group = function["LoggingConfig"]["LogGroup"]["Ref"]
    assert group in resources("Logs::LogGroup")
    assert {"GetAtt": f"{group}.Arn"} in allowed(role_of(function), "logs:PutLogEvents")
    assert {"GetAtt": f"{group}.Arn"} in allowed(role_of(function), "logs:CreateLogStream")


@each_role
def test_a_role_writes_only_logs_of_its_functions(name: str) -> None:
    groups = [{"GetAtt": f"{each['LoggingConfig']['LogGroup']['Ref']}.Arn"} for each in users(name)]
    assert all(resource in groups for resource in allowed(name, "logs:PutLogEvents", "logs:CreateLogStream"))


@each_role
def test_a_role_receives_from_exactly_the_queues_of_its_functions(name: str) -> None:
    """The engine does not enforce this one."""
    wanted = [each["Queue"] for function in users(name) for each in events(function, "SQS")]
    for action in POLLING:
        assert sorted(map(json.dumps, allowed(name, action))) == sorted(map(json.dumps, wanted)), action


def test_the_scheduler_may_only_put_timers_on_their_queues() -> None:
    """The dead letters are those of the schedules themselves."""
    queues = [{"GetAtt": "TimersQueue.Arn"}, {"GetAtt": "TimersDeadLetters.Arn"}]
    assert allowed("SchedulerRole", "sqs:SendMessage") == queues
    assert [each["Action"] for each in statements(ROLES["SchedulerRole"])] == [["sqs:SendMessage"]]


@each_role
def test_only_the_scheduler_role_is_passed_and_only_to_the_scheduler(name: str) -> None:
    passing = [each for each in statements(ROLES[name]) if any(action.startswith("iam:") for action in each["Action"])]
    for each in passing:
        assert (each["Action"], each["Resource"]) == (["iam:PassRole"], [{"GetAtt": "SchedulerRole.Arn"}])
        assert each["Condition"] == {"StringEquals": {"iam:PassedToService": "scheduler.amazonaws.com"}}
    assert bool(passing) == bool(allowed(name, "scheduler:CreateSchedule"))


def test_credentials_are_opened_only_where_they_are_needed() -> None:
    """To send, to change what was sent, to bind, to ask the platform, to verify a webhook, to take a channel apart; to
    sign calls of business systems; and to read a link of our own, which is sealed under another context."""
    assert {name for name in ROLES if allowed(name, "kms:Decrypt")} == {
        "BindChannelRole",
        "ChangeMessagesRole",
        "DeliverMessagesRole",
        "FinishDeletionsRole",
        "FireTimersRole",
        "OpenFileRole",
        "PushReceiptsRole",
        "ReceiveWebhooksRole",
        "RefreshSignatureRole",
        "SubmitTemplateRole",
        "TestBusinessSystemRole",
        "TestReceiptEndpointRole",
    }
    assert {name for name in ROLES if allowed(name, "kms:Encrypt")} == {
        "BindChannelRole",
        "BusinessSystemsRole",
        "FinishDeletionsRole",
        "FireTimersRole",
        "ReactToChangesRole",
        "ReceiptEndpointsRole",
        "RefreshSignatureRole",
    }


@pytest.mark.parametrize(
    "name",
    [
        "BusinessSystemsRole",
        "PushReceiptsRole",
        "ReceiptEndpointsRole",
        "RefreshSignatureRole",
        "TestBusinessSystemRole",
        "TestReceiptEndpointRole",
    ],
)
def test_who_signs_calls_of_strangers_opens_no_credentials_of_a_channel(name: str) -> None:
    """Both are sealed with one key, under contexts of their own."""
    [keys] = [each for each in statements(ROLES[name]) if any(action.startswith("kms:") for action in each["Action"])]
    assert keys["Condition"] == {"StringLike": {"kms:EncryptionContext:channel": "receipts:*"}}


def test_the_authorizer_reads_nothing_but_keys() -> None:
    tables = [each for each in statements(ROLES["AuthorizeRequestRole"]) if "dynamodb:GetItem" in each["Action"]]
    data = [each for each in tables if each["Resource"] == [{"GetAtt": "DataTable.Arn"}]]
    assert [each["Action"] for each in tables] == [["dynamodb:GetItem"]] * len(tables)
    assert data[0]["Condition"] == {"ForAllValues:StringLike": {"dynamodb:LeadingKeys": ["APIKEY#*"]}}


@pytest.mark.parametrize("name", ["ProjectChangesRole", "RecountMetricsRole"])
def test_what_counts_messages_writes_nothing_but_counters(name: str) -> None:
    writes = {"dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:DeleteItem"}
    (write,) = [each for each in statements(ROLES[name]) if writes & set(each["Action"]) and DATA in each["Resource"]]
    assert (len(write["Action"]), write["Resource"]) == (1, [DATA])
    assert write["Condition"] == {
        "ForAllValues:StringLike": {"dynamodb:LeadingKeys": ["ORG#*#TEMPLATE#*", "ORG#*#POLICY#*", "ORG#*#BROADCAST#*"]}
    }


def test_what_reads_messages_writes_nothing() -> None:
    actions = {action for each in statements(ROLES["ReadMessagesRole"]) for action in each["Action"]}
    assert actions == {
        "logs:CreateLogStream",
        "logs:PutLogEvents",
        "dynamodb:GetItem",
        "dynamodb:BatchGetItem",
        "dynamodb:Query",
        "s3:GetObject",
    }
