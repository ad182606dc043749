"""A look at the place before an order is accepted."""

from governance.lib.errors import ConflictError
from workorders.models import WorkOrder
from workorders.selectors import reference
from workorders.services.effects.base import Act, Effect


def request_verification(order: WorkOrder, act: Act) -> Effect:
    known = reference()
    place = known.area(order.grid_id) or known.area(order.community_id)
    if place is None:
        raise ConflictError("不知道在哪个社区或网格，没有人能去现场核实。", code="place_unknown")
    note = str(act.carried.get("note") or "")
    return Effect(note=note, content={"place": place.name, "area": place.pk})


def report_verification(order: WorkOrder, act: Act) -> Effect:
    return Effect(note=act.text("finding"))
