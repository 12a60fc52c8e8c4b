"""What handlers share: one module for each kind of trigger."""
