"""Whether a channel can show what is to be said; nothing is ever dropped in silence."""

from parley.errors import Problem
from parley.model.capabilities import Capabilities
from parley.model.message import MEDIA, Content, Kind
from parley.model.template import Template, render

TEMPLATE_FIELDS = ("template", "language", "variables")


def check(content: Content, template: Template | None, abilities: Capabilities, at: str) -> list[Problem]:
    """What is wrong with it; `at` is the prefix of its fields in the request."""
    if content.type not in abilities.kinds:
        return [Problem(f"{at}type", "kind_not_supported", f"This channel does not send {content.type}.")]
    if content.type is Kind.TEMPLATE:
        beside = [name for name in ("text", "media") if getattr(content, name) is not None]
        extra = [Problem(f"{at}{name}", "field_not_expected", f"A template has no {name}.") for name in beside]
        return [*extra, *_limits(shown_text(content, template), abilities, f"{at}template")]
    extra = [
        Problem(f"{at}{name}", "field_not_expected", f"A {content.type} has no {name}.")
        for name in TEMPLATE_FIELDS
        if getattr(content, name)
    ]
    wanted, other = ("media", "text") if content.type in MEDIA else ("text", "media")
    if getattr(content, wanted) is None:
        extra.append(Problem(f"{at}{wanted}", "field_missing", f"A {content.type} needs {wanted}."))
    if getattr(content, other) is not None:
        extra.append(Problem(f"{at}{other}", "field_not_expected", f"A {content.type} has no {other}."))
    if content.media and content.media.caption and content.type not in abilities.captions:
        extra.append(
            Problem(
                f"{at}media.caption", "caption_not_supported", f"This channel shows no caption with {content.type}."
            )
        )
    return [*extra, *_limits(content.text or "", abilities, f"{at}text")]


def _limits(text: str, abilities: Capabilities, field: str) -> list[Problem]:
    if len(text) <= abilities.text_limit:
        return []
    return [
        Problem(
            field,
            "text_too_long",
            f"A text holds at most {abilities.text_limit} characters here, with variables filled in.",
        )
    ]


def shown_text(content: Content, template: Template | None) -> str:
    if template:
        return (
            render(template.components, content.variables) if set(template.variables) <= set(content.variables) else ""
        )
    return content.text or (content.media.caption if content.media and content.media.caption else "")
