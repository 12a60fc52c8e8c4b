"""From source to a running stack on the engine: the same template and tool as on AWS, then the bridge."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from local import bridge, sam
from local.engine import ACCOUNT, REGION, Engine
from local.stack import Stack, client

NAME = "parley"
_ARTIFACTS = "parley-artifacts"
_FUNCTION_ARN = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function"


def deploy(engine: Engine, work: Path, parameters: Mapping[str, str]) -> Stack:
    """Create the stack, or bring the one in the persisted data up to date. Needs `sam.build` before."""
    _make_bucket(engine)
    _forget_failed(engine)
    sam.deploy(NAME, engine.url, _ARTIFACTS, parameters, work / "deploy.log")
    _make_numbers(engine)
    return describe(engine, work)


def describe(engine: Engine, work: Path) -> Stack:
    cloudformation = client("cloudformation", engine.url, REGION)
    pages = cloudformation.get_paginator("list_stack_resources").paginate(StackName=NAME)
    resources = [item for page in pages for item in page["StackResourceSummaries"]]
    names = {item["LogicalResourceId"]: item["PhysicalResourceId"] for item in resources}
    return Stack(
        name=NAME,
        work=str(work),
        endpoint=engine.url,
        region=REGION,
        api_url=_connect_api(engine, names),
        function_urls=_function_urls(engine, names, resources),
        outputs=_outputs(cloudformation),
        resources=names,
    )


def _connect_api(engine: Engine, names: Mapping[str, str]) -> str:
    """The base URL of the API, after its routes are made."""
    template = client("cloudformation", engine.url, REGION).get_template(StackName=NAME, TemplateStage="Processed")
    for logical_id, resource in template["TemplateBody"]["Resources"].items():
        if resource["Type"] == "AWS::ApiGatewayV2::Api":
            functions = {name: f"{_FUNCTION_ARN}:{physical}" for name, physical in names.items()}
            api = client("apigatewayv2", engine.url, REGION)
            bridge.connect(api, names[logical_id], resource["Properties"]["Body"], functions)
            return f"{engine.url}/_aws/execute-api/{names[logical_id]}"
    raise LookupError("the template has no HTTP API")


def _function_urls(engine: Engine, names: Mapping[str, str], resources: list[dict[str, Any]]) -> dict[str, str]:
    """By path instead of by host name, which not every machine resolves."""
    functions = client("lambda", engine.url, REGION)
    urls = {}
    for item in resources:
        if item["ResourceType"] == "AWS::Lambda::Url":
            function = item["LogicalResourceId"].removesuffix("Url")
            address = functions.get_function_url_config(FunctionName=names[function])["FunctionUrl"]
            urls[function] = f"{engine.url}/_aws/lambda-url/{urlsplit(address).netloc.split('.')[0]}"
    return urls


def _outputs(cloudformation: Any) -> dict[str, str]:
    stack = cloudformation.describe_stacks(StackName=NAME)["Stacks"][0]
    return {item["OutputKey"]: item["OutputValue"] for item in stack.get("Outputs", [])}


def _make_numbers(engine: Engine) -> None:
    """The engine keeps a concurrency that came by a parameter as text, and then cannot compare it."""
    functions = client("lambda", engine.url, REGION)
    for mapping in functions.list_event_source_mappings()["EventSourceMappings"]:
        most = mapping.get("ScalingConfig", {}).get("MaximumConcurrency")
        if most is not None:
            functions.update_event_source_mapping(UUID=mapping["UUID"], ScalingConfig={"MaximumConcurrency": int(most)})


def _make_bucket(engine: Engine) -> None:
    """sam would keep its artifacts in a stack of its own; a bare bucket is quicker, and making it twice is harmless."""
    client("s3", engine.url, REGION).create_bucket(Bucket=_ARTIFACTS)


def _forget_failed(engine: Engine) -> None:
    """A stack whose first creation failed can only be deleted."""
    cloudformation = client("cloudformation", engine.url, REGION)
    for stack in cloudformation.describe_stacks()["Stacks"]:
        if stack["StackName"] == NAME and stack["StackStatus"] in ("ROLLBACK_COMPLETE", "REVIEW_IN_PROGRESS"):
            cloudformation.delete_stack(StackName=NAME)
            cloudformation.get_waiter("stack_delete_complete").wait(StackName=NAME, WaiterConfig={"Delay": 1})
