"""How the template ties things together: triggers, dead letters, alarms, time-outs, and the size of it all."""

import json
from typing import Any

import pytest
from parley.model.metrics import COUNTS_NOTHING
from parley.model.receipt_delivery import CALL_SECONDS, LEASE
from parley.store import keys
from parley.store.metrics import MOST_PLACES
from samtranslator.translator.transform import transform

from local.simulation import LOCAL
from tests.support.cloud import ROOT, template
from tests.support.house import events, lambdas, resources, statements, tracked

Json = dict[str, Any]
QUEUES = resources("SQS::Queue")
ALARMS = resources("CloudWatch::Alarm")
DEAD_LETTERS = {name for name in QUEUES if name.endswith("DeadLetters")}
DEFAULTS = {name: str(each.get("Default", "")) for name, each in template()["Parameters"].items()}
MOST_RESOURCES = 450
KEYLESS = {"ShowDocsFunction"}


def test_every_queue_has_dead_letters() -> None:
    assert DEAD_LETTERS
    for name in set(QUEUES) - DEAD_LETTERS:
        policy = QUEUES[name]["RedrivePolicy"]
        assert policy["deadLetterTargetArn"]["GetAtt"].removesuffix(".Arn") in DEAD_LETTERS
        assert 3 <= policy["maxReceiveCount"] <= 10


def test_dead_letters_are_kept_as_long_as_possible_and_lead_nowhere() -> None:
    for name in DEAD_LETTERS:
        assert "RedrivePolicy" not in QUEUES[name]
        assert QUEUES[name]["MessageRetentionPeriod"] == 1_209_600


@pytest.mark.parametrize("name", sorted(DEAD_LETTERS))
def test_every_dead_letter_queue_has_an_alarm(name: str) -> None:
    dimension = {"Name": "QueueName", "Value": {"GetAtt": f"{name}.QueueName"}}
    (alarm,) = [each for each in ALARMS.values() if each.get("Dimensions") == [dimension]]
    assert alarm["MetricName"] == "ApproximateNumberOfMessagesVisible"
    assert (alarm["Threshold"], alarm["ComparisonOperator"]) == (0, "GreaterThanThreshold")


@pytest.mark.parametrize("name", sorted(ALARMS))
def test_every_alarm_tells_somebody(name: str) -> None:
    assert ALARMS[name]["AlarmActions"] == [{"Ref": "AlarmsTopic"}]
    assert ALARMS[name]["AlarmDescription"]


@pytest.mark.parametrize("metric", ["KeyRefused", "WebhookRefused", "DeadLetter", "OtpRefused"])
def test_what_the_program_counts_has_an_alarm(metric: str) -> None:
    (alarm,) = [each for each in ALARMS.values() if each["MetricName"] == metric]
    assert alarm["Namespace"] == "Parley"
    assert alarm["Dimensions"] == [{"Name": "service", "Value": "parley"}]


def test_alarms_watch_only_what_the_program_counts() -> None:
    code = "".join(path.read_text() for folder in ("layers", "functions") for path in (ROOT / folder).rglob("*.py"))
    assert all(f'"{each["MetricName"]}"' in code for each in ALARMS.values() if each["Namespace"] == "Parley")


def test_every_queue_is_read_by_a_function_that_returns_what_failed() -> None:
    triggers = [each for function in lambdas().values() for each in events(function, "SQS")]
    assert all(each["FunctionResponseTypes"] == ["ReportBatchItemFailures"] for each in triggers)
    read = {each["Queue"]["GetAtt"].removesuffix(".Arn") for each in triggers}
    # the first are redriven, the others only tell
    by_hand = {"WebhooksDeadLetters", "ChangesDeadLetters", "ReceiptsDeadLetters"}
    assert read == set(QUEUES) - by_hand


@pytest.mark.parametrize("name", [name for name, each in sorted(lambdas().items()) if events(each, "DynamoDB")])
def test_a_stream_is_read_in_batches_that_come_again_and_not_for_ever(name: str) -> None:
    """One transaction takes a batch whole; bisected, a batch would no longer be known as the same one."""
    (stream,) = events(lambdas()[name], "DynamoDB")
    assert stream["BatchSize"] <= MOST_PLACES
    assert not stream["BisectBatchOnFunctionError"]
    assert 0 < stream["MaximumRetryAttempts"] < 1000
    destination = stream["DestinationConfig"]["OnFailure"]["Destination"]
    assert destination in allowed(lambdas()[name]["Role"]["GetAtt"].removesuffix(".Arn"), "sqs:SendMessage")


