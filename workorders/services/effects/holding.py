"""Who holds an order: dispatch, sign, send back."""

from accounts.enums import Right
from governance.lib.errors import ConflictError, InvalidError
from grids.enums import AreaLevel
from grids.models import Area
from grids.selectors import place_of
from workorders.models import WorkOrder
from workorders.services.effects.base import LEVELS, Act, Effect, hold, sending_centre

SEND_BACK_LIMIT = 3


def dispatch(order: WorkOrder, act: Act) -> Effect:
    grid, department = act.carried.get("grid"), act.carried.get("department")
    if grid is not None:
        return _dispatch_to_grid(order, act, grid)
    if department is None:
        raise InvalidError(
            "请选择承办部门或网格。", fields={"department": ["请选择承办部门或网格"]}
        )
    if not department.is_active:
        raise InvalidError(fields={"department": ["该部门已停用"]})
    hold(order, department=department, area=None, level=LEVELS[department.kind])
    return _dispatched(order, act, department.name)


def _dispatch_to_grid(order: WorkOrder, act: Act, grid: Area) -> Effect:
    if grid.level != AreaLevel.GRID or not grid.is_active:
        raise InvalidError(fields={"grid": ["不是在用的网格"]})
    if not act.actor.scope.covers_place(Right.DISPATCH_ORDERS, place_of(grid)):
        raise InvalidError(fields={"grid": ["该网格不在您的管辖范围"]})
    station = grid.parent.centre if grid.parent else None
    hold(order, department=station, area=grid, level=AreaLevel.GRID)
    return _dispatched(order, act, grid.name)


def _dispatched(order: WorkOrder, act: Act, holder: str) -> Effect:
    note = str(act.carried.get("note") or "")
    content = {"holder": holder, "department": order.department_id, "level": order.level}
    centre = sending_centre(order, act.actor)
    return Effect(note=note, content={**content, "grid": order.holder_area_id, "centre": centre})


def sign(order: WorkOrder, act: Act) -> Effect:
    return Effect()


def send_back(order: WorkOrder, act: Act) -> Effect:
    reason = act.text("reason")
    if order.return_count >= SEND_BACK_LIMIT:
        raise ConflictError(
            f"已退回 {order.return_count} 次，须由督办员裁定。", code="send_back_limit"
        )
    return take_back(order, reason)


def take_back(order: WorkOrder, reason: str) -> Effect:
    """Take an order out of its holder's hands, to be dispatched anew."""
    content = {"department": order.department_id, "grid": order.holder_area_id}
    hold(order, department=None, area=None, level=None)
    order.is_overdue = False
    order.return_count += 1
    return Effect(note=reason, content=content)
