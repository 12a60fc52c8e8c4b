"""The WhatsApp Cloud API as the Graph API serves it."""
