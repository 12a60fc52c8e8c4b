"""Runs every hour — lets the poll ask for approved templates once, so a lost webhook leaves no change unseen."""

from parley.edge.job import job
from parley.operations import reviews

handler = job(reviews.watch)
