"""How long a message may take where nobody says otherwise; apart from planning, which workers need not load."""

from parley.model.lane import Lane
from parley.settings import settings


def default_ttl(lane: Lane) -> int:
    known = settings()
    return {Lane.OTP: known.ttl_otp, Lane.TRANSACTIONAL: known.ttl_transactional, Lane.MARKETING: known.ttl_marketing}[
        lane
    ]
