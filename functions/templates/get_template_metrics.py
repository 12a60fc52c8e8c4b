"""GET /rest/v1/templates/{template_id}/metrics — what became of a template's messages, by day."""

from typing import Annotated

from parley.edge.http import BASE, Query, Templates, create_app, entrypoint
from parley.model.metrics import TemplateMetrics
from parley.operations import metrics

app = create_app()


@app.get(
    f"{BASE}/templates/<template_id>/metrics",
    summary="What became of a template's messages, by day",
    tags=["Templates"],
    operation_id="get_template_metrics",
)
def get_template_metrics(
    organization: Templates,
    template_id: str,
    start: Annotated[str | None, Query(max_length=10, description="UTC, like 2026-03-01; 29 days before `end`")] = None,
    end: Annotated[str | None, Query(max_length=10, description="Today when left out; up to 366 days in all")] = None,
) -> TemplateMetrics:
    return metrics.of_template(organization, template_id, start, end)


handler = entrypoint(app)
