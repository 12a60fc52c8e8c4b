"""Everything that is promised, proven."""
