"""What an SMS can show and tell."""

from parley.providers.plain import SMS

CAPABILITIES = SMS
