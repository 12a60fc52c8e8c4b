"""Runs for the receipts queue — one call of an endpoint or business system, the one that is due first."""

from parley.edge.queue import process
from parley.operations import pushing

handler = process(pushing.push)
