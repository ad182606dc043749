"""Open orders as vector tiles: points from near, clusters counted by the database from afar."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.contrib.gis.geos import Polygon
from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import FloatField, Func, QuerySet

from governance.lib.reference import reference_revision
from governance.lib.tiles import EXTENT, Tile, tile_corner, tile_tag
from grids.selectors import Scope
from workorders.models import WorkOrder
from workorders.querysets import OPEN_STATES
from workorders.selectors.queues import COUNT_LIMIT, SOON

POINTS_FROM = 14  # the zoom from which each order is a point of its own
CLUSTER_UNITS = EXTENT // 8
HEAT_UNITS = EXTENT // 64
MARGIN = 1 / EXTENT  # of a tile's side, read beyond the edges and cut off by them
COLUMNS = ("number", "urgency", "due_at", "lon", "lat")
# An order lies in one tile and one cell only, for which the edges are half open. Cells are counted
# from the tile's corner, which is a corner of theirs at every zoom. Degrees become units of the
# tile by Mercator's formula: `ST_Transform` takes ten times as long for each point.
SQL = f"""
WITH found AS ({{orders}}), placed AS (
    SELECT number, urgency = 'urgent' AS is_urgent, due_at < %s AS is_late,
           due_at >= %s AND due_at < %s AS is_soon,
           ((lon + 180) / 360 * %s - %s) * {EXTENT} AS x,
           ((1 - asinh(tan(radians(lat))) / pi()) / 2 * %s - %s) * {EXTENT} AS y
    FROM found
), inside AS (
    SELECT * FROM placed WHERE x >= 0 AND x < {EXTENT} AND y >= 0 AND y < {EXTENT}
), orders AS (
    SELECT count(*) AS count, count(*) FILTER (WHERE is_late) AS late,
           count(*) FILTER (WHERE is_soon) AS soon, count(*) FILTER (WHERE is_urgent) AS urgent,
           CASE WHEN count(*) = 1 THEN min(number) END AS number,
           ST_MakePoint(avg(x), avg(y)) AS geom
    FROM inside GROUP BY {{cell}}
), heat AS (
    SELECT count(*) AS count, ST_MakePoint(avg(x), avg(y)) AS geom
    FROM inside GROUP BY floor(x / {HEAT_UNITS}), floor(y / {HEAT_UNITS})
)
SELECT (SELECT ST_AsMVT(orders, 'orders', {EXTENT}, 'geom') FROM orders)
    || (SELECT ST_AsMVT(heat, 'heat', {EXTENT}, 'geom') FROM heat)
"""  # noqa: S608  # numbers of this module
CELLS = f"floor(x / {CLUSTER_UNITS}), floor(y / {CLUSTER_UNITS})"


@dataclass(frozen=True)
class OrderView:
    """Which orders a map shows: the view's key and the filters in force."""

    view: str
    filters: Mapping[str, tuple[str, ...]]


def order_tile_tag(*, tile: Tile, scope: Scope, shown: OrderView, at: datetime) -> str:
    """Name the tile of these orders as they stand: another with any act, and with each minute.

    Acts commit out of the order of their ids, and time itself makes orders late: the minute heals.
    """
    minute = int(at.timestamp() // 60)
    facts = (shown.view, sorted(shown.filters.items()), reference_revision(), newest_event_id())
    return tile_tag("orders", tile, scope.key, facts, minute)


def newest_event_id() -> int:
    """Give the id of the newest act on any order; 0 before the first."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT max(id) FROM workorders_event")
        return cursor.fetchone()[0] or 0


def open_places(orders: QuerySet[WorkOrder]) -> QuerySet[WorkOrder]:
    """Keep the open orders with a point: what a map can show."""
    return orders.filter(state__in=OPEN_STATES, point__isnull=False)


@dataclass(frozen=True)
class PlaceCounts:
    """How many open orders a map shows, and how many have no point; both up to a cap."""

    placed: int
    unplaced: int

    @property
    def is_capped(self) -> bool:
        return self.placed >= COUNT_LIMIT


def count_places(orders: QuerySet[WorkOrder]) -> PlaceCounts:
    """Count the open orders with and without a point."""
    still_open = orders.filter(state__in=OPEN_STATES).order_by()
    with_point, without = (
        still_open.filter(point__isnull=is_null)[:COUNT_LIMIT].count() for is_null in (False, True)
    )
    return PlaceCounts(with_point, without)


def order_tile(*, tile: Tile, orders: QuerySet[WorkOrder], at: datetime) -> bytes:
    """Draw what lies in one tile of orders that already keep to a scope.

    Layer `orders` has points, or below `POINTS_FROM` clusters: `count`, and how many are `late`,
    `soon` due, `urgent`; `number` where it is one order. Layer `heat` has finer counts.
    """
    found = _within(tile, open_places(orders)).order_by().values(*COLUMNS)
    try:
        sql, params = found.query.sql_with_params()
    except EmptyResultSet:  # a scope or filter that holds nothing, whatever the rows are
        return b""
    cell = CELLS if tile.z < POINTS_FROM else "number"
    with connection.cursor() as cursor:
        columns = 2**tile.z
        values = (*params, at, at, at + SOON, columns, tile.x, columns, tile.y)
        cursor.execute(SQL.format(orders=sql, cell=cell), values)
        return bytes(cursor.fetchone()[0])


def _within(tile: Tile, orders: QuerySet[WorkOrder]) -> QuerySet[WorkOrder]:
    """Keep what the index of open orders' points finds around a tile, with degrees (WGS-84)."""
    west, north = tile_corner(tile, -MARGIN)
    east, south = tile_corner(tile, 1 + MARGIN)
    box = Polygon.from_bbox((west, south, east, north))
    box.srid = 4326
    lon, lat = (
        Func("point", function=name, output_field=FloatField()) for name in ("ST_X", "ST_Y")
    )
    return orders.filter(point__bboverlaps=box).annotate(lon=lon, lat=lat)
