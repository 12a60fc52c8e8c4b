"""Runs for batches of the three lanes — hands each message to its provider, once."""

from parley.edge.queue import process_batch
from parley.operations import delivery

handler = process_batch(delivery.deliver)
