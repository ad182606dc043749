"""One indicator of a wall: what it means, how it went, and where in the area it stands so."""

from datetime import datetime, timedelta
from typing import Any

from django.db.models import QuerySet

from dashboards.enums import IndicatorState, JudgedLevel
from dashboards.models import Episode, Indicator, IndicatorValue, Wall
from dashboards.selectors.episodes import as_episode
from dashboards.selectors.history import history_of, newest_changes, stretches_of
from dashboards.selectors.limits import as_limit
from dashboards.selectors.overview import wall_head
from dashboards.selectors.pages import wall_pages
from dashboards.selectors.tiles import as_tile, indicators_of
from dashboards.selectors.wording import formula_in_words
from dashboards.states.thresholds import read_table
from governance.lib.errors import NotFoundError
from grids.models import Area
from grids.selectors import place_of

DAY = timedelta(hours=24)
POINTS = 289  # a day in steps of five minutes
CHANGES = 12
EPISODES = 8


def indicator_at(*, wall: Wall, code: str) -> Indicator:
    """Find an indicator that the wall's area has; raise NotFoundError otherwise."""
    for indicator in indicators_of(area=wall.area):
        if indicator.code == code:
            return indicator
    raise NotFoundError()


def area_beneath(*, wall: Wall, code: str) -> Area:
    """Find an area at or beneath the wall's own; no code stands for its own."""
    if code in ("", wall.area.code):
        return wall.area
    area = Area.objects.filter(code=code, is_active=True).first()
    if area is None or wall.area_id not in _ids_above(area):
        raise NotFoundError()
    return area


def indicator_content(
    *, wall: Wall, indicator: Indicator, hours: int, at: datetime
) -> dict[str, Any]:
    """Read all of an indicator's page; the chart looks back by so many hours."""
    area = wall.area
    value = IndicatorValue.objects.filter(area=area, indicator=indicator).first()
    tile = as_tile(indicator=indicator, area=area, value=value, at=at)
    start = at - timedelta(hours=hours)
    points = history_of(area=area, indicator=indicator, start=start, end=at, points=POINTS)
    points[-1] |= {"value": tile["value"], "state": tile["state"]}
    return {
        **wall_head(wall=wall, at=at),
        "sign": tile,
        **_described(indicator),
        "history": {"since": start, "until": at, "points": points},
        "stretches": stretches_of(
            area=area, indicator=indicator, start=at - DAY, end=at, state=tile["state"]
        ),
        "changes": [
            {"at": row.at, "state": row.to_state, "value": row.value, "reason": row.reason}
            for row in newest_changes(area=area, indicator=indicator, count=CHANGES)
        ],
        "past_episodes": _episodes(area, indicator),
        "areas": areas_of(area=area, indicator=indicator),
    }


def areas_of(*, area: Area, indicator: Indicator) -> list[dict[str, Any]]:
    """List the parts of an area with the indicator's value there, the worst first."""
    parts = _parts(area)
    rows = IndicatorValue.objects.filter(indicator=indicator, area__in=parts)
    values = {row.area_id: row for row in rows}
    listed = [_part(part, values.get(part.pk)) for part in parts] if values else []
    rank = {IndicatorState.RED: 0, IndicatorState.YELLOW: 1, IndicatorState.NORMAL: 2}
    return sorted(listed, key=lambda row: (rank.get(row["state"], 3), row["code"]))


def _ids_above(area: Area) -> set[int | None]:
    place = place_of(area)
    return {place.district_id, place.street_id, place.community_id, place.grid_id}


def _described(indicator: Indicator) -> dict[str, Any]:
    page = next(page for page in wall_pages() if page.holds(indicator))
    return {
        "page": {"slug": page.slug, "kind": page.kind, "name": page.name},
        "definition": indicator.definition,
        "formula": indicator.formula,
        "formula_words": formula_in_words(indicator.formula),
        "source_label": indicator.get_source_display(),
        "window_label": indicator.get_window_display(),
        "direction_label": indicator.get_direction_display(),
        "hysteresis": indicator.hysteresis,
        "minimum_seconds": indicator.minimum_seconds,
        "order_at_label": indicator.get_order_at_display(),
        "table": [
            {
                "level": JudgedLevel(read.level).label if read.level else "",
                "months": row.get("months", ""),
                "hours": row.get("hours", ""),
                "yellow": as_limit(read.limits.yellow, indicator.direction),
                "red": as_limit(read.limits.red, indicator.direction),
            }
            for row, read in zip(
                indicator.thresholds,
                read_table(indicator.thresholds, direction=indicator.direction),
                strict=True,
            )
        ],
    }


def _episodes(area: Area, indicator: Indicator) -> list[dict[str, Any]]:
    episodes = Episode.objects.filter(area=area, indicator=indicator)
    newest = episodes.select_related("indicator", "area", "order").order_by("-began_at", "-pk")
    return [as_episode(row) for row in newest[:EPISODES]]


def _parts(area: Area) -> QuerySet[Area]:
    return Area.objects.filter(parent=area, is_active=True).order_by("code")


def _part(area: Area, value: IndicatorValue | None) -> dict[str, Any]:
    return {
        "code": area.code,
        "name": area.name,
        "value": value.value if value else None,
        "state": value.state if value else IndicatorState.NO_DATA,
        "since": value.since if value else None,
    }
