"""The state of every grid for the map: a sum of the cube and one look at the next deadlines."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Exists, OuterRef
from django.utils import timezone

from dashboards.enums import Window
from dashboards.selectors.cells import read_cells
from dashboards.selectors.cube import CubeSums, asked_by
from dashboards.selectors.tree import AreaTree
from dashboards.states import grid_state
from dashboards.states.terms import Count, Where
from grids.enums import AreaLevel
from grids.models import Area
from workorders.enums import Measure
from workorders.models import WorkOrder

DUE_SOON = timedelta(hours=2)
STOCKS_ASKED = Count((Measure.OPEN, Measure.OVERDUE))
CROWDED_AT = 10  # open orders that make a grid yellow
COLUMNS = {
    AreaLevel.DISTRICT: "district_id",
    AreaLevel.STREET: "street_id",
    AreaLevel.COMMUNITY: "community_id",
    AreaLevel.GRID: "grid_id",
}


def grid_states(*, area: Area, tree: AreaTree, at: datetime) -> list[dict[str, Any]]:
    """List the grids beneath an area with state and counts."""
    beneath = tree.downward(area.pk)
    nodes = [node for node in beneath if node.level == AreaLevel.GRID and node.is_active]
    pks = [node.pk for node in nodes]
    cells = read_cells(
        tree=tree,
        roots=pks,
        asked=asked_by(STOCKS_ASKED, Window.NOW),
        today=timezone.localdate(at),
    )
    due_soon = grids_due_soon(area=area, at=at)
    known = grids_with_orders(grid_ids=pks)
    return [
        {
            "code": node.code,
            "state": grid_state(
                open_count=is_open,
                overdue=overdue,
                is_due_soon=node.pk in due_soon,
                is_known=node.pk in known,
                crowded_at=CROWDED_AT,
            ),
            "open": is_open,
            "overdue": overdue,
        }
        for node in nodes
        for is_open, overdue in [_stocks(CubeSums(cells[node.pk], window=Window.NOW))]
    ]


def _stocks(sums: CubeSums) -> tuple[int, int]:
    return int(sums.count((Measure.OPEN,), Where())), int(sums.count((Measure.OVERDUE,), Where()))


def grids_with_orders(*, grid_ids: Collection[int]) -> Collection[int]:
    """Find the grids in which any order ever lay."""
    orders = WorkOrder.objects.filter(grid=OuterRef("pk"))
    grids = Area.objects.filter(Exists(orders), pk__in=grid_ids)
    return set(grids.values_list("pk", flat=True))


def grids_due_soon(*, area: Area, at: datetime) -> Collection[int]:
    """Find the grids in which an open order is due within two hours."""
    column = COLUMNS[AreaLevel(area.level)]
    orders = WorkOrder.objects.still_open().filter(
        **{column: area.pk},
        due_at__gt=at,
        due_at__lte=at + DUE_SOON,
        grid__isnull=False,
    )
    return set(orders.values_list("grid_id", flat=True).distinct())
