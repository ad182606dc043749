"""What each action changes on the order itself, and what it leaves on record.

An effect gets the locked order and the act, changes fields in place, and returns an `Effect`.
States, clocks, events and figures are the business of `transitions`, alike for every action.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from accounts.enums import DepartmentKind, Right
from accounts.models import Department
from governance.lib.errors import ConflictError, InvalidError
from grids.enums import AreaLevel
from grids.models import Area
from grids.selectors import place_of
from workorders.enums import Action, PhotoStage, PlaceSource, RejectReason, RemarkKind
from workorders.models import Event, WorkOrder
from workorders.services.actors import Actor

SEND_BACK_LIMIT = 3
CALL_BACK_ATTEMPTS = 3
LEVELS = {
    DepartmentKind.DISTRICT_CENTRE: AreaLevel.DISTRICT,
    DepartmentKind.FUNCTIONAL: AreaLevel.DISTRICT,
    DepartmentKind.STREET_CENTRE: AreaLevel.STREET,
    DepartmentKind.COMMUNITY_STATION: AreaLevel.COMMUNITY,
}


@dataclass(frozen=True)
class Act:
    """One person's act, with what it carries already parsed into typed values."""

    action: Action
    actor: Actor
    at: datetime
    carried: Mapping[str, Any]

    def text(self, name: str) -> str:
        """Read a text that the act must carry; raise InvalidError where it is empty."""
        value = str(self.carried.get(name) or "").strip()
        if not value:
            raise InvalidError(fields={name: ["必填"]})
        return value


@dataclass(frozen=True)
class Effect:
    """What an act leaves on record; `is_refusal` takes the transition's other road."""

    note: str = ""
    content: Mapping[str, Any] = field(default_factory=dict)
    is_public: bool = False
    is_refusal: bool = False
    stays: bool = False


def accept(order: WorkOrder, act: Act) -> Effect:
    if category := act.carried.get("category"):
        order.category = category
    if order.category_id is None:
        raise InvalidError(fields={"category": ["请选择类别"]})
    if area := act.carried.get("area"):
        put_in_area(order, area)
    elif order.place_source == PlaceSource.UNKNOWN:
        raise InvalidError("位置不明，请指定所在区域。", fields={"area": ["请指定区域"]})
    order.accepted_at = act.at
    return Effect(content={"category": order.category_id, "grid": order.grid_id}, is_public=True)


def put_in_area(order: WorkOrder, area: Area) -> None:
    """Set an order's place to an area and its ancestors."""
    place = place_of(area)
    order.district_id = place.district_id
    order.street_id, order.community_id = place.street_id, place.community_id
    order.grid_id = place.grid_id
    order.place_source = PlaceSource.DISPATCHER


def reject(order: WorkOrder, act: Act) -> Effect:
    reason = RejectReason(act.text("reason"))
    order.closed_at = act.at
    note = str(act.carried.get("note") or "")
    return Effect(
        note=f"{reason.label}。{note}".strip(), content={"reason": reason.value}, is_public=True
    )


def answer(order: WorkOrder, act: Act) -> Effect:
    order.answer = act.text("answer")
    order.closed_at = act.at
    return Effect(note=order.answer, is_public=True)


def self_handle(order: WorkOrder, act: Act) -> Effect:
    order.result = act.text("result")
    stages = set(order.photos.values_list("stage", flat=True))
    if PhotoStage.AFTER not in stages or not stages & {PhotoStage.BEFORE, PhotoStage.REPORT}:
        raise InvalidError(
            "自行处置须有处置前、后照片。", fields={"photos": ["缺少处置前或处置后照片"]}
        )
    if category := act.carried.get("category"):
        order.category = category
    order.level = AreaLevel.GRID
    order.accepted_at = order.resolved_at = order.closed_at = act.at
    return Effect(note=order.result, is_public=True)


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


def hold(
    order: WorkOrder, *, department: Department | None, area: Area | None, level: AreaLevel | None
) -> None:
    """Put an order into somebody's hands, or (all None) out of everybody's."""
    order.department, order.holder_area, order.level = department, area, level


def _dispatched(order: WorkOrder, act: Act, holder: str) -> Effect:
    note = str(act.carried.get("note") or "")
    content = {"holder": holder, "department": order.department_id, "level": order.level}
    return Effect(note=note, content={**content, "grid": order.holder_area_id})


