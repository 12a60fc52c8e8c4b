"""A generic HTTP SMS gateway with signed delivery reports."""
