"""Areas as vector tiles: outlines, and a point for each name, within what a person works in."""

from functools import lru_cache

from django.db import connection

from accounts.enums import Right
from governance.lib.reference import reference_revision
from governance.lib.tiles import EXTENT, Tile, tile_tag
from grids.enums import AreaLevel
from grids.selectors.location import newest_version_id
from grids.selectors.outlines import visible_areas
from grids.selectors.scopes import Scope

# From which zoom a level is worth drawing.
FROM_ZOOM = {
    AreaLevel.DISTRICT: 0, AreaLevel.STREET: 0, AreaLevel.COMMUNITY: 10, AreaLevel.GRID: 9,
}  # fmt: skip
BUFFER = 64  # units beyond the edge, so that lines meet their neighbours'
KEPT_VIEWS = 512
# Labels are points of a layer of their own: a polygon's label would move at each tile's edge. A
# point belongs to one tile only, for which the edges are half open. What takes long for
# an outline is materialized: else each condition on it would reckon it anew.
SQL = f"""
WITH edge AS (
    SELECT box, ST_Transform(ST_Expand(box, (ST_XMax(box) - ST_XMin(box)) * {BUFFER} / {EXTENT}),
                             4326) AS degrees
    FROM (SELECT ST_TileEnvelope(%(z)s, %(x)s, %(y)s) AS box) tile
), area AS MATERIALIZED (
    SELECT area.id, area.code, area.name, area.level, area.kind, parent.code AS parent,
           boundary.geometry
    FROM edge, grids_boundary boundary JOIN grids_area area ON area.id = boundary.area_id
    LEFT JOIN grids_area parent ON parent.id = area.parent_id
    WHERE boundary.valid_to IS NULL AND boundary.geometry && edge.degrees
      AND area.level = ANY(%(levels)s) AND boundary.area_id = ANY(%(areas)s)
), shapes AS MATERIALIZED (
    SELECT area.id, code, name, level, kind, parent,
           ST_AsMVTGeom(ST_Transform(geometry, 3857), box, {EXTENT}, {BUFFER}, true) AS geom
    FROM area, edge
), points AS MATERIALIZED (
    SELECT area.*, ST_Transform(ST_PointOnSurface(geometry), 3857) AS point FROM area
), labels AS (
    SELECT points.id, code, name, level, parent,
           ST_AsMVTGeom(point, box, {EXTENT}, 0, false) AS geom
    FROM points, edge
    WHERE ST_X(point) >= ST_XMin(box) AND ST_X(point) < ST_XMax(box)
      AND ST_Y(point) > ST_YMin(box) AND ST_Y(point) <= ST_YMax(box)
)
SELECT (SELECT ST_AsMVT(shapes, 'areas', {EXTENT}, 'geom', 'id') FROM shapes WHERE geom IS NOT NULL)
    || (SELECT ST_AsMVT(labels, 'labels', {EXTENT}, 'geom', 'id') FROM labels)
"""  # noqa: S608  # numbers of this module


def area_tile_tag(*, tile: Tile, scope: Scope) -> str:
    """Name the tile of these areas at the boundaries in force."""
    return tile_tag("areas", tile, newest_version_id(), areas_digest(scope=scope))


def area_tile(*, tile: Tile, scope: Scope) -> bytes:
    """Draw the visible areas of one tile: layers `areas` and `labels`, ids those of the areas."""
    levels = [int(level) for level, zoom in FROM_ZOOM.items() if tile.z >= zoom]
    with connection.cursor() as cursor:
        cursor.execute(SQL, {**vars(tile), "levels": levels, "areas": list(_seen(scope)[0])})
        return bytes(cursor.fetchone()[0])


def areas_digest(*, scope: Scope) -> str:
    """Say in short which areas, by which names, a scope may see."""
    return _seen(scope)[1]


def _seen(scope: Scope) -> tuple[tuple[int, ...], str]:
    return _seen_by(
        scope.sees_everything,
        scope.area_ids(Right.VIEW_ORDERS),
        scope.departments.get(Right.VIEW_ORDERS, frozenset()),
        reference_revision(),
    )


@lru_cache(maxsize=KEPT_VIEWS)
def _seen_by(
    sees_everything: bool, areas: frozenset[int], departments: frozenset[int], revision: int
) -> tuple[tuple[int, ...], str]:
    """Read the visible areas once per revision of the reference data."""
    scope = Scope(
        areas={Right.VIEW_ORDERS: {0: areas}},
        departments={Right.VIEW_ORDERS: departments},
        sees_everything=sees_everything,
    )
    facts = list(
        visible_areas(scope=scope)
        .order_by("pk")
        .values_list("pk", "code", "name", "level", "kind", "parent_id")
    )
    return tuple(pk for pk, *_ in facts), tile_tag(facts)
