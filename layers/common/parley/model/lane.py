"""The three lanes: one-time codes never wait behind a campaign."""

from enum import StrEnum


class Category(StrEnum):
    MARKETING = "MARKETING"
    UTILITY = "UTILITY"
    AUTHENTICATION = "AUTHENTICATION"


class Lane(StrEnum):
    OTP = "otp"
    TRANSACTIONAL = "transactional"
    MARKETING = "marketing"


_LANES = {Category.AUTHENTICATION: Lane.OTP, Category.MARKETING: Lane.MARKETING}


def lane_of(category: Category | None) -> Lane:
    return _LANES.get(category, Lane.TRANSACTIONAL) if category else Lane.TRANSACTIONAL
