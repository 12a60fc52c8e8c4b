"""Runs for dead letters of the lanes and the timers — returns what was not claimed, and marks what was `unknown`."""

from parley.edge.queue import process
from parley.operations import dead_letters

handler = process(dead_letters.recover)
