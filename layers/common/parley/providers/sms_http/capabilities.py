"""The same SMS as anywhere."""

from parley.providers.sms_aws.capabilities import CAPABILITIES

__all__ = ["CAPABILITIES"]
