"""Where the rows of a broadcast come from."""

from parley.model.broadcast import SourceKind
from parley.model.capabilities import Capabilities
from parley.model.run import Run
from parley.model.template import Template
from parley.operations import rows_of_group, rows_of_list, rows_of_resend, rows_of_upload
from parley.operations.entries import Source


def open_source(run: Run, template: Template, abilities: Capabilities, desk: str) -> Source:
    """`desk` is a folder on disk that goes when the check is over.

    Raises Invalid for what is not there or cannot be read."""
    match run.source:
        case SourceKind.UPLOAD:
            return rows_of_upload.source(run, template, desk)
        case SourceKind.GROUP:
            return rows_of_group.source(run, template, abilities.people, desk)
        case SourceKind.RESEND:
            return rows_of_resend.source(run, template)
        case SourceKind.RECIPIENTS:
            return rows_of_list.source(run, template)
