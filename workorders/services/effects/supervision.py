"""What is asked from above: supervision with or without a letter, its answer, an instruction."""

from typing import Any

from governance.lib.errors import ConflictError, InvalidError
from workorders.enums import ClockKind, Deed, Reach
from workorders.models import Clock, SupervisionLetter, WorkOrder
from workorders.services.clocks import plan_clocks
from workorders.services.effects.base import Act, Effect
from workorders.services.notices import is_held, notice_to
from workorders.workflow import ENDED, Road

HIGHEST_LEVEL = 3


def supervise(order: WorkOrder, act: Act) -> Effect:
    """Raise the level, and open a letter unless told not to; a letter must be answered."""
    text, level = act.text("text"), _level(order, act)
    is_letter = bool(act.carried.get("is_letter", True))
    if is_letter:
        _check_letter(order)
    order.supervision_level = level
    content: dict[str, Any] = {"level": level, "is_letter": is_letter}
    deed = Deed.LETTER if is_letter else Deed.RAISE
    notices = [
        notice_to(reach, order=order, deed=deed)
        for reach in (Reach.HANDLER, Reach.DEPARTMENT_HEAD)
        if is_held(order)
    ]
    road = _open_letter(order, act, text) if is_letter else None
    return Effect(note=text, content=content, road=road, notices=notices)


def _level(order: WorkOrder, act: Act) -> int:
    level = act.carried.get("level") or max(order.supervision_level, 1)
    if not isinstance(level, int) or not 1 <= level <= HIGHEST_LEVEL:
        raise InvalidError(fields={"level": [f"督办级别为 1 至 {HIGHEST_LEVEL}"]})
    if level < order.supervision_level:
        now = order.supervision_level
        raise InvalidError(
            f"督办级别只升不降，现为 {now} 级。", fields={"level": [f"不能低于现有的 {now} 级"]}
        )
    return level


def _check_letter(order: WorkOrder) -> None:
    if order.state in ENDED:
        raise ConflictError("已结束的工单不能发督办函。", code="letter_on_ended")
    if not is_held(order):
        raise ConflictError(
            "工单没有承办单位，无人可回复督办函；可以不发函，只定督办级别。", code="no_holder"
        )


def _open_letter(order: WorkOrder, act: Act, text: str) -> Road | None:
    """Write the letter; its clock starts unless an earlier letter is waiting for its answer."""
    kind = ClockKind.SUPERVISION
    running = Clock.objects.filter(order=order, kind=kind, met_at__isnull=True).first()
    planned = plan_clocks(order=order, kinds=(kind,), at=act.at) if running is None else [running]
    SupervisionLetter.objects.create(
        order=order,
        level=order.supervision_level,
        text=text,
        department_id=order.department_id,
        issued_at=act.at,
        issued_by=act.actor.label[:100],
        due_at=planned[0].due_at if planned else None,
    )
    return Road.LETTER if running is None else None


def answer_supervision(order: WorkOrder, act: Act) -> Effect:
    """Answer every letter that waits; the supervisors of the district hear of it."""
    answer = act.text("answer")
    answered = SupervisionLetter.objects.filter(order=order, answered_at__isnull=True).update(
        answered_at=act.at, answered_by=act.actor.label[:100], answer=answer
    )
    if not answered:
        raise ConflictError("没有待回复的督办函。", code="no_letter")
    notices = [notice_to(Reach.DISTRICT_SUPERVISOR, order=order)]
    return Effect(note=answer, content={"letters": answered}, notices=notices)


def instruct(order: WorkOrder, act: Act) -> Effect:
    """Put a leader's instruction on record; the holder and the district's supervisors hear it."""
    reaches = (Reach.HANDLER, Reach.DISTRICT_SUPERVISOR)
    notices = [notice_to(reach, order=order) for reach in reaches]
    return Effect(note=act.text("text"), notices=notices)
