"""Dying at a chosen place: before or after any call to AWS, or before or after the provider took a message."""

from collections.abc import Callable
from functools import partial
from typing import Any

from botocore.exceptions import EndpointConnectionError
from parley.cloud import clients

SERVICES = ("dynamodb", "sqs", "kms", "s3")


class Killed(BaseException):
    """The process is gone. No `except Exception` of the program may catch it."""


def _named(hook: Callable[[str], None], model: Any, **_: Any) -> None:
    hook(model.name)


class Faults:
    """Counts every call that the program makes; `arm` makes one of them the last.

    `how`: "before" (nothing happened), "after" (it took effect, nobody heard of it), "error" (AWS does not answer)."""

    def __init__(self) -> None:
        self.left, self.how, self.only = 0, "", ""
        self.fired = False
        self.seen: list[str] = []

    def install(self) -> None:
        for service in SERVICES:
            events = clients.client(service).meta.events
            for moment, hook in (("before-call", self.before), ("after-call", self.after)):
                events.unregister(moment, unique_id=f"faults-{moment}")  # clients outlive their account
                events.register(moment, partial(_named, hook), unique_id=f"faults-{moment}")

    def arm(self, nth: int, how: str, only: str = "") -> None:
        """Fires at the nth call from now (of those named `only`)."""
        self.left, self.how, self.only, self.fired = nth, how, only, False

    def disarm(self) -> None:
        self.left = 0

    def before(self, name: str) -> None:
        self.seen.append(name)
        if not self.left or self.only not in ("", name):
            return
        self.left -= 1
        if self.left == 0 and self.how != "after":
            self._fire(name)
        self.dying = self.left == 0

    def after(self, name: str) -> None:
        if getattr(self, "dying", False) and self.how == "after" and self.only in ("", name):
            self.dying = False
            self._fire(name)

    def _fire(self, name: str) -> None:
        self.fired = True
        if self.how == "error":
            raise EndpointConnectionError(endpoint_url=f"https://{name}.test")
        raise Killed(name)
