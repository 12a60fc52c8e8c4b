"""What a channel without templates of its own shows: the filled-in text."""

from parley.model.message import Content
from parley.model.template import Template, render


def text_of(content: Content, template: Template | None) -> str:
    return render(template.components, content.variables) if template else content.text or ""
