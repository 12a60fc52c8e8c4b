"""The only place that writes a key. A tenant's items start with its organization, so the key is the fence."""

from collections.abc import Mapping
from typing import Any

from parley.model.times import day

Key = dict[str, str]


def organization_of(key: Mapping[str, Any]) -> str:
    """Whose item it is; of a tenant's items."""
    return str(key["pk"]).split("#")[1]


def organization(o: str) -> Key:
    return {"pk": f"ORG#{o}", "sk": "ORG"}


def listed_organization(o: str) -> Key:
    """The deployment's list of organizations, for its own jobs; no API reads it."""
    return {"pk": "ORGANIZATIONS", "sk": o}


def customer(provider: str, o: str) -> Key:
    return {"pk": f"ORG#{provider}", "sk": f"CUSTOMER#{o}"}


def api_key_secret(hashed: str) -> Key:
    return {"pk": f"APIKEY#{hashed}", "sk": "KEY"}


def api_key(o: str, key: str) -> Key:
    return {"pk": f"ORG#{o}", "sk": f"APIKEY#{key}"}


def channel(o: str, c: str) -> Key:
    return {"pk": f"ORG#{o}", "sk": f"CHANNEL#{c}"}


def credential(o: str, c: str) -> Key:
    return {"pk": f"ORG#{o}#CHANNEL#{c}", "sk": "CREDENTIAL"}


def sender_claim(platform: str, sender: str) -> Key:
    return {"pk": f"SENDER#{platform}#{sender}", "sk": "CLAIM"}


def account_channels(platform: str, account: str) -> tuple[str, str]:
    """Every channel of a business account, of whichever organization."""
    return f"ACCOUNT#{platform}#{account}", "ORG#"


def account_channel(platform: str, account: str, o: str, c: str) -> Key:
    pk, prefix = account_channels(platform, account)
    return {"pk": pk, "sk": f"{prefix}{o}#CHANNEL#{c}"}


def webhook_path(c: str) -> Key:
    """From the channel id in a webhook's path to its organization."""
    return {"pk": f"WEBHOOK#{c}", "sk": "CLAIM"}


def template(o: str, t: str) -> Key:
    return {"pk": f"ORG#{o}", "sk": f"TEMPLATE#{t}"}


def template_name(o: str, c: str, name: str, language: str) -> Key:
    return {"pk": f"ORG#{o}#CHANNEL#{c}", "sk": f"TEMPLATE#{name}#{language}"}


def template_names(o: str, c: str) -> tuple[str, str]:
    return f"ORG#{o}#CHANNEL#{c}", "TEMPLATE#"


def template_claim(platform: str, provider_id: str) -> Key:
    return {"pk": f"TEMPLATE#{platform}#{provider_id}", "sk": "CLAIM"}


def metrics(o: str, of: str, day: str, timed: bool, channel: str = "", broadcast: bool = False) -> Key:
    """The counters of a template and day, of a fallback policy and day on a channel, or of a broadcast and hour; what
    was timed on an earlier day is counted apart."""
    kind, where = ("POLICY", f"#{channel}") if channel else ("BROADCAST" if broadcast else "TEMPLATE", "")
    return {"pk": f"ORG#{o}#{kind}#{of}", "sk": f"METRIC#{day}{where}{'#TIMED' if timed else ''}"}


def metrics_between(o: str, kind: str, of: str, first: str, last: str) -> tuple[str, str, str]:
    """Partition, and the sort keys around all counters of these days; `kind` is TEMPLATE, POLICY or BROADCAST."""
    return f"ORG#{o}#{kind}#{of}", f"METRIC#{first}", f"METRIC#{last}#~"


def day_of_metrics(key: Mapping[str, Any]) -> str:
    return str(key["sk"]).split("#")[1]


def counted_batch(batch: str) -> Key:
    """A mark in the runtime table, so that changes that come twice count once."""
    return {"pk": f"COUNTED#{batch}", "sk": "BATCH"}


def in_review(o: str, t: str) -> Key:
    """A mark in the runtime table, so that the poll reads only what waits for a review."""
    return {"pk": "IN_REVIEW", "sk": f"{o}#{t}"}


def state(o: str, m: str) -> Key:
    return {"pk": f"ORG#{o}#MESSAGE#{m}", "sk": "STATE"}


def content(o: str, m: str, fingerprint: str) -> Key:
    """The fingerprint is part of the key, so a refused repeat can never change what is sent."""
    return {"pk": f"ORG#{o}#MESSAGE#{m}", "sk": f"CONTENT#{fingerprint}"}


