"""Who holds an order: dispatch, sign, pass it down or up, send it back."""

from datetime import datetime

from accounts.enums import Right
from accounts.models import Department
from governance.lib.errors import ConflictError, InvalidError
from grids.enums import AreaLevel
from grids.models import Area
from grids.selectors import place_of
from workorders.enums import Action, ClockKind
from workorders.models import Event, WorkOrder
from workorders.selectors import Holder, holder_above, holders_below, working_calendar
from workorders.services.effects.base import LEVELS, Act, Effect, hold, sending_centre
from workorders.worktime import Limit, LimitUnit, due

SEND_BACK_LIMIT = 3
SEND_BACK_TIME = Limit(1, LimitUnit.WORKING_DAY)
HANDED = (Action.DISPATCH, Action.PASS_DOWN, Action.PASS_UP)


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
    return _handed(order, act, Holder(department))


def _dispatch_to_grid(order: WorkOrder, act: Act, grid: Area) -> Effect:
    if grid.level != AreaLevel.GRID or not grid.is_active:
        raise InvalidError(fields={"grid": ["不是在用的网格"]})
    if not act.actor.scope.covers_place(Right.DISPATCH_ORDERS, place_of(grid)):
        raise InvalidError(fields={"grid": ["该网格不在您的管辖范围"]})
    return _handed(order, act, Holder(grid.parent.centre if grid.parent else None, grid))


def _handed(order: WorkOrder, act: Act, holder: Holder) -> Effect:
    """Put the order into a holder's hands; a limit that the dispatcher set binds them."""
    level = AreaLevel.GRID if holder.grid else LEVELS[_kind(holder.department)]
    hold(order, department=holder.department, area=holder.grid, level=level)
    due_at = act.later("due_at") if act.carried.get("due_at") else None
    content = {"holder": holder.name, "department": order.department_id, "level": order.level}
    if act.action is Action.DISPATCH:
        content["centre"] = sending_centre(order, act.actor)
    content |= {"due_at": due_at.isoformat()} if due_at else {}
    return Effect(
        note=str(act.carried.get("note") or ""),
        content={**content, "grid": order.holder_area_id},
        deadlines={ClockKind.RESOLUTION: due_at} if due_at else {},
    )


def _kind(department: Department | None) -> str:
    assert department is not None  # noqa: S101  # a holder is a grid or a department
    return department.kind


def pass_down(order: WorkOrder, act: Act) -> Effect:
    below = holders_below(order)
    if not below:
        raise ConflictError("下面没有可以下派的单位。", code="no_next_level")
    wanted = _wanted(act)
    if wanted is None:
        raise InvalidError(fields={"department": ["请选择下派给谁"]})
    return _handed(order, act, _chosen(act, wanted, below))


def pass_up(order: WorkOrder, act: Act) -> Effect:
    """Hand over to the next level up; only who that is may be named."""
    above = holder_above(order)
    if above is None:
        raise ConflictError("上面没有可以上报的单位。", code="no_next_level")
    return _handed(order, act, _chosen(act, _wanted(act) or above, [above]))


def _wanted(act: Act) -> Holder | None:
    grid, department = act.carried.get("grid"), act.carried.get("department")
    if grid is not None:
        return Holder(grid.parent.centre if grid.parent else None, grid)
    return Holder(department) if department is not None else None


def _chosen(act: Act, wanted: Holder, legal: list[Holder]) -> Holder:
    if wanted not in legal:
        field = "grid" if wanted.grid else "department"
        words = f"{wanted.name}不是{'上' if act.action is Action.PASS_UP else '下'}一级承办单位"
        raise InvalidError(f"{words}。", code="not_next_level", fields={field: [words]})
    return wanted


def sign(order: WorkOrder, act: Act) -> Effect:
    return Effect()


def send_back(order: WorkOrder, act: Act) -> Effect:
    """Hand back what is not one's own: a few times, and soon; after that a supervisor decides."""
    reason = act.text("reason")
    if order.return_count >= SEND_BACK_LIMIT:
        raise ConflictError(
            f"已退回 {order.return_count} 次，请改用「申请退回」，由督办员裁定。",
            code="send_back_limit",
        )
    if act.at > _latest_return(order, act.at):
        raise ConflictError(
            "收到已超过 1 个工作日，请改用「申请退回」，由督办员裁定。", code="send_back_too_late"
        )
    return take_back(order, reason)


def _latest_return(order: WorkOrder, at: datetime) -> datetime:
    """Work out until when the holder may send back: counted from when they were handed it."""
    handed = Event.objects.filter(order=order, action__in=HANDED).order_by("-sequence")
    handed_at = handed.values_list("at", flat=True).first()
    if handed_at is None:
        return at
    return due(start=handed_at, limit=SEND_BACK_TIME, calendar=working_calendar())


def take_back(order: WorkOrder, reason: str) -> Effect:
    """Take an order out of its holder's hands, to be dispatched anew."""
    content = {"department": order.department_id, "grid": order.holder_area_id}
    hold(order, department=None, area=None, level=None)
    order.is_overdue = False
    order.return_count += 1
    return Effect(note=reason, content=content)
