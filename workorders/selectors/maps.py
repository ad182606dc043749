"""A small map without tiles: the outlines of one's grids and what lies in them, as a drawing."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

from django.contrib.gis.geos import Point

from grids.enums import AreaLevel
from grids.geometry import metres_per_degree
from grids.models import Area
from grids.selectors import Scope
from grids.selectors.outlines import OutlineQuery, areas_of, outlines

WIDTH = 360  # units of the drawing
HIGHEST = 420
MARGIN = 14
SIMPLIFY_M = 2
APART = 1.5  # units between two points of a way
Ring = Sequence[Sequence[float]]


class Placed(Protocol):
    """Something that may have a point: an order, a patrol point."""

    @property
    def point(self) -> Point | None: ...


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
    """Something on the map, by its place in a list."""

    subject: Placed
    rank: int
    x: float
    y: float


@dataclass(frozen=True)
class Drawing:
    """Outlines in units of the drawing; what it takes to draw another point on it."""

    outlines: list[Outline]
    height: float
    west: float
    north: float
    per_lon: float
    per_lat: float
    width: int = WIDTH

    def at(self, lon: float, lat: float) -> tuple[float, float]:
        """Give a point (WGS-84) in units of the drawing."""
        return round((lon - self.west) * self.per_lon, 1), round(
            (self.north - lat) * self.per_lat, 1
        )

    def marks(self, subjects: Iterable[Placed]) -> list[Mark]:
        """Place what lies on the drawing; ranks count everything, also what lies outside."""
        placed = [
            Mark(subject, rank, *self.at(subject.point.x, subject.point.y))
            for rank, subject in enumerate(subjects, start=1)
            if subject.point is not None
        ]
        return [row for row in placed if 0 <= row.x <= WIDTH and 0 <= row.y <= self.height]

    def line(self, ring: Ring) -> str:
        """Draw a line as a path, without the points that nobody could tell apart."""
        kept: list[tuple[float, float]] = []
        for lon, lat, *_ in ring:
            x, y = self.at(lon, lat)
            if not kept or abs(x - kept[-1][0]) + abs(y - kept[-1][1]) >= APART:
                kept.append((x, y))
        # A way within one spot is a dot: a line of no length with round ends.
        return "M" + "L".join(f"{x},{y}" for x, y in (kept if len(kept) > 1 else kept * 2))


def own_map(*, grids: Sequence[Area], scope: Scope) -> Drawing | None:
    """Draw one's grids with their neighbours of the same communities; None without a boundary."""
    own = {grid.pk for grid in grids}
    parents = {grid.parent_id for grid in grids}
    visible = areas_of(query=OutlineQuery(AreaLevel.GRID), scope=scope)
    near = {area.pk: area for area in (*grids, *visible) if area.parent_id in parents}
    found = outlines(areas=list(near.values()), simplify=SIMPLIFY_M)["features"]
    if not found:
        return None
    drawing = _frame([row for row in found if row["id"] in own] or found)
    shapes = [_outline(drawing, row, is_own=row["id"] in own) for row in found]
    # The own grids last: their outline lies over the neighbours'.
    return replace(drawing, outlines=sorted(shapes, key=lambda row: row.is_own))


def _frame(features: Sequence[dict[str, Any]]) -> Drawing:
    """Make an empty drawing that the own grids fill."""
    points = [point for row in features for ring in _rings(row) for point in ring]
    west, east = min(lon for lon, _ in points), max(lon for lon, _ in points)
    south, north = min(lat for _, lat in points), max(lat for _, lat in points)
    east_m, north_m = metres_per_degree((south + north) / 2)
    wide, high = (east - west) * east_m or 1, (north - south) * north_m or 1
    scale = min((WIDTH - 2 * MARGIN) / wide, (HIGHEST - 2 * MARGIN) / high)
    per_lon, per_lat = east_m * scale, north_m * scale
    middle = (WIDTH - 2 * MARGIN - wide * scale) / 2 + MARGIN
    return Drawing(
        outlines=[],
        height=round(high * scale + 2 * MARGIN),
        west=west - middle / per_lon,
        north=north + MARGIN / per_lat,
        per_lon=per_lon,
        per_lat=per_lat,
    )


def _rings(feature: dict[str, Any]) -> Iterable[Ring]:
    geometry = feature["geometry"]
    shapes = (
        geometry["coordinates"] if geometry["type"] == "MultiPolygon" else [geometry["coordinates"]]
    )
    for rings in shapes:
        yield from rings


def _outline(drawing: Drawing, feature: dict[str, Any], *, is_own: bool) -> Outline:
    def path(ring: Ring) -> str:
        return "M" + "L".join("{},{}".format(*drawing.at(*point[:2])) for point in ring) + "Z"

    known = feature["properties"]
    place = drawing.at(known["label"]["lon"], known["label"]["lat"])
    path_of_all = "".join(path(ring) for ring in _rings(feature))
    return Outline(known["name"], path_of_all, *place, is_own=is_own)
