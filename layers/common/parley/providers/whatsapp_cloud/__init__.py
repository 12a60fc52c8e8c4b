"""WhatsApp Cloud API (Meta Graph)."""
