"""How an area stands: its values, its index and its running alarms, as pages are told them."""

from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet

from dashboards.models import Episode, FiguresMark, IndicatorValue
from dashboards.selectors.index import index_of


def standing_of(*, area_id: int) -> dict[str, Any]:
    """Read all of an area's values, its index and its running alarms.

    What a page is told later carries a higher revision, row by row.
    """
    mark = FiguresMark.objects.first()
    values = list(values_of(area_id=area_id))
    alarms = alarms_of(Episode.objects.filter(area_id=area_id, ended_at__isnull=True))
    return {
        "revision": mark.revision if mark else 0,
        "rows": [value_row(value) for value in values],
        "index": index_of(values=values),
        "alarms": alarms,
    }


def values_of(*, area_id: int) -> Iterable[IndicatorValue]:
    """Read the newest values of an area with their indicators, in the indicators' order."""
    rows = IndicatorValue.objects.filter(area_id=area_id, indicator__is_active=True)
    return rows.select_related("indicator").order_by("indicator__position", "indicator_id")


def value_row(value: IndicatorValue) -> dict[str, Any]:
    """Give what a page needs to show a value anew."""
    return {
        "code": value.indicator.code,
        "value": value.value,
        "state": value.state,
        "since": value.since.isoformat(),
        "observed_at": value.observed_at.isoformat() if value.observed_at else None,
        "numerator": value.numerator,
        "denominator": value.denominator,
        "revision": value.revision,
    }


def alarms_of(episodes: QuerySet[Episode]) -> list[dict[str, Any]]:
    """Give episodes as pages show them, without a person's data beyond who acknowledged."""
    return [alarm_row(row) for row in episodes.select_related("indicator", "order")]


def alarm_row(episode: Episode) -> dict[str, Any]:
    return {
        "id": episode.pk,
        "code": episode.indicator.code,
        "name": episode.indicator.name,
        "began_at": episode.began_at.isoformat(),
        "red_at": episode.red_at.isoformat() if episode.red_at else None,
        "ended_at": episode.ended_at.isoformat() if episode.ended_at else None,
        "order": episode.order.number if episode.order else None,
        "acknowledged_at": (
            episode.acknowledged_at.isoformat() if episode.acknowledged_at else None
        ),
        "acknowledged_by": episode.acknowledged_label,
        "revision": episode.revision,
    }