def test_the_stream_leaves_out_what_counts_nothing() -> None:
    (stream,) = events(lambdas()["ProjectChangesFunction"], "DynamoDB")
    """Under a policy a superseded message has something to say: its fallback has fired."""
    of_templates, of_policies = [
        json.loads(each["Pattern"])["dynamodb"] for each in stream["FilterCriteria"]["Filters"]
    ]
    assert [each["Keys"]["sk"]["S"] for each in (of_templates, of_policies)] == [[keys.state("", "")["sk"]]] * 2
    assert of_templates["NewImage"]["status"]["S"] == [{"anything-but": list(COUNTS_NOTHING)}]
    silent = [each for each in COUNTS_NOTHING if each != "superseded"]
    assert of_policies["NewImage"]["status"]["S"] == [{"anything-but": silent}]
    assert [next(iter(each["NewImage"])) for each in (of_templates, of_policies)] == ["template", "policy"]


@pytest.mark.parametrize("given", [DEFAULTS, DEFAULTS | LOCAL], ids=["aws", "local"])
def test_a_worker_ends_before_its_lease_and_its_lease_before_the_queue_gives_up(given: dict[str, str]) -> None:
    """On every queue that a worker reads; and one call fits into a run."""
    call, worker, lease = (int(given[name]) for name in ("CallTimeout", "WorkerTimeout", "Lease"))
    lanes = [each for name, each in QUEUES.items() if name != "ReceiptsQueue"]
    waits = {int(given[each["VisibilityTimeout"]["Ref"]]) for each in lanes}
    assert call + 1.5 < worker < lease < min(waits)


@pytest.mark.parametrize("given", [DEFAULTS, DEFAULTS | LOCAL], ids=["aws", "local"])
def test_a_call_of_a_business_system_ends_before_anybody_else_may_make_it(given: dict[str, str]) -> None:
    assert QUEUES["ReceiptsQueue"]["VisibilityTimeout"] == {"Ref": "PushVisibility"}
    push, seen = int(given["PushTimeout"]), int(given["PushVisibility"])
    assert CALL_SECONDS + 5 < push < LEASE / 1000 < seen


def test_functions_that_read_queues_run_no_longer_than_a_worker() -> None:
    """Work on a million rows takes longer, and waits in a queue of its own."""
    for name, function in lambdas().items():
        if events(function, "SQS"):
            [queue, *_] = [each["Queue"]["GetAtt"] for each in events(function, "SQS")]
            own = {"JobsQueue.Arn": "JobTimeout", "ReceiptsQueue.Arn": "PushTimeout"}
            assert function["Timeout"] == {"Ref": own.get(queue, "WorkerTimeout")}, name


@pytest.mark.parametrize("given", [DEFAULTS, DEFAULTS | LOCAL], ids=["aws", "local"])
def test_a_job_ends_before_its_queue_gives_it_to_another(given: dict[str, str]) -> None:
    assert QUEUES["JobsQueue"]["VisibilityTimeout"] == {"Ref": "JobVisibility"}
    assert int(given["WorkerTimeout"]) < int(given["JobTimeout"]) < int(given["JobVisibility"])


def test_the_program_knows_the_same_times() -> None:
    variables = template()["Globals"]["Function"]["Environment"]["Variables"]
    wanted = {"LEASE": "Lease", "CALL_TIMEOUT": "CallTimeout", "SETTLE_OTP": "SettleOtp", "TIMER_STEP": "TimerStep"}
    assert {name: variables[name] for name in wanted} == {name: {"Ref": each} for name, each in wanted.items()}


