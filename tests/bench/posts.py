"""What all workers that are compared post: a WhatsApp template with three values, by the number of its row."""

from typing import Any

PATH, TOKEN = "/v25.0/1/messages", "EAA-bench"
NAMES = ["name", "order", "day"]
ECHO = "0b1c8a52-6c1c-4f0e-9a51-3f6b8c1d2e3f.00000000-0000-4000-8000-%012d"


def to(number: int) -> str:
    return f"+34600{number:06d}"


def values(number: int) -> list[str]:
    return [f"Name {number}", f"A-{number}", "Monday"]


def body(to: str, values: list[str], echo: str) -> dict[str, Any]:
    """As Parley's adapter makes it for such a row."""
    said = [{"type": "text", "text": value, "parameter_name": name} for name, value in zip(NAMES, values, strict=True)]
    parts = [{"type": "body", "parameters": said}]
    template = {"name": "offer", "language": {"code": "en"}, "components": parts}
    who = {"messaging_product": "whatsapp", "recipient_type": "individual", "to": to}
    return {**who, "biz_opaque_callback_data": echo, "type": "template", "template": template}
