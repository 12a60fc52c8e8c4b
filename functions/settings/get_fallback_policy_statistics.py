"""GET /rest/v1/fallback_policies/{policy_id}/statistics — what became of a policy's messages, by day and step."""

from typing import Annotated

from parley.edge.http import BASE, Channels, Query, create_app, entrypoint
from parley.model.policy_statistics import FallbackPolicyStatistics
from parley.operations import fallback_policies

app = create_app()


@app.get(
    f"{BASE}/fallback_policies/<policy_id>/statistics",
    summary="What became of a policy's messages, by day and step",
    tags=["Fallback policies"],
    operation_id="get_fallback_policy_statistics",
)
def get_fallback_policy_statistics(
    organization: Channels,
    policy_id: str,
    start: Annotated[str | None, Query(max_length=10, description="UTC, like 2026-03-01; 29 days before `end`")] = None,
    end: Annotated[str | None, Query(max_length=10, description="Today when left out; up to 366 days in all")] = None,
) -> FallbackPolicyStatistics:
    return fallback_policies.statistics(organization, policy_id, start, end)


handler = entrypoint(app)
