"""Reads of work orders for pages, API and pushes."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any, NamedTuple, cast

from django.db.models import FloatField, Func, Prefetch, QuerySet, prefetch_related_objects

from governance.lib.errors import NotFoundError
from governance.lib.pagination import PAGE_SIZE, Lanes, Page, take_page
from grids.enums import AreaLevel
from grids.selectors import Scope
from workorders.models import Application, Clock, Event, Notice, SupervisionLetter, WorkOrder
from workorders.querysets import WorkOrderQuerySet
from workorders.selectors.reference import reference


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
            "merged_into",
            "reporter",
        )
        .prefetch_related(
            Prefetch("events", Event.objects.order_by("sequence").select_related("actor")),
            Prefetch("clocks", Clock.objects.order_by("started_at", "id").select_related("limit")),
            Prefetch("applications", Application.objects.order_by("-asked_at", "-id")),
            "photos",
            Prefetch("letters", SupervisionLetter.objects.order_by("-issued_at", "-id")),
        )
        .first()
    )
    if order is None:
        raise NotFoundError("没有这张工单，或它不在您的范围内。")
    return order


def order_page(*, number: str, scope: Scope) -> WorkOrder:
    """Read one order as `order_detail` does, with the pauses of its clocks and whom it told."""
    order = order_detail(number=number, scope=scope)
    notices = Notice.objects.order_by("-at", "-id").select_related("area", "department", "event")
    prefetch_related_objects([order], "clocks__pauses", Prefetch("notices", notices))
    return order


class ListedOrder(NamedTuple):
    """What a row of a queue shows of an order, as plain values; `lon` and `lat` in WGS-84."""

    id: int
    number: str
    version: int
    state: str
    title: str
    channel_id: int
    category_id: int | None
    nature: str
    urgency: str
    address: str
    place_source: str
    street_id: int | None
    community_id: int | None
    grid_id: int | None
    department_id: int | None
    holder_area_id: int | None
    level: int | None
    occurred_at: datetime
    registered_at: datetime
    due_at: datetime | None
    is_overdue: bool
    is_demo: bool
    lon: float | None
    lat: float | None


def listed_orders(orders: QuerySet[WorkOrder]) -> QuerySet[WorkOrder, ListedOrder]:
    """Read rows of a queue as named tuples: model objects would cost more than the query."""
    degrees = {
        name: Func("point", function=function, output_field=FloatField())
        for name, function in (("lon", "ST_X"), ("lat", "ST_Y"))
    }
    listed = orders.annotate(**degrees).values_list(*ListedOrder._fields, named=True)
    return cast(QuerySet[WorkOrder, ListedOrder], listed)


Shape = Callable[[WorkOrderQuerySet], QuerySet[Any, Any]]


def take_orders(
    *,
    scope: Scope,
    key: str,
    shape: Shape = listed_orders,
    narrow: Shape = WorkOrderQuerySet.all,
    cursor: str = "",
    size: int = PAGE_SIZE,
    words: str = "",
) -> Page:
    """Read one page of the orders that a scope may view, narrowed by filters; see `take_page`.

    `shape` says what a row is. A search by `words` goes by its own index, not by those of the
    scope's columns.
    """
    lanes = None
    if not words.strip():
        lanes = Lanes(lane_columns(scope=scope), lambda: narrow(WorkOrder.objects.all()))
    return take_page(
        queryset=narrow(_shaped(shape).visible_to(scope)),
        key=key,
        cursor=cursor,
        size=size,
        lanes=lanes,
    )


@cache
def _shaped(shape: Shape) -> WorkOrderQuerySet:
    """Name the columns once: to look up two dozen costs as much as to read fifty rows."""
    return cast(WorkOrderQuerySet, shape(WorkOrder.objects.all()))


def lane_columns(*, scope: Scope) -> Mapping[str, Sequence[int]]:
    """Name the columns and ids by whose indexes the orders of a scope are found."""
    if not scope.sees_everything:
        return scope.order_columns()
    areas = reference().areas.values()
    return {"district_id": [area.pk for area in areas if area.level == AreaLevel.DISTRICT]}


def topics_of(order: WorkOrder) -> list[str]:
    """List the topics whose listeners may view the order: its areas and its holders."""
    areas = (order.district_id, order.street_id, order.community_id, order.grid_id)
    topics = [f"area:{area_id}" for area_id in (*areas, order.holder_area_id) if area_id]
    departments = [f"department:{order.department_id}"] if order.department_id else []
    return [*dict.fromkeys(topics), *departments]
