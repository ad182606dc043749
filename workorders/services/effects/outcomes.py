"""How an order ends: the result, the check, the call-back, and another round if it failed."""

from datetime import datetime

from governance.lib.errors import ConflictError, InvalidError
from workorders.enums import Action, ActorKind, PhotoStage
from workorders.models import Event, WorkOrder
from workorders.selectors.tracking import (
    REOPEN_WINDOW,
    RESIDENT_REOPEN_LIMIT,
    resident_reopenings,
    within_reopen_window,
)
from workorders.services.effects.base import Act, Effect
from workorders.workflow import Road

CALL_BACK_ATTEMPTS = 3


def resolve(order: WorkOrder, act: Act) -> Effect:
    order.result = act.text("result")
    proof = str(act.carried.get("proof") or "").strip()
    if not proof and not order.photos.filter(stage=PhotoStage.AFTER).exists():
        raise InvalidError("请附处置后照片或佐证说明。", fields={"proof": ["请附照片或佐证说明"]})
    order.resolved_at = act.at
    order.is_overdue = False
    seconds = int((act.at - order.registered_at).total_seconds())
    content = {"proof": proof, "level": order.level, "handling_seconds": seconds}
    return Effect(note=order.result, content=content)


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
    road = None if order.is_solved else Road.UNSOLVED
    return Effect(note=note, content=outcome, road=road, is_public=True)


def _not_reached(order: WorkOrder, act: Act, note: str) -> Effect:
    attempts = 1 + _missed_calls(order)
    is_last = attempts >= CALL_BACK_ATTEMPTS
    if is_last:
        order.closed_at = act.at
        # What was said of an earlier result says nothing of this one.
        order.is_solved, order.satisfaction = None, ""
    content = {"is_reached": False, "attempt": attempts}
    road = None if is_last else Road.UNREACHED
    return Effect(note=note or f"第 {attempts} 次回访未接通", content=content, road=road)


def _missed_calls(order: WorkOrder) -> int:
    """Count the calls that reached nobody about the present result, not about earlier ones."""
    events = Event.objects.filter(order=order)
    checks = events.filter(action=Action.PASS_CHECK).order_by("-sequence")
    since = checks.values_list("sequence", flat=True).first() or 0
    calls = events.filter(action=Action.FOLLOW_UP, sequence__gt=since)
    return calls.filter(content__is_reached=False).count()


def reopen(order: WorkOrder, act: Act) -> Effect:
    reason = act.text("reason")
    if order.department_id is None and order.holder_area_id is None:
        raise ConflictError("该工单未经派发办理，不能重新办理。", code="never_dispatched")
    if act.actor.kind == ActorKind.RESIDENT:
        check_resident_may_reopen(order, closed_at=order.closed_at, at=act.at)
    order.closed_at = order.resolved_at = None
    order.reopen_count += 1
    return Effect(note=reason, is_public=True)


def check_resident_may_reopen(
    order: WorkOrder, *, closed_at: datetime | None, at: datetime
) -> None:
    """Refuse the person of an order what was closed too long ago, or reopened too often."""
    if not within_reopen_window(closed_at=closed_at, at=at):
        raise ConflictError(
            f"办结已超过 {REOPEN_WINDOW.days} 天，请重新反映。", code="reopen_window"
        )
    if resident_reopenings(order=order) >= RESIDENT_REOPEN_LIMIT:
        raise ConflictError(
            f"已经要求重新办理 {RESIDENT_REOPEN_LIMIT} 次，请拨打 12345。", code="reopen_limit"
        )


def cancel(order: WorkOrder, act: Act) -> Effect:
    order.closed_at = act.at
    order.is_overdue = False
    return Effect(note=act.text("reason"))
