"""Runs every minute — finishes deletions of channels that something cut short."""

from parley.edge.job import job
from parley.operations import deletion

handler = job(deletion.finish_all)
