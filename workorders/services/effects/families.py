"""Merge and unmerge: several people asked for the same; one order is worked on, all are heard."""

from dataclasses import replace

from django.db import connection

from accounts.enums import Right
from governance.lib.errors import ConflictError, InvalidError
from workorders.enums import Action, ActorKind, Alert, Part, State
from workorders.models import WorkOrder
from workorders.selectors.families import is_asked
from workorders.services.effects.base import Act, Effect, Step, hold
from workorders.services.effects.outcomes import check_resident_may_reopen
from workorders.services.effects.outcomes import follow_up as call_back
from workorders.workflow import ENDED, Road

# Plain, because every result asks and few orders have parts.
LOCK_PARTS = """
SELECT id FROM workorders_workorder
WHERE parent_id = %s AND state <> ALL(%s) ORDER BY id FOR UPDATE
"""
REACHED_AGAIN = "并入的诉求回访未解决，继续办理。"


class OpenPartsError(ConflictError):
    code = "parts_open"

    def __init__(self, numbers: list[str]) -> None:
        super().__init__(
            f"还有 {len(numbers)} 张拆分单没有办结：{'、'.join(numbers)}。",
            extra={"parts": numbers},
        )


def open_parts(order: WorkOrder) -> list[WorkOrder]:
    """Lock the parts of a locked order that have not ended.

    They are younger than their parent, so this keeps to the order in which rows are locked.
    """
    with connection.cursor() as cursor:
        cursor.execute(LOCK_PARTS, [order.pk, [state.value for state in ENDED]])
        ids = [pk for (pk,) in cursor.fetchall()]
    return list(WorkOrder.objects.filter(pk__in=ids).order_by("pk")) if ids else []


def merge(order: WorkOrder, act: Act) -> Effect:
    """Let another order live on for this one, and for all that were merged into this one."""
    into = _target(order, act)
    came_with = _came_with(order, act)
    if order.merged_into_id is None:
        _check_mergeable(order)
    order.merged_into = into
    order.is_overdue, order.alert = False, Alert.NONE
    return Effect(
        content={"into": into.number, "into_id": into.pk, **_reason(act)},
        is_public=True,
        others=[
            *((other, Step(Action.MERGE, {"into": into.number})) for other in came_with),
            (into, _told(f"工单 {order.number} 并入本单。")),
        ],
    )


def _target(order: WorkOrder, act: Act) -> WorkOrder:
    number = act.text("into")
    into = next((other for other in act.others.values() if other.number == number), None)
    is_seen = into is not None and (
        act.actor.kind != ActorKind.USER or act.actor.scope.covers(Right.VIEW_ORDERS, into)
    )
    if number == order.number:
        raise InvalidError(
            "不能并入自己。", code="merge_into_itself", fields={"into": ["不能并入自己"]}
        )
    if into is None or not is_seen:
        words = "没有这张工单，或它不在您的范围内"
        raise InvalidError(f"{words}。", code="merge_target_not_found", fields={"into": [words]})
    _check_target(order, into)
    return into


def _check_target(order: WorkOrder, into: WorkOrder) -> None:
    fields = {"into": [f"{into.number}：{into.get_state_display()}"]}
    if order.merged_into_id == into.pk:
        raise ConflictError("已经并入这张工单。", code="merge_already_there", fields=fields)
    if into.merged_into is not None:
        words = f"工单 {into.number} 已并入 {into.merged_into.number}，请并入后者。"
        raise ConflictError(words, code="merge_target_merged", fields=fields)
    if into.state in ENDED:
        words = f"工单 {into.number} {into.get_state_display()}，不能再并入。"
        raise ConflictError(words, code="merge_target_ended", fields=fields)
    if into.is_demo != order.is_demo:
        raise ConflictError(
            "演示工单与真实工单不能合并。", code="merge_target_is_demo", fields=fields
        )
    if into.part:
        words = f"工单 {into.number} 是{Part(into.part).label}，请并入它的主单。"
        raise ConflictError(words, code="merge_target_is_part", fields=fields)


def _check_mergeable(order: WorkOrder) -> None:
    if order.part:
        words = f"{Part(order.part).label}不能并入其他工单。"
        raise ConflictError(words, code="part_cannot_merge")
    if parts := open_parts(order):
        raise OpenPartsError([part.number for part in parts])


def _came_with(order: WorkOrder, act: Act) -> list[WorkOrder]:
    """List what was merged into this order; it was locked with it."""
    found = WorkOrder.objects.filter(merged_into=order).order_by("pk").values_list("pk", flat=True)
    if missing := [pk for pk in found if pk not in act.others]:
        # Came in between the look and the lock; locking it now could block another's act.
        raise ConflictError(f"刚有 {len(missing)} 张工单并入本单，请重试。", code="merge_meanwhile")
    return [act.others[pk] for pk in found]


def _reason(act: Act) -> dict[str, str]:
    # Not the event's note: the people who asked read that one.
    reason = str(act.carried.get("reason") or "").strip()
    return {"reason": reason} if reason else {}


def _told(words: str) -> Step:
    return Step(Action.REMARK, {"text": words})


def unmerge(order: WorkOrder, act: Act) -> Effect:
    """Take an order out of the one it was merged into, to be dispatched by itself."""
    master = _master(order, act)
    order.merged_into = None
    order.closed_at = order.is_solved = None
    order.satisfaction = ""
    hold(order, department=None, area=None, level=None)
    return Effect(
        content={"from": master.number, **_reason(act)},
        is_public=True,
        road=None if order.accepted_at else Road.UNACCEPTED,
        others=[(master, _told(f"工单 {order.number} 撤销并单，单独办理。"))],
    )


def _master(order: WorkOrder, act: Act) -> WorkOrder:
    master = act.others.get(order.merged_into_id or 0)
    if master is None:
        raise ConflictError("工单刚刚改并，请重试。", code="merge_meanwhile")
    return master


def follow_up(order: WorkOrder, act: Act) -> Effect:
    """Ask whether it is solved; of a merged order, once the one it was merged into is done."""
    if order.state != State.MERGED:
        return call_back(order, act)
    master = _master(order, act)
    if order.closed_at is not None:
        raise ConflictError("这张工单已经回访过。", code="already_called_back")
    if not is_asked(order, master):
        words = f"主单 {master.number} 尚未办结，不能回访。"
        raise ConflictError(words, code="master_not_done")
    effect = call_back(order, act)
    if effect.road is not Road.UNSOLVED:
        return effect
    others = [(master, _again(order, master))]
    if master.state != State.CLOSED:
        return replace(effect, others=others)
    if act.actor.kind == ActorKind.RESIDENT:
        check_resident_may_reopen(order, closed_at=master.closed_at, at=act.at)
    return replace(effect, content={**effect.content, "reopens": master.number}, others=others)


def _again(order: WorkOrder, master: WorkOrder) -> Step:
    if master.state == State.CLOSED:
        return Step(Action.REOPEN, {"reason": REACHED_AGAIN})  # the other's resident reads this
    return Step(Action.REWORK, {"finding": f"工单 {order.number} 回访：未解决。"})
