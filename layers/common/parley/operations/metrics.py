"""Metrics of templates, as they are shown: day by day, and in all."""

from collections import Counter

from parley.cloud import clock
from parley.model.metrics import DayMetrics, Metrics, TemplateMetrics, shown, span
from parley.model.times import day
from parley.operations import templates
from parley.store import metrics as store


def of_template(organization: str, template: str, start: str | None, end: str | None) -> TemplateMetrics:
    """Raises NotFound, and Invalid for days that are none or too many."""
    found = templates.get(organization, template)
    first, last = span(start, end, day(clock.now()))
    days = store.of_template(organization, template, first, last)
    return TemplateMetrics(
        template_id=found.id,
        start=first,
        end=last,
        days=[DayMetrics(day=each, **shown(counts)) for each, counts in days.items()],
        total=Metrics(**shown(sum(days.values(), Counter()))),
        quality=found.quality,
    )
