"""Runs for the receipts queue — a call of an endpoint or business system for each message, of what is due first."""

from parley.edge.queue import process_together
from parley.operations import pushing

handler = process_together(pushing.push)
