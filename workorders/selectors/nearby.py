"""Who is on duty near an order, for those who send it there (一键调度)."""

from dataclasses import dataclass
from datetime import datetime

from accounts.models import User
from grids.models import Area
from grids.selectors import Scope
from grids.selectors.duties import nearest_workers
from workorders.models import WorkOrder

SHOWN = 5


@dataclass(frozen=True)
class Near:
    """Somebody on duty: in which grid, how far from the order in metres, and seen when."""

    username: str
    name: str
    grid: Area
    metres: int
    at: datetime
    is_own_grid: bool

    @property
    def kilometres(self) -> float:
        return round(self.metres / 1000, 1)


def workers_near(*, order: WorkOrder, user: User, scope: Scope) -> list[Near]:
    """List those on duty nearest to an order whose positions one may see, neighbours too."""
    if order.point is None:
        return []
    found = nearest_workers(user=user, scope=scope, point=order.point)
    return [
        Near(
            username=row.worker.username,
            name=row.worker.name,
            grid=row.duty.area,
            metres=round(row.distance.m),  # type: ignore[attr-defined]  # annotated
            at=row.at,
            is_own_grid=row.duty.area_id == order.grid_id,
        )
        for row in found[:SHOWN]
    ]
