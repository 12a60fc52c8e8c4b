"""Runs every minute — asks the platforms for templates in review, so a lost webhook leaves nothing stale."""

from parley.edge.job import job
from parley.operations import reviews

handler = job(reviews.poll)
