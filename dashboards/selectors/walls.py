"""Which wall or area a person may look at."""

from collections.abc import Iterable

from accounts.enums import Right
from dashboards.models import IndicatorValue, Wall
from governance.lib.errors import NotFoundError
from grids.models import Area
from grids.selectors import Scope, place_of


def wall_for(*, slug: str, scope: Scope) -> Wall:
    """Find a wall that the scope may look at; raise NotFoundError otherwise."""
    wall = active_wall(slug=slug)
    if wall is None or not scope.covers_place(Right.VIEW_WALL, place_of(wall.area)):
        raise NotFoundError()
    return wall


def active_wall(*, slug: str) -> Wall | None:
    """Find a wall that is in use, whoever asks."""
    return Wall.objects.filter(slug=slug, is_active=True).select_related("area").first()


def first_wall(*, scope: Scope) -> Wall | None:
    """Find the first active wall that the scope may look at, by its address."""
    walls = Wall.objects.filter(is_active=True).select_related("area__parent__parent__parent")
    return next(
        (
            wall
            for wall in walls.order_by("slug")
            if scope.covers_place(Right.VIEW_WALL, place_of(wall.area))
        ),
        None,
    )


def area_for(*, code: str, scope: Scope) -> Area:
    """Find an area whose figures the scope may see; raise NotFoundError otherwise."""
    area = Area.objects.filter(code=code, is_active=True).first()
    if area is None or not any(
        scope.covers_place(right, place_of(area)) for right in (Right.VIEW_WALL, Right.VIEW_ORDERS)
    ):
        raise NotFoundError()
    return area


def values_by_area(*, area_ids: Iterable[int]) -> dict[int, list[IndicatorValue]]:
    """Read the newest values of active indicators, in the indicators' order."""
    found: dict[int, list[IndicatorValue]] = {}
    rows = IndicatorValue.objects.filter(area_id__in=area_ids, indicator__is_active=True)
    for row in rows.select_related("indicator").order_by("indicator__position", "indicator_id"):
        found.setdefault(row.area_id, []).append(row)
    return found
