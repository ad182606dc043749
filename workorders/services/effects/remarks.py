"""What is said about an order without moving it."""

from workorders.enums import RemarkKind
from workorders.models import WorkOrder
from workorders.services.effects.base import Act, Effect
from workorders.workflow import Road


def remark(order: WorkOrder, act: Act) -> Effect:
    kind = RemarkKind(act.carried.get("kind") or RemarkKind.INTERNAL)
    return Effect(
        note=act.text("text"),
        content={"kind": kind.value},
        is_public=kind is RemarkKind.PROGRESS,
        road=Road.CONTACTED if kind is RemarkKind.CONTACTED else None,
    )
