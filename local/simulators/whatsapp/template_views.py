"""Templates as GET shows them."""

from typing import Any

from local.simulators.whatsapp.state import Template

DEFAULT = "name,status,category,language,components,parameter_format"


def shown(template: Template, fields: Any = None) -> dict[str, Any]:
    values: dict[str, Any] = {
        "name": template.name,
        "status": template.status,
        "category": template.category,
        "language": template.language,
        "components": components(template),
        "parameter_format": template.parameter_format,
        "previous_category": template.previous_category,
        "correct_category": template.correct_category,
        "rejected_reason": template.rejected_reason,
        "message_send_ttl_seconds": template.ttl,
        "quality_score": {"score": "UNKNOWN"},
    }
    asked = [name.strip() for name in str(fields or DEFAULT).split(",")]
    return {**{name: values[name] for name in asked if values.get(name) is not None}, "id": template.id}


def components(template: Template) -> list[dict[str, Any]]:
    """Authentication templates come back with the platform's text and their button as a URL."""
    if template.category != "AUTHENTICATION":
        return template.components
    return [_fixed(part) for part in template.components]


def _fixed(part: dict[str, Any]) -> dict[str, Any]:
    if part["type"] == "BODY":
        advice = " For your security, do not share this code." if part.get("add_security_recommendation") else ""
        return {
            **part,
            "text": f"*{{{{1}}}}* is your verification code.{advice}",
            "example": {"body_text": [["123456"]]},
        }
    if part["type"] == "FOOTER" and "code_expiration_minutes" in part:
        return {**part, "text": f"This code expires in {part['code_expiration_minutes']} minutes."}
    if part["type"] == "BUTTONS":
        url = "https://www.whatsapp.com/otp/code/?otp_type=COPY_CODE&code_expiration_minutes=10&code=otp{{1}}"
        return {
            **part,
            "buttons": [
                {
                    "type": "URL",
                    "text": button.get("text", "Copy code"),
                    "url": url,
                    "example": [url.replace("{{1}}", "123456")],
                }
                for button in part["buttons"]
            ],
        }
    return part
