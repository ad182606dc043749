"""Open orders as vector tiles: points from near, clusters counted by the database from afar."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet

from governance.lib.reference import reference_revision
from governance.lib.tiles import EXTENT, Tile, tile_tag
from grids.selectors import Scope
from workorders.models import WorkOrder
from workorders.querysets import OPEN_STATES
from workorders.selectors.queues import COUNT_LIMIT, SOON

POINTS_FROM = 14  # the zoom from which each order is a point of its own
CLUSTER_UNITS = EXTENT // 8
HEAT_UNITS = EXTENT // 64
COLUMNS = ("number", "urgency", "due_at", "point")
# An order lies in one tile and one cell only, for which the edges are half open. Cells are counted
# from the tile's corner, which is a corner of theirs at every zoom.
SQL = f"""
WITH edge AS (
    SELECT box, ST_XMin(box) AS west, ST_YMax(box) AS north, ST_Transform(box, 4326) AS degrees,
           {EXTENT} / (ST_XMax(box) - ST_XMin(box)) AS scale
    FROM (SELECT ST_TileEnvelope(%s, %s, %s) AS box) tile
), found AS ({{orders}}), near AS (
    SELECT found.*, ST_Transform(found.point, 3857) AS place FROM found, edge
    WHERE found.point && edge.degrees
), inside AS (
    SELECT number, urgency = 'urgent' AS is_urgent, due_at < %s AS is_late,
           due_at >= %s AND due_at < %s AS is_soon,
           (ST_X(place) - west) * scale AS x, (north - ST_Y(place)) * scale AS y
    FROM near, edge
    WHERE ST_X(place) >= west AND ST_X(place) < ST_XMax(box)
      AND ST_Y(place) > ST_YMin(box) AND ST_Y(place) <= north
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
    found = open_places(orders).order_by().values(*COLUMNS)
    try:
        sql, params = found.query.sql_with_params()
    except EmptyResultSet:  # a scope or filter that holds nothing, whatever the rows are
        return b""
    cell = CELLS if tile.z < POINTS_FROM else "number"
    with connection.cursor() as cursor:
        values = (tile.z, tile.x, tile.y, *params, at, at, at + SOON)
        cursor.execute(SQL.format(orders=sql, cell=cell), values)
        return bytes(cursor.fetchone()[0])
