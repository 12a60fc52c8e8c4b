"""Runs every minute — lets endpoints and business systems be called of which a delivery is due."""

from parley.edge.job import job
from parley.operations import waking

handler = job(waking.wake)
