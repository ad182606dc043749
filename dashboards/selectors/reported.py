"""What departments reported, read by the index of (area, indicator, instant)."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import QuerySet

from dashboards.enums import Reach, ReportStatus, Source
from dashboards.models import Indicator, ReportedValue
from grids.enums import AreaLevel
from grids.models import Area

REACHED = {Reach.DISTRICT: AreaLevel.DISTRICT, Reach.STREET: AreaLevel.STREET}
# One backward step of the index for each pair, however long the history is.
NEWEST = """
SELECT indicator.id, area.id, newest.value, newest.at
FROM dashboards_indicator indicator
CROSS JOIN grids_area area
CROSS JOIN LATERAL (
    SELECT value, at FROM dashboards_reportedvalue reported
    WHERE reported.area_id = area.id AND reported.indicator_id = indicator.id
      AND reported.status = %(accepted)s
    ORDER BY at DESC LIMIT 1
) newest
WHERE indicator.source = %(report)s
  AND area.level <= CASE indicator.reach WHEN %(street)s THEN 2 ELSE 1 END
  AND (%(indicators)s::bigint[] IS NULL OR indicator.id = ANY(%(indicators)s))
  AND (%(areas)s::bigint[] IS NULL OR area.id = ANY(%(areas)s))
"""
RECENT = """
SELECT area.id, recent.at, recent.value
FROM unnest(%(areas)s::bigint[]) area(id)
CROSS JOIN LATERAL (
    SELECT at, value FROM dashboards_reportedvalue reported
    WHERE reported.area_id = area.id AND reported.indicator_id = %(indicator)s
      AND reported.status = %(accepted)s
    ORDER BY at DESC LIMIT %(count)s
) recent
"""


def newest_reported(
    *,
    indicator_ids: Collection[int] | None = None,
    area_ids: Collection[int] | None = None,
) -> dict[tuple[int, int], tuple[float, datetime]]:
    """Map (indicator id, area id) to the newest accepted value and its instant.

    None asks for all; pairs without an accepted value are left out.
    """
    asked = {
        "accepted": ReportStatus.ACCEPTED.value,
        "report": Source.REPORT.value,
        "street": Reach.STREET.value,
        "indicators": None if indicator_ids is None else list(indicator_ids),
        "areas": None if area_ids is None else list(area_ids),
    }
    rows = _fetch(NEWEST, asked)
    return {(indicator, area): (value, at) for indicator, area, value, at in rows}


def recent_reported(
    *, indicator: Indicator, area_ids: Collection[int], count: int
) -> dict[int, list[tuple[datetime, float]]]:
    """Map each area to its newest accepted values, oldest first; at most `count` of them."""
    asked = {
        "accepted": ReportStatus.ACCEPTED.value,
        "indicator": indicator.pk,
        "areas": list(area_ids),
        "count": count,
    }
    found: dict[int, list[tuple[datetime, float]]] = {pk: [] for pk in area_ids}
    for area, at, value in _fetch(RECENT, asked):
        found[area].append((at, value))
    return {area: sorted(values) for area, values in found.items()}


def areas_reached(*, indicator: Indicator) -> list[Area]:
    """List the areas in use in which the indicator has a value, the district first."""
    level = REACHED[Reach(indicator.reach)]
    return list(Area.objects.filter(level__lte=level, is_active=True).order_by("level", "code"))


def reported_values(*, indicator: Indicator, **conditions: Any) -> QuerySet[ReportedValue]:
    """Select what was reported for an indicator, with what a list shows of it."""
    rows = ReportedValue.objects.filter(indicator=indicator, **conditions)
    return rows.select_related("area", "reporter", "decided_by")


def _fetch(statement: str, asked: dict[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, asked)
        return list(cursor.fetchall())
