"""Runs for the data table's stream — counts what changes of messages say about their templates."""

from parley.edge.stream import changes
from parley.operations import projection

handler = changes(projection.project)
