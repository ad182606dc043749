"""What is said about an order without moving it."""

from typing import Any

from governance.lib.errors import InvalidError
from grids.geometry import distance_m
from workorders.enums import RemarkKind
from workorders.models import WorkOrder
from workorders.services.effects.base import Act, Effect
from workorders.workflow import Road

FAR_M = 200  # beyond the accuracy of the position


def remark(order: WorkOrder, act: Act) -> Effect:
    kind = RemarkKind(act.carried.get("kind") or RemarkKind.INTERNAL)
    if kind is RemarkKind.ARRIVED:
        return _arrived(order, act)
    return Effect(
        note=act.text("text"),
        content={"kind": kind.value},
        is_public=kind is RemarkKind.PROGRESS,
        road=Road.CONTACTED if kind is RemarkKind.CONTACTED else None,
    )


def _arrived(order: WorkOrder, act: Act) -> Effect:
    """Note that the holder is at the place; who stands far off or nowhere known says why."""
    text, reason = act.text("text"), str(act.carried.get("far_reason") or "").strip()
    here = _here(act)
    far = _distance(order, here)
    if not reason and (here is None or far > FAR_M):
        words = (
            "没有定位，请说明原因" if here is None else f"离工单位置 {round(far)} 米，请说明原因"
        )
        raise InvalidError(f"{words}。", code="far_away", fields={"far_reason": [words]})
    content: dict[str, Any] = {"kind": RemarkKind.ARRIVED.value}
    if here is not None:
        lon, lat, accuracy = here
        content["here"] = {"lon": lon, "lat": lat, "accuracy_m": round(accuracy)}
        if order.point is not None:
            metres = round(distance_m((lon, lat), (order.point.x, order.point.y)))
            content["distance_m"] = metres
            text = f"{text}，距工单位置约 {metres} 米"
    return Effect(note=f"{text}：{reason}" if reason else text, content=content)


def _here(act: Act) -> tuple[float, float, float] | None:
    lon, lat = act.carried.get("lon"), act.carried.get("lat")
    if lon is None or lat is None:
        return None
    return lon, lat, act.carried.get("accuracy") or 0


def _distance(order: WorkOrder, here: tuple[float, float, float] | None) -> float:
    """Give the metres that even the best reading of the position leaves; 0 without a place."""
    if here is None or order.point is None:
        return 0
    lon, lat, accuracy = here
    return max(0, distance_m((lon, lat), (order.point.x, order.point.y)) - accuracy)
