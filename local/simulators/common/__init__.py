"""What all simulators share: settings, timers, the journal, token buckets, magic numbers, forced faults."""
