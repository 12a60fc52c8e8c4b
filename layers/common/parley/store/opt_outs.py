"""People who want no marketing on a channel; beside a suppression, which stops everything and is lifted by itself."""

from parley.model.suppression import OPTED_OUT, SuppressionScope
from parley.model.times import rfc3339
from parley.store import keys, people, table


def stop(organization: str, channel: str, who: str, at: int) -> None:
    """No marketing goes to this person any more. An older word than the one that let it go on changes nothing."""
    newer = "attribute_not_exists(marketing_stopped_at)"
    update = {
        "TableName": table.data(),
        "Key": keys.person(organization, channel, who),
        "UpdateExpression": "SET marketing_stopped_at = :at",
        "ConditionExpression": f"{newer} AND {people.not_after('marketing_resumed_at')}",
        "ExpressionAttributeValues": {":at": at},
    }
    listed = {**keys.opt_out(organization, channel, who), "reason": OPTED_OUT, "created_at": rfc3339(at)}
    listed["scope"] = SuppressionScope.MARKETING
    people.together({"Update": update}, {"Put": {"TableName": table.data(), "Item": listed}})


def resume(organization: str, channel: str, who: str, at: int, *, by_operator: bool = False) -> bool:
    """Marketing goes to this person again. False if an operator finds nothing to take back, or for an old word of the
    person, even where their newer one has not come yet.

    Platforms tell whole seconds, so their word of the same second counts as the older one."""
    stopped = "marketing_stopped_at <= :at"
    anyway = f"(attribute_not_exists(marketing_stopped_at) OR {stopped})"
    update = {
        "TableName": table.data(),
        "Key": keys.person(organization, channel, who),
        "UpdateExpression": "SET marketing_resumed_at = :at REMOVE marketing_stopped_at",
        "ConditionExpression": stopped if by_operator else f"{anyway} AND {people.not_after('marketing_resumed_at')}",
        "ExpressionAttributeValues": {":at": at if by_operator else at + 999},
    }
    listed = {"TableName": table.data(), "Key": keys.opt_out(organization, channel, who)}
    return people.together({"Update": update}, {"Delete": listed})
