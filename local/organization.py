"""`make organization`: a new organization and its first API key, on the stack that is up here or (--aws) on AWS."""

import argparse
import json
import sys
from typing import Any

import boto3
from botocore.exceptions import BotoCoreError, ClientError, EndpointConnectionError

from local import paths, stack
from local.deploy import NAME

_FUNCTION = "CreateOrganizationFunction"


def main() -> None:
    arguments = _arguments()
    try:
        answer = _invoke(arguments.name, on_aws=arguments.aws)
    except (FileNotFoundError, EndpointConnectionError):
        sys.exit("nothing is up here: run `make up` in another terminal, or add ARGS=--aws")
    except (BotoCoreError, ClientError) as error:
        sys.exit(f"AWS refused: {error}")
    result = json.load(answer["Payload"])
    print(json.dumps(result, indent=2, ensure_ascii=False))
    sys.exit(1 if answer.get("FunctionError") else 0)


def _invoke(name: str, *, on_aws: bool) -> Any:
    make = boto3.client if on_aws else stack.load(paths.WORK).client
    return make("lambda").invoke(FunctionName=_function(make), Payload=json.dumps({"name": name}))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("name")
    parser.add_argument("--aws", action="store_true", help="use the AWS account of the environment")
    return parser.parse_args()


def _function(make: Any) -> str:
    found = make("cloudformation").describe_stack_resource(StackName=NAME, LogicalResourceId=_FUNCTION)
    return str(found["StackResourceDetail"]["PhysicalResourceId"])


if __name__ == "__main__":
    main()
