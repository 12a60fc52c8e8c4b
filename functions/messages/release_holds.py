"""Runs every minute — releases held messages whose reason is gone, and expires those whose time is over."""

from parley.edge.job import job
from parley.operations import holds

handler = job(holds.release_all)
