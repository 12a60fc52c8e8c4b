"""The AWS services around the table: queues, schedules, files, credentials, the clock."""
