"""Before an order is sent to anybody: accept, reject, answer, handle it on the spot."""

from governance.lib.errors import InvalidError
from grids.enums import AreaLevel
from workorders.enums import PhotoStage, PlaceSource, RejectReason
from workorders.models import WorkOrder
from workorders.services.effects.base import Act, Effect, put_in_area


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
    entry = act.carried.get("entry")
    content = {"knowledge": {"id": entry.pk, "question": entry.question}} if entry else {}
    return Effect(note=order.answer, content=content, is_public=True)


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
