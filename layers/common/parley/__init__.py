"""Parley: one API to every chat app, in the business's own AWS account."""
