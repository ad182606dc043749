"""Whom a notice is for: a post on an area or in a department, never a name."""

from typing import NamedTuple

from workorders.enums import Deed, Reach
from workorders.models import WorkOrder


class Post(NamedTuple):
    """A post that hears a notice, and what for; the journal makes the row of it."""

    reach: str
    deed: str
    area_id: int | None
    department_id: int | None


def notice_to(reach: str, *, order: WorkOrder, deed: Deed | str = "") -> Post:
    """Address a notice by where an order is and who holds it; the journal writes it.

    Without a holder the dispatcher hears it, without a street the district does.
    """
    if reach in (Reach.HANDLER, Reach.DEPARTMENT_HEAD) and not is_held(order):
        reach = Reach.DISPATCHER
    area_id, department_id = _address(reach, order)
    return Post(reach, deed, area_id, department_id)


def is_held(order: WorkOrder) -> bool:
    return order.department_id is not None or order.holder_area_id is not None


def _address(reach: str, order: WorkOrder) -> tuple[int | None, int | None]:
    """Give (area, department) of the post."""
    match reach:
        case Reach.HANDLER if order.holder_area_id is not None:
            return order.holder_area_id, None
        case Reach.HANDLER:
            return None, order.department_id
        case Reach.DEPARTMENT_HEAD if order.department_id is not None:
            return None, order.department_id
        case Reach.DISPATCHER:
            return order.community_id or order.street_id or order.district_id, None
        case Reach.DEPARTMENT_HEAD | Reach.STREET_LEADER:
            return order.street_id or order.district_id, None
    return order.district_id, None
