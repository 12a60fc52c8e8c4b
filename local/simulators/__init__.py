"""Servers that speak the providers' wire protocols on loopback, so that the real adapters talk to something."""