def upload(o: str, u: str) -> Key:
    return {"pk": f"ORG#{o}", "sk": f"UPLOAD#{u}"}


def channel_media(o: str, c: str) -> tuple[str, str]:
    """The rows of a channel's media library, by the time they were made."""
    return f"ORG#{o}#CHANNEL#{c}", "MEDIA#"


def in_library(o: str, c: str, created_at: str, u: str) -> Key:
    pk, prefix = channel_media(o, c)
    return {"pk": pk, "sk": f"{prefix}{created_at}#{u}"}


def uses(o: str, kind: str, id: str) -> tuple[str, str]:
    """An item for each thing that needs this UPLOAD, RULE, SYSTEM or INTENT, so that what is used is not deleted."""
    return f"ORG#{o}#{kind}#{id}", "USES#"


def use(o: str, kind: str, id: str, user: str) -> Key:
    pk, prefix = uses(o, kind, id)
    return {"pk": pk, "sk": f"{prefix}{user}"}


def fallback_rule(o: str, r: str) -> Key:
    return {"pk": f"ORG#{o}", "sk": f"RULE#{r}"}


def fallback_policy(o: str, p: str) -> Key:
    return {"pk": f"ORG#{o}", "sk": f"POLICY#{p}"}


def channel_event(o: str, c: str, hour: str, kind: str) -> Key:
    return {"pk": f"ORG#{o}#CHANNEL#{c}", "sk": f"EVENT#{hour}#{kind}"}


def hold_mark(held_by: str) -> Key:
    """A mark in the runtime table for each thing that holds messages, so that the minute job finds its index."""
    return {"pk": "HOLDS", "sk": held_by}


def rate(o: str, c: str) -> Key:
    return {"pk": f"ORG#{o}#CHANNEL#{c}", "sk": "RATE"}


def person_rate(o: str, c: str, who: str) -> Key:
    """When the next message may go to one person or group, and when the next one in line for them asks again."""
    return {"pk": f"ORG#{o}#CHANNEL#{c}", "sk": f"RATE#{who}"}


def codes(o: str, c: str, rule: str, whose: str, window: str) -> Key:
    """A counter of one-time codes; no channel: of the whole organization."""
    of = f"ORG#{o}#CHANNEL#{c}" if c else f"ORG#{o}"
    return {"pk": f"{of}#CODES#{rule}#{whose}", "sk": window}


def scheduling_resources(o: str) -> tuple[str, str]:
    """The pool of numbers that an organization keeps for one-time codes."""
    return f"ORG#{o}", "RESOURCE#"


def scheduling_resource(o: str, r: str) -> Key:
    pk, prefix = scheduling_resources(o)
    return {"pk": pk, "sk": f"{prefix}{r}"}


def resource_health(r: str) -> Key:
    """How a number of a pool does, in the runtime table; whoever uses it names it by an id that we gave."""
    return {"pk": f"RESOURCE#{r}", "sk": "HEALTH"}


def resource_use(r: str, minute: int) -> Key:
    """The codes that went out from it in one minute of the clock."""
    return {"pk": f"RESOURCE#{r}", "sk": f"MINUTE#{minute}"}


def deletion(o: str, c: str) -> Key:
    """A mark in the runtime table for a channel whose deletion is not finished."""
    return {"pk": "DELETIONS", "sk": f"{o}#{c}"}


def position(job: str) -> Key:
    """Where a job that goes from channel to channel had to stop."""
    return {"pk": job, "sk": "POSITION"}


def by_day(o: str, c: str, at: int) -> str:
    return f"ORG#{o}#CHANNEL#{c}#DAY#{day(at)}"


def by_person(o: str, who: str) -> str:
    return f"ORG#{o}#PERSON#{who}"


def by_reference(o: str, reference: str) -> str:
    return f"ORG#{o}#REFERENCE#{reference}"


def by_provider_message(platform: str, sender: str, provider_id: str) -> str:
    return f"{platform}#{sender}#{provider_id}"


def held_by_channel(o: str, c: str) -> str:
    return f"ORG#{o}#CHANNEL#{c}"


def parked(o: str, c: str) -> str:
    """A sender that its platform asked to rest."""
    return f"ORG#{o}#PARKED#{c}"


def quiet(o: str, c: str) -> str:
    """What waits for the end of its recipient's quiet hours."""
    return f"ORG#{o}#QUIET#{c}"


def held_by_template(o: str, t: str) -> str:
    return f"ORG#{o}#TEMPLATE#{t}"


def held_by_schedule(o: str, c: str) -> str:
    """Scheduled messages stand under their channel in the same sparse index as the held ones."""
    return f"ORG#{o}#SCHEDULE#{c}"
