"""The control API: what tests and people use to look into the simulators and to change how they behave."""
