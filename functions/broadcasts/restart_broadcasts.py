"""Runs every minute — begins the steps of a run again whose next one should have been made."""

from parley.edge.job import job
from parley.operations import feed

handler = job(feed.restart)