@pytest.mark.parametrize("switch", ["AllowLoopbackUrls", "ClockShiftable"])
def test_switches_of_the_local_stack_are_off_and_it_alone_turns_them_on(
    monkeypatch: pytest.MonkeyPatch, switch: str
) -> None:
    from parley.settings import Settings, settings

    parameter = template()["Parameters"][switch]
    assert (parameter["Default"], parameter["AllowedValues"], LOCAL[switch]) == ("false", ["true", "false"], "true")
    [(name, _)] = [
        each
        for each in template()["Globals"]["Function"]["Environment"]["Variables"].items()
        if each[1] == {"Ref": switch}
    ]
    own = [each.get("Environment", {}).get("Variables", {}) for each in lambdas().values()]
    assert not any(name in each for each in own)
    monkeypatch.setenv(name, parameter["Default"])
    settings.cache_clear()
    assert [getattr(made, name.lower()) for made in (settings(), Settings())] == [False, False]
    settings.cache_clear()
    texts = {path.relative_to(ROOT).as_posix(): path.read_text() for path in tracked() if path.suffix != ".png"}
    told = {path for path, text in texts.items() if switch in text and not path.startswith(("tests/", "docs/"))}
    assert told == {"template.yaml", "local/simulation.py"}


def test_every_setting_of_the_environment_is_known() -> None:
    from parley.settings import Settings

    given = [each.get("Environment", {}).get("Variables", {}) for each in lambdas().values()]
    names = {name for each in [template()["Globals"]["Function"]["Environment"]["Variables"], *given] for name in each}
    ours = {name for name in names if not name.startswith(("AWS_", "POWERTOOLS_"))}
    own = "".join(path.read_text() for path in (ROOT / "layers/common/parley/providers").glob("*/*.py"))
    assert {name for name in ours if f'"{name}"' not in own} <= {name.upper() for name in Settings.model_fields}


def test_only_the_docs_need_no_key() -> None:
    assert template()["Resources"]["Api"]["Properties"]["Auth"]["DefaultAuthorizer"] == "ApiKey"
    for name, function in lambdas().items():
        for route in events(function, "HttpApi"):
            assert ("Auth" in route) == (name in KEYLESS), route
            assert route["Path"].startswith("/rest/v1/")
            assert route["ApiId"] == {"Ref": "Api"}


def test_function_urls_are_for_receivers_and_links_alone() -> None:
    open_ones = {name for name, function in lambdas().items() if "FunctionUrlConfig" in function}
    assert open_ones == {name for name in lambdas() if name.startswith("Receive")} | {"OpenFileFunction"}
    assert len(open_ones) == 4


def test_what_must_not_be_lost_is_retained_and_recoverable() -> None:
    found = template()["Resources"]
    for name in ("DataTable", "FilesBucket", "CredentialsKey"):
        assert found[name]["DeletionPolicy"] == found[name]["UpdateReplacePolicy"] == "Retain"
    recovery = found["DataTable"]["Properties"]["PointInTimeRecoverySpecification"]
    assert recovery == {"PointInTimeRecoveryEnabled": True}


def test_the_stack_stays_far_from_cloudformations_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    assert len(_processed()["Resources"]) < MOST_RESOURCES


def allowed(role: str, action: str) -> list[Any]:
    """The resources on which a role may do this."""
    found = [each for each in statements(resources("IAM::Role")[role]) if action in each["Action"]]
    return [resource for each in found for resource in each["Resource"]]


def _processed() -> Json:
    """What CloudFormation gets to see."""

    class Policies:
        def load(self) -> dict[str, str]:
            return {}

    plain = _plain(template())
    for name in ("DependenciesLayer", "CommonLayer"):
        plain["Resources"][name]["Properties"]["ContentUri"] = "s3://bucket/layer.zip"
    for each in plain["Resources"].values():
        if each["Type"].endswith("Serverless::Function"):
            each["Properties"]["CodeUri"] = "s3://bucket/function.zip"
    return dict(transform(plain, DEFAULTS, Policies()))


def _plain(value: Any) -> Any:
    """CloudFormation's own long forms."""
    if isinstance(value, dict) and len(value) == 1:
        ((name, inner),) = value.items()
        if name in ("GetAtt", "Sub", "If", "Not", "Equals", "Ref", "Condition"):
            inner = inner.split(".", 1) if name == "GetAtt" and isinstance(inner, str) else inner
            return {name if name in ("Ref", "Condition") else f"Fn::{name}": _plain(inner)}
    if isinstance(value, dict):
        return {name: _plain(each) for name, each in value.items()}
    return [_plain(each) for each in value] if isinstance(value, list) else value
