"""Runs for the data table's stream — makes deliveries of what business systems want to know."""

from parley.edge.stream import changes
from parley.operations import notifying

handler = changes(lambda _, several: notifying.react(several))
