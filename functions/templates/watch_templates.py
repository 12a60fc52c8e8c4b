"""Runs every hour — compares templates with those of their platforms, so a lost webhook leaves no change unseen."""

from parley.edge.job import job
from parley.operations import following

handler = job(following.watch)
