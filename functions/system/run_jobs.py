"""From the jobs queue — long work on many rows: checks of broadcasts, imports, exports, recounts."""

from parley.edge.queue import process_in_time
from parley.operations import jobs

handler = process_in_time(jobs.run)