def sign(order: WorkOrder, act: Act) -> Effect:
    return Effect()


def send_back(order: WorkOrder, act: Act) -> Effect:
    reason = act.text("reason")
    returns = Event.objects.filter(order=order, action=Action.SEND_BACK).count()
    if returns >= SEND_BACK_LIMIT:
        raise ConflictError(f"已退回 {returns} 次，须由督办员裁定。", code="send_back_limit")
    content = {"department": order.department_id, "grid": order.holder_area_id}
    hold(order, department=None, area=None, level=None)
    order.is_overdue = False
    return Effect(note=reason, content=content)


def resolve(order: WorkOrder, act: Act) -> Effect:
    order.result = act.text("result")
    has_photo = order.photos.filter(stage=PhotoStage.AFTER).exists()
    proof = str(act.carried.get("proof") or "").strip()
    if not has_photo and not proof:
        raise InvalidError("请附处置后照片或佐证说明。", fields={"proof": ["请附照片或佐证说明"]})
    order.resolved_at = act.at
    order.is_overdue = False
    return Effect(note=order.result, content={"proof": proof})


def pass_check(order: WorkOrder, act: Act) -> Effect:
    return Effect(note=str(act.carried.get("finding") or ""))


def rework(order: WorkOrder, act: Act) -> Effect:
    return Effect(note=act.text("finding"))


def follow_up(order: WorkOrder, act: Act) -> Effect:
    outcome = {name: act.carried.get(name) for name in ("is_reached", "is_solved", "satisfaction")}
    note = str(act.carried.get("note") or "")
    if not outcome["is_reached"]:
        return _not_reached(order, act, note)
    if outcome["is_solved"] is None:
        raise InvalidError(fields={"is_solved": ["请填写是否解决"]})
    if outcome["is_solved"] and not outcome["satisfaction"]:
        raise InvalidError(fields={"satisfaction": ["请填写满意度"]})
    order.is_solved = outcome["is_solved"]
    order.satisfaction = outcome["satisfaction"] or ""
    if order.is_solved:
        order.closed_at = act.at
    return Effect(note=note, content=outcome, is_refusal=not order.is_solved, is_public=True)


def _not_reached(order: WorkOrder, act: Act, note: str) -> Effect:
    attempts = (
        1
        + Event.objects.filter(
            order=order, action=Action.FOLLOW_UP, content__is_reached=False
        ).count()
    )
    is_last = attempts >= CALL_BACK_ATTEMPTS
    if is_last:
        order.closed_at = act.at
    content = {"is_reached": False, "attempt": attempts}
    return Effect(note=note or f"第 {attempts} 次回访未接通", content=content, stays=not is_last)


def reopen(order: WorkOrder, act: Act) -> Effect:
    if order.department_id is None and order.holder_area_id is None:
        raise ConflictError("该工单未经派发办理，不能重新办理。", code="never_dispatched")
    order.closed_at = order.resolved_at = None
    return Effect(note=act.text("reason"), is_public=True)


def cancel(order: WorkOrder, act: Act) -> Effect:
    order.closed_at = act.at
    order.is_overdue = False
    return Effect(note=act.text("reason"))


def remark(order: WorkOrder, act: Act) -> Effect:
    kind = RemarkKind(act.carried.get("kind") or RemarkKind.INTERNAL)
    return Effect(
        note=act.text("text"),
        content={"kind": kind.value},
        is_public=kind is RemarkKind.PROGRESS,
    )


EFFECTS: dict[Action, Callable[[WorkOrder, Act], Effect]] = {
    Action.ACCEPT: accept,
    Action.REJECT: reject,
    Action.ANSWER: answer,
    Action.SELF_HANDLE: self_handle,
    Action.DISPATCH: dispatch,
    Action.SIGN: sign,
    Action.SEND_BACK: send_back,
    Action.RESOLVE: resolve,
    Action.PASS_CHECK: pass_check,
    Action.REWORK: rework,
    Action.FOLLOW_UP: follow_up,
    Action.REOPEN: reopen,
    Action.CANCEL: cancel,
    Action.REMARK: remark,
}
