"""From a point to its place in the tree of areas."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Literal, cast

import shapely
from shapely import Point
from shapely.geometry.base import BaseGeometry

from governance.lib.reference import reference_revision
from grids.enums import AreaLevel, Crs
from grids.geometry import GridIndex, NamedArea, to_wgs84
from grids.models import Boundary, BoundaryVersion
from grids.selectors.tree import Place, place_of

# Versions of the map kept in memory: the one in force and one being replaced.
KEPT_ATLASES = 2

How = Literal["point", "exact", "similar", "near", "grid", "community", "street", ""]


@dataclass(frozen=True)
class Location:
    """Where something is: area ids by level (None: not known), and how sure that is.

    `lon` and `lat` are degrees in WGS-84. `score` is 1 for a point, less for a guess by address;
    `how` names the way and `matched` the text it was found by.
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
    how: How = ""


@dataclass(frozen=True)
class Atlas:
    """The areas in force, indexed level by level, the finest first."""

    version_id: int
    indexes: tuple[GridIndex, ...]
    places: dict[str, Place]
    names: dict[AreaLevel, dict[str, str]]

    def place_at(self, lon: float, lat: float) -> Place | None:
        """Find the finest area that covers a point in WGS-84."""
        for index in self.indexes:
            code = index.locate(lon, lat)
            if code is not None:
                return self.places[code]
        return None


def locate_point(*, lon: float, lat: float, crs: Crs = Crs.WGS84) -> Location:
    """Find the grid that covers a point in degrees; on a shared edge the lower code wins.

    Where no grid is, the community, street or district is given; outside all of them every
    area id is None.
    """
    point = to_wgs84(Point(lon, lat), crs)
    atlas = current_atlas()
    place = atlas.place_at(point.x, point.y)
    return located(atlas, place, lon=point.x, lat=point.y, how="point")


def located(
    atlas: Atlas,
    place: Place | None,
    *,
    how: How,
    lon: float | None = None,
    lat: float | None = None,
    score: float = 1.0,
    matched: str = "",
) -> Location:
    """Describe a place of the atlas, or nowhere."""
    return Location(
        district_id=place.district_id if place else None,
        street_id=place.street_id if place else None,
        community_id=place.community_id if place else None,
        grid_id=place.grid_id if place else None,
        boundary_version_id=atlas.version_id or None,
        lon=lon,
        lat=lat,
        score=score,
        matched=matched,
        how=how,
    )


def newest_version_id() -> int:
    """Give the id that changes with every load of boundaries; 0 before the first."""
    return _newest_version_id(reference_revision())


@lru_cache(maxsize=1)
def _newest_version_id(revision: int) -> int:
    newest = BoundaryVersion.objects.order_by("-pk").values_list("pk", flat=True).first()
    return newest or 0


def current_atlas() -> Atlas:
    """Give the map in force, kept in memory until the next load of boundaries."""
    return atlas_of(newest_version_id())


@lru_cache(maxsize=KEPT_ATLASES)
def atlas_of(version_id: int) -> Atlas:
    """Read the map in force, which the newest version names."""
    rows = list(
        Boundary.objects.filter(valid_to__isnull=True, area__is_active=True).select_related(
            "area__parent__parent__parent"
        )
    )
    return Atlas(
        version_id,
        tuple(_index(rows, level) for level in sorted(AreaLevel, reverse=True)),
        {row.area.code: place_of(row.area) for row in rows},
        {
            level: {row.area.code: row.area.name for row in rows if row.area.level == level}
            for level in AreaLevel
        },
    )


def _index(rows: list[Boundary], level: AreaLevel) -> GridIndex:
    return GridIndex(
        [
            NamedArea(row.area.code, _shape(row), row.area.name)
            for row in rows
            if row.area.level == level
        ]
    )


def _shape(row: Boundary) -> BaseGeometry:
    return cast(BaseGeometry, shapely.from_wkb(bytes(row.geometry.wkb)))
