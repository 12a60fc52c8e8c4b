"""Runs every night — compares the counters of the last days with the messages, and mends them."""

from parley.edge.job import job
from parley.operations import recount

handler = job(recount.recount)
