"""Runs every day — mends or ends whatever a crash left behind."""

from parley.edge.job import job
from parley.operations import reconciliation

handler = job(reconciliation.reconcile)
