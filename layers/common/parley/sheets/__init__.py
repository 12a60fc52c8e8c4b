"""Spreadsheets in and out. What comes in is hostile until it was looked at: it is read in a process of its own."""
