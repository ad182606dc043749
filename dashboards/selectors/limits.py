"""The limits of an indicator that hold at an instant, by level, season and hour."""

from datetime import datetime
from typing import Any

from django.utils import timezone

from dashboards.enums import Direction, JudgedLevel
from dashboards.models import Indicator
from dashboards.states import Row, at_level, limits_at, read_table
from grids.enums import AreaLevel

Limit = dict[str, float | None]
NONE: Limit = {"low": None, "high": None}


def level_of(*, area_level: int) -> JudgedLevel:
    """Name the level by which an area's values are judged; areas beneath a street as streets."""
    is_district = area_level == AreaLevel.DISTRICT
    return JudgedLevel.DISTRICT if is_district else JudgedLevel.STREET


def table_of(*, indicator: Indicator, area_level: int) -> tuple[Row, ...]:
    """Give the rows of thresholds that hold for areas of a level."""
    table = read_table(indicator.thresholds, direction=indicator.direction)
    return at_level(table, level_of(area_level=area_level))


def limits_of(*, indicator: Indicator, area_level: int, at: datetime) -> dict[str, Limit]:
    """Give where yellow and red begin: at or beneath `low`, at or above `high`."""
    table = table_of(indicator=indicator, area_level=area_level)
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
