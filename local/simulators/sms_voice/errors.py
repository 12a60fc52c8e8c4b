"""Exceptions of the AWS JSON 1.0 protocol."""

import uuid
from typing import Any

from local.simulators.wire.reply import Reply, plain_json

HTTP = {"InternalServerException": 500}
JSON = "application/x-amz-json-1.0"


class ServiceError(Exception):
    def __init__(
        self,
        name: str,
        message: str,
        reason: str | None = None,
        http: int | None = None,
        to: str | None = None,
        **extra: Any,
    ) -> None:
        super().__init__(f"{name} {reason or ''}: {message}")
        self.name, self.message, self.reason, self.to, self.extra = name, message, reason, to, extra
        self.http = http or HTTP.get(name, 400)

    def reply(self) -> Reply:
        body = {"__type": f"com.amazonaws.pinpointsmsvoicev2#{self.name}", "Message": self.message, **self.extra}
        return answer(body | ({"Reason": self.reason} if self.reason else {}), self.http)


def answer(body: dict[str, Any], http: int = 200) -> Reply:
    return plain_json(body, http, JSON).with_headers(x_amzn_RequestId=str(uuid.uuid4()))


def invalid(field: str, message: str) -> ServiceError:
    return ServiceError(
        "ValidationException",
        f"Invalid parameter {field}: {message}",
        "INVALID_PARAMETER",
        Fields=[{"Name": field, "Message": message}],
    )
