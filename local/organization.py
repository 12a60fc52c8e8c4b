"""`make organization`: a new organization and its first API key, on the stack that is up here or (--aws) on AWS."""

import argparse
import json
import sys
from typing import Any

import boto3

from local import paths, stack
from local.deploy import NAME

_FUNCTION = "CreateOrganizationFunction"


def main() -> None:
    arguments = _arguments()
    here = None if arguments.aws else stack.load(paths.WORK)
    make = here.client if here else boto3.client
    answer = make("lambda").invoke(FunctionName=_function(make), Payload=json.dumps({"name": arguments.name}))
    result = json.load(answer["Payload"])
    print(json.dumps(result, indent=2))
    sys.exit(1 if answer.get("FunctionError") else 0)


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
