"""How an area stands: its values, its index and its running alarms, as pages are told them."""

from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import QuerySet

from dashboards.models import Episode, FiguresMark, IndicatorValue
from dashboards.selectors.episodes import as_episode, concerns
from dashboards.selectors.index import index_at
from dashboards.selectors.signs import active_indicators
from dashboards.selectors.tree import read_tree

# Instants leave the database as text, in UTC as Django has set it: parsing and writing 800 of them
# would take longer than all the rest.
VALUES = """
SELECT indicator_id, value, state, replace(since::text, ' ', 'T') || ':00',
       replace(observed_at::text, ' ', 'T') || ':00', numerator, denominator, revision
FROM dashboards_indicatorvalue WHERE area_id = %s
"""
SHOWN = ("value", "state", "since", "observed_at", "numerator", "denominator", "revision")


def standing_of(*, area_id: int) -> dict[str, Any]:
    """Read all of an area's values, its index, its episodes and the alarms beneath it.

    What a page is told later carries a higher revision, row by row.
    """
    mark = FiguresMark.objects.first()
    alarms = alarms_of(Episode.objects.filter(concerns(area_id=area_id), ended_at__isnull=True))
    rows = value_rows(area_id=area_id)
    return {
        "revision": mark.revision if mark else 0,
        "rows": rows,
        "index": standing_index(area_id=area_id),
        "alarms": alarms,
    }


def standing_index(*, area_id: int) -> dict[str, Any]:
    """Read the index of an area."""
    return index_at(area=read_tree().nodes[area_id])


def value_rows(*, area_id: int) -> list[dict[str, Any]]:
    """Read what pages need of all values of an area, in the indicators' order: one statement."""
    with connection.cursor() as cursor:
        cursor.execute(VALUES, [area_id])
        found = {row[0]: row for row in cursor.fetchall()}
    known = active_indicators()
    return [_row(sign.code, *found[pk][1:]) for pk, sign in known.items() if pk in found]


def value_row(value: IndicatorValue) -> dict[str, Any]:
    """Give what a page needs to show a value anew."""
    return _row(
        value.indicator.code,
        value.value,
        value.state,
        value.since.isoformat(),
        value.observed_at.isoformat() if value.observed_at else None,
        value.numerator,
        value.denominator,
        value.revision,
    )


def _row(code: str, *shown: Any) -> dict[str, Any]:
    return {"code": code, **dict(zip(SHOWN, shown, strict=True))}


def alarms_of(episodes: QuerySet[Episode]) -> list[dict[str, Any]]:
    """Give episodes as pages show them, without a person's data beyond who acknowledged."""
    return [alarm_row(row) for row in episodes.select_related("indicator", "area", "order")]


def alarm_row(episode: Episode) -> dict[str, Any]:
    row = as_episode(episode)
    moments = {name: at.isoformat() for name, at in row.items() if isinstance(at, datetime)}
    return {**row, **moments}
