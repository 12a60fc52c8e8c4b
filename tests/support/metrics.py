"""What a function counted, read from the lines that it wrote for CloudWatch."""

import json
from collections import Counter

import pytest


def counted(capsys: pytest.CaptureFixture[str]) -> dict[str, int]:
    """Sums by the metric's name; reading takes the lines away."""
    found: Counter[str] = Counter()
    for line in capsys.readouterr().out.splitlines():
        entry = json.loads(line) if line.startswith("{") else {}
        for each in entry.get("_aws", {}).get("CloudWatchMetrics", []):
            found.update({metric["Name"]: _sum(entry[metric["Name"]]) for metric in each["Metrics"]})
    return dict(found)


def _sum(value: int | list[float]) -> int:
    return int(sum(value)) if isinstance(value, list) else value
