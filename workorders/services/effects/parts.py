"""Work shared out: parts of an order for other holders, and what becomes of them with it."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from governance.lib.errors import ConflictError, InvalidError
from grids.enums import AreaLevel
from grids.models import Area
from workorders.enums import Action, Part, State
from workorders.models import WorkOrder
from workorders.services.effects import outcomes
from workorders.services.effects.base import LEVELS, Act, Effect, NewPart, Step
from workorders.services.effects.families import OpenPartsError, open_parts
from workorders.workflow import Road

MOST_PARTS = 10
HELD_ELSEWHERE = "主单已办结，协办自动结束。"
CANCELLED_WITH = "主单作废。"


def split(order: WorkOrder, act: Act) -> Effect:
    """Share an order out: each part has its own holder and limit, and must end before it."""
    _refuse_part(order, act)
    given = act.carried.get("parts") or []
    if not 1 <= len(given) <= MOST_PARTS:
        raise InvalidError(fields={"parts": [f"1 至 {MOST_PARTS} 项"]})
    parts = [_split_part(order, act, part, f"parts.{index}") for index, part in enumerate(given)]
    return Effect(note=str(act.carried.get("note") or ""), parts=parts)


def _split_part(order: WorkOrder, act: Act, given: Mapping[str, Any], path: str) -> NewPart:
    due_at, grid, department = given.get("due_at"), given.get("grid"), given.get("department")
    text = str(given.get("text") or "").strip()
    if not text:
        raise InvalidError(fields={f"{path}.text": ["必填"]})
    if due_at is not None:
        act.ahead(due_at, f"{path}.due_at")
    if grid is not None:
        _check_grid(order, grid, path)
        station = grid.parent.centre if grid.parent else None
        return NewPart(Part.SPLIT, text, station, grid, AreaLevel.GRID, due_at)
    if department is None:
        raise InvalidError(fields={f"{path}.department": ["请选择承办部门或网格"]})
    return NewPart(Part.SPLIT, text, department, None, LEVELS[department.kind], due_at)


def _check_grid(order: WorkOrder, grid: Area, path: str) -> None:
    street = grid.parent.parent if grid.parent else None
    is_near = street is not None and order.street_id in (None, street.pk)
    if not is_near:
        raise InvalidError(fields={f"{path}.grid": ["该网格不在工单所在街道"]})


def assist(order: WorkOrder, act: Act) -> Effect:
    """Ask other departments to help; the order does not wait for them."""
    _refuse_part(order, act)
    departments, text = act.carried.get("departments") or [], act.text("text")
    if not 1 <= len(departments) <= MOST_PARTS:
        raise InvalidError(fields={"departments": [f"1 至 {MOST_PARTS} 个部门"]})
    if len({department.pk for department in departments}) < len(departments):
        raise InvalidError(fields={"departments": ["部门重复"]})
    if order.department_id in {department.pk for department in departments}:
        raise InvalidError(fields={"departments": ["承办部门不能协办自己的工单"]})
    parts = [
        NewPart(Part.ASSIST, text, department, None, LEVELS[department.kind])
        for department in departments
    ]
    return Effect(note=text, parts=parts)


def _refuse_part(order: WorkOrder, act: Act) -> None:
    if order.part:
        words = f"{Part(order.part).label}不能再{act.action.label}。"
        raise ConflictError(words, code=f"part_cannot_{act.action.value}")


def resolve(order: WorkOrder, act: Act) -> Effect:
    """Report an order as done, once its parts have ended; help still asked for ends with it."""
    if order.part == Part.ASSIST:
        effect = outcomes.resolve(order, act)
        order.closed_at = act.at
        return replace(effect, road=Road.ASSISTED)
    if order.part:
        return outcomes.resolve(order, act)
    parts = open_parts(order)
    if waiting := [part.number for part in parts if part.part == Part.SPLIT]:
        raise OpenPartsError(waiting)
    return replace(outcomes.resolve(order, act), others=_cancelled(parts, HELD_ELSEWHERE))


def pass_check(order: WorkOrder, act: Act) -> Effect:
    """Find the work good; a part is then done, for nobody asked for it but its parent."""
    effect = outcomes.pass_check(order, act)
    if not order.part:
        return effect
    order.closed_at = act.at
    return replace(effect, road=Road.PART)


def reopen(order: WorkOrder, act: Act) -> Effect:
    """Go on with a closed order; with a part only while its parent is being handled."""
    if order.part and act.others[order.parent_id or 0].state != State.HANDLING:
        number = act.others[order.parent_id or 0].number
        words = f"主单 {number} 不在办理中，不能重新办理它的{Part(order.part).label}。"
        raise ConflictError(words, code="parent_not_handling")
    return outcomes.reopen(order, act)


def cancel(order: WorkOrder, act: Act) -> Effect:
    """Cancel an order, and its open parts with it."""
    effect = outcomes.cancel(order, act)
    return replace(effect, others=_cancelled(open_parts(order), CANCELLED_WITH))


def _cancelled(parts: list[WorkOrder], reason: str) -> list[tuple[WorkOrder, Step]]:
    return [(part, Step(Action.CANCEL, {"reason": reason})) for part in parts]
