"""From the feeds queue — one step of a broadcast's run: what became of its rows, and the next ones onto their lane."""

from parley.edge.queue import process_in_time
from parley.operations import feed

handler = process_in_time(feed.step)
