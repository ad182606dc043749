"""The limits of an indicator that hold at an instant, by season and hour."""

from datetime import datetime
from typing import Any

from django.utils import timezone

from dashboards.enums import Direction
from dashboards.models import Indicator
from dashboards.states import limits_at, read_table

Limit = dict[str, float | None]
NONE: Limit = {"low": None, "high": None}


def limits_of(*, indicator: Indicator, at: datetime) -> dict[str, Limit]:
    """Give where yellow and red begin: at or beneath `low`, at or above `high`."""
    table = read_table(indicator.thresholds, direction=indicator.direction)
    limits = limits_at(table, timezone.localtime(at))
    return {
        "yellow": as_limit(limits.yellow, indicator.direction),
        "red": as_limit(limits.red, indicator.direction),
    }


def as_limit(threshold: Any, direction: str) -> Limit:
    """Write a threshold the same way for every direction."""
    if threshold is None:
        return NONE
    if direction == Direction.BAND:
        low, high = threshold
        return {"low": low, "high": high}
    name = "high" if direction == Direction.LOWER else "low"
    return {**NONE, name: threshold}
