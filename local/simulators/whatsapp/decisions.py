"""What Meta decides about numbers and business accounts, forced by the control API, and tells every subscriber."""

from typing import Any

from local.simulators.whatsapp.state import Phone
from local.simulators.whatsapp.webhooks import Update
from local.simulators.whatsapp.world import World

Wire = dict[str, Any]


def decide(world: World, phone: Phone, order: Wire) -> list[str]:
    """One webhook for each decision of the order; the fields they came by."""
    decided = {field: value for field, value in _values(phone, order).items() if value}
    for field, value in decided.items():
        world.webhooks.publish(Update(phone.waba_id, field, {**value, **order.get("extra", {})}, phone.id))
    return list(decided)


def _values(phone: Phone, order: Wire) -> dict[str, Wire | None]:
    """By field. A quality update tells of limits, not of the quality."""
    shown = {"display_phone_number": phone.digits}
    name, quality, review, account = (order.get(each) for each in ("name", "quality", "review", "account"))
    reason = {"requested_verified_name": phone.verified_name, "rejection_reason": order.get("rejection_reason")}
    return {
        "phone_number_name_update": {**shown, "decision": name, **reason} if name else None,
        "phone_number_quality_update": {**shown, "event": quality, **_limit(order)} if quality else None,
        "account_review_update": {"decision": review} if review else None,
        "account_update": {"event": account} if account else None,
    }


def _limit(order: Wire) -> Wire:
    return {"max_daily_conversations_per_business": str(order.get("limit", "TIER_2K"))}
