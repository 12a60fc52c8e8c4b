"""Buttons of templates."""

from collections import Counter
from itertools import groupby
from typing import Any

from local.simulators.whatsapp.errors import GraphError
from local.simulators.whatsapp.variables import variables

MOST = {"URL": 2, "PHONE_NUMBER": 1, "COPY_CODE": 1, "CATALOG": 1, "MPM": 1, "FLOW": 1, "VOICE_CALL": 1}
NO_TEXT = {"COPY_CODE"}
TYPES = {"QUICK_REPLY", "SPM", "REQUEST_CONTACT_INFO", *MOST}
OTP_TYPES = {"COPY_CODE", "ONE_TAP", "ZERO_TAP"}


def bad(details: str, title: str = "Invalid buttons") -> GraphError:
    return GraphError(100, details, message="Invalid parameter", subcode=2388043, user_title=title)


def check(buttons: Any) -> None:
    if not isinstance(buttons, list) or not 1 <= len(buttons) <= 10:
        raise bad("A template has 1 to 10 buttons.")
    counts = Counter(button["type"] for button in buttons)
    for kind, count in counts.items():
        if kind not in TYPES:
            raise bad(f"Button type {kind} is not possible here.")
        if count > MOST.get(kind, 10):
            raise bad(f"There can be at most {MOST[kind]} button(s) of type {kind}.")
    runs = [quick for quick, _ in groupby(buttons, key=lambda button: button["type"] == "QUICK_REPLY")]
    if runs.count(True) > 1 or runs == [False, True, False]:
        raise bad("Quick replies must stand together, before or after the other buttons.", "Invalid combination")
    for button in buttons:
        _one(button)


def _one(button: dict[str, Any]) -> None:
    kind = button["type"]
    if kind not in NO_TEXT:
        _length("text", button.get("text"), 25)
    if kind == "URL":
        _url(button)
    elif kind == "PHONE_NUMBER":
        _length("phone_number", button.get("phone_number"), 20)
    elif kind == "COPY_CODE":
        example = button.get("example")
        _length("example", example[0] if isinstance(example, list) and example else example, 15)
    elif kind == "FLOW" and sum(bool(button.get(name)) for name in ("flow_id", "flow_name", "flow_json")) != 1:
        raise bad("A flow button needs one of flow_id, flow_name and flow_json.")


def _length(name: str, value: Any, most: int) -> None:
    if not isinstance(value, str) or not 1 <= len(value) <= most:
        raise bad(f"Button field {name} must have 1 to {most} characters.")


def _url(button: dict[str, Any]) -> None:
    _length("url", button.get("url"), 2000)
    url, names = button["url"], variables(button["url"])
    if not url.startswith(("http://", "https://")):
        raise bad("The url of a button must start with https://.")
    if names and (names != ["1"] or not url.rstrip().endswith("}}") or url.count("{{") > 1):
        raise bad("A URL has one variable, {{1}}, at its end.")
    example = button.get("example")
    if names and not (example and isinstance(example, (list, str))):
        raise bad("component of type BUTTONS is missing expected field(s) (example)")


def check_otp(buttons: Any) -> None:
    if not isinstance(buttons, list) or len(buttons) != 1 or buttons[0]["type"] != "OTP":
        raise bad("An authentication template has exactly one OTP button.")
    kind = str(buttons[0].get("otp_type", "")).upper()
    if kind not in OTP_TYPES:
        raise bad(f"otp_type must be one of {sorted(OTP_TYPES)}")
    if kind != "COPY_CODE" and not (buttons[0].get("supported_apps") or buttons[0].get("package_name")):
        raise bad("This otp_type needs supported_apps.")
    if kind == "ZERO_TAP" and not buttons[0].get("zero_tap_terms_accepted"):
        raise bad("ZERO_TAP needs zero_tap_terms_accepted.")
