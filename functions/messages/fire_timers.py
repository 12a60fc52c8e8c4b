"""Runs for the timers queue — scheduled sends, fallback waits, unknown outcomes, releases, whose time has come."""

from parley.edge.queue import process
from parley.operations import firing

handler = process(firing.fire)
