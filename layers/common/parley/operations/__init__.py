"""What the system does: one module for each noun, one function for each operation."""
