"""From the jobs queue — long work on many rows: checks of broadcasts, imports, exports, recounts."""

from parley.edge.queue import process_jobs
from parley.operations import jobs

handler = process_jobs(jobs.run)
