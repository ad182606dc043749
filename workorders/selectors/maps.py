"""A small map without tiles: the outlines of one's grids and the orders in them, as a drawing."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from grids.enums import AreaLevel
from grids.geometry import metres_per_degree
from grids.models import Area
from grids.selectors import Scope
from grids.selectors.outlines import OutlineQuery, areas_of, outlines
from workorders.models import WorkOrder

WIDTH = 360  # units of the drawing
HIGHEST = 420
MARGIN = 14
SIMPLIFY_M = 2
Ring = Sequence[Sequence[float]]


@dataclass(frozen=True)
class Outline:
    """One area: the path of its outline, its name and where the name stands."""

    name: str
    path: str
    x: float
    y: float
    is_own: bool


@dataclass(frozen=True)
class Mark:
    """One order on the map, by its place in the list."""

    order: WorkOrder
    rank: int
    x: float
    y: float


@dataclass(frozen=True)
class Drawing:
    """Outlines and marks in units of the drawing; what it takes to draw another point on it."""

    outlines: list[Outline]
    marks: list[Mark]
    height: float
    west: float
    north: float
    per_lon: float
    per_lat: float
    width: int = WIDTH
    outside: list[WorkOrder] = field(default_factory=list)


def own_map(*, grids: Sequence[Area], orders: Iterable[WorkOrder], scope: Scope) -> Drawing | None:
    """Draw one's grids with their neighbours of the same communities; None without a boundary."""
    own = {grid.pk for grid in grids}
    parents = {grid.parent_id for grid in grids}
    visible = areas_of(query=OutlineQuery(AreaLevel.GRID), scope=scope)
    near = {area.pk: area for area in (*grids, *visible) if area.parent_id in parents}
    found = outlines(areas=list(near.values()), simplify=SIMPLIFY_M)["features"]
    if not found:
        return None
    frame = _frame([row for row in found if row["id"] in own] or found)
    return _drawn(frame, found, own, list(orders))


def _frame(features: Sequence[dict[str, Any]]) -> tuple[float, float, float, float, float]:
    """Give (west, north, per_lon, per_lat, height) so that the own grids fill the drawing."""
    points = [point for row in features for ring in _rings(row) for point in ring]
    west, east = min(lon for lon, _ in points), max(lon for lon, _ in points)
    south, north = min(lat for _, lat in points), max(lat for _, lat in points)
    east_m, north_m = metres_per_degree((south + north) / 2)
    wide, high = (east - west) * east_m or 1, (north - south) * north_m or 1
    scale = min((WIDTH - 2 * MARGIN) / wide, (HIGHEST - 2 * MARGIN) / high)
    per_lon, per_lat = east_m * scale, north_m * scale
    middle = (WIDTH - 2 * MARGIN - wide * scale) / 2 + MARGIN
    return west - middle / per_lon, north + MARGIN / per_lat, per_lon, per_lat, high * scale


def _rings(feature: dict[str, Any]) -> Iterable[Ring]:
    geometry = feature["geometry"]
    shapes = (
        geometry["coordinates"] if geometry["type"] == "MultiPolygon" else [geometry["coordinates"]]
    )
    for rings in shapes:
        yield from rings


def _drawn(
    frame: tuple[float, float, float, float, float],
    features: Sequence[dict[str, Any]],
    own: set[int],
    orders: Sequence[WorkOrder],
) -> Drawing:
    west, north, per_lon, per_lat, high = frame
    height = round(high + 2 * MARGIN)

    def at(lon: float, lat: float) -> tuple[float, float]:
        return round((lon - west) * per_lon, 1), round((north - lat) * per_lat, 1)

    def path(ring: Ring) -> str:
        return "M" + "L".join("{},{}".format(*at(*point[:2])) for point in ring) + "Z"

    shapes = [
        Outline(
            row["properties"]["name"],
            "".join(path(ring) for ring in _rings(row)),
            *at(row["properties"]["label"]["lon"], row["properties"]["label"]["lat"]),
            is_own=row["id"] in own,
        )
        for row in features
    ]
    placed = [
        Mark(order, rank, *at(order.point.x, order.point.y))
        for rank, order in enumerate(orders, start=1)
        if order.point is not None
    ]
    inside = [row for row in placed if 0 <= row.x <= WIDTH and 0 <= row.y <= height]
    shown = {mark.order.pk for mark in inside}
    return Drawing(
        # The own grids last: their outline lies over the neighbours'.
        outlines=sorted(shapes, key=lambda row: row.is_own),
        marks=inside,
        height=height,
        west=west,
        north=north,
        per_lon=per_lon,
        per_lat=per_lat,
        outside=[order for order in orders if order.pk not in shown],
    )
