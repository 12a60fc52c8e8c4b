"""The sheet that a person fills in with the recipients of a broadcast, made for one template."""

from typing import NamedTuple

from parley import providers
from parley.errors import Conflict
from parley.model.address import AddressKind
from parley.model.channel import PROVIDERS, Channel
from parley.model.sheet import EXAMPLE, Signature, columns_of
from parley.model.template import Template, TemplateStatus
from parley.operations import channels, templates, versions
from parley.sheets import writing

NUMBER = "34600111222"


class Download(NamedTuple):
    filename: str
    body: bytes


def download_recipients_xlsx(organization: str, template: str) -> Download:
    """With a locked header and the signature of the template. Raises NotFound, and Conflict for a template that is not
    approved, since its variables may still change."""
    found = _approved(organization, template)
    signature = Signature(found.id, columns_of(found))
    return Download(_called(found, "xlsx"), writing.recipients(signature.columns, [_example(found)], signature))


def download_recipients_csv(organization: str, template: str) -> Download:
    """The same without locks and signature, which a text cannot have."""
    found = _approved(organization, template)
    return Download(_called(found, "csv"), writing.recipients_csv(columns_of(found), [_example(found)]).encode())


def _approved(organization: str, template: str) -> Template:
    found = versions.newest(templates.get(organization, template))
    versions.check_present(found)
    if found.status is not TemplateStatus.APPROVED:
        reason = f"The template is {found.status}; its sheet can be downloaded once it is approved."
        raise Conflict("template_not_approved", reason)
    return found


def _example(template: Template) -> list[str]:
    """A row that shows how to fill the sheet in, and that is never sent."""
    recipient = _recipient(channels.get(template.organization_id, template.channel_id))
    samples = template.defaults | template.samples
    return [f"{recipient} {EXAMPLE}", *(samples.get(name, "") for name in template.variables)]


def _recipient(channel: Channel) -> str:
    """An address as the channel knows people."""
    people = providers.capabilities(channel).people if channel.type in PROVIDERS else ()
    return next((form.example for form in people[:1] if form.kind is not AddressKind.PHONE), NUMBER)


def _called(template: Template, ending: str) -> str:
    return f"{template.name}.{template.language}.{ending}"
