"""The same SMS as anywhere, but a gateway need not echo our id: its receipts are found by its own id too."""

from dataclasses import replace

from parley.providers.sms_aws.capabilities import CAPABILITIES as SMS

CAPABILITIES = replace(SMS, echoes=False)
