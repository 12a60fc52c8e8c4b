"""The same SMS as anywhere, but a gateway need not echo our id: its receipts are found by its own id too."""

from dataclasses import replace

from parley.providers.plain import SMS

CAPABILITIES = replace(SMS, echoes=False)
