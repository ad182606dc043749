"""Reads of work orders for pages, API and pushes."""

from django.db.models import Prefetch, Q, prefetch_related_objects

from governance.lib.errors import NotFoundError
from grids.selectors import Scope
from workorders.models import Clock, Event, WorkOrder
from workorders.querysets import WorkOrderQuerySet


def order_detail(*, number: str, scope: Scope) -> WorkOrder:
    """Read one order with all that its page shows; raise NotFoundError outside the scope."""
    order = (
        WorkOrder.objects.visible_to(scope)
        .filter(number=number)
        .select_related(
            "channel",
            "category",
            "district",
            "street",
            "community",
            "grid",
            "department",
            "holder_area",
            "reporter",
        )
        .prefetch_related(
            Prefetch("events", Event.objects.order_by("sequence").select_related("actor")),
            Prefetch("clocks", Clock.objects.order_by("started_at", "id").select_related("limit")),
            "photos",
        )
        .first()
    )
    if order is None:
        raise NotFoundError("没有这张工单，或它不在您的范围内。")
    return order


def order_page(*, number: str, scope: Scope) -> WorkOrder:
    """Read one order as `order_detail` does, with the pauses of its clocks."""
    order = order_detail(number=number, scope=scope)
    prefetch_related_objects([order], "clocks__pauses")
    return order


def search_orders(*, orders: WorkOrderQuerySet, words: str) -> WorkOrderQuerySet:
    """Keep the orders with this number, channel number, or all of these words in their text."""
    words = words.strip()
    if not words:
        return orders
    if WorkOrder.objects.filter(number=words).exists():
        return orders.filter(number=words)
    in_text = Q()
    for word in words.split()[:8]:
        in_text &= Q(search__text__icontains=word)
    return orders.filter(in_text)


def topics_of(order: WorkOrder) -> list[str]:
    """List the topics whose listeners may view the order: its areas and its holders."""
    areas = (order.district_id, order.street_id, order.community_id, order.grid_id)
    topics = [f"area:{area_id}" for area_id in (*areas, order.holder_area_id) if area_id]
    departments = [f"department:{order.department_id}"] if order.department_id else []
    return [*dict.fromkeys(topics), *departments]
